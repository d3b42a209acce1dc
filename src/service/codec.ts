import { goString } from './go-json.js';
import type { Port, Service } from './service.js';
import { formatTimestamp } from './timestamp.js';

/** A record as compact JSON, its keys in the contract's order. */
export function encodeService(service: Service): string {
  return (
    `{"ID":${goString(service.id)},"Name":${goString(service.name)},"Image":${goString(service.image)}` +
    `,"Created":"${formatTimestamp(service.created)}","Hostname":${goString(service.hostname)}` +
    `,"Ports":${encodePorts(service.ports)},"Updated":"${formatTimestamp(service.updated)}"` +
    `,"ProxyMode":${goString(service.proxyMode)},"Status":${service.status}}`
  );
}

function encodePorts(ports: readonly Port[] | null): string {
  if (ports === null) return 'null';
  return `[${ports.map(encodePort).join(',')}]`;
}

function encodePort(port: Port): string {
  return `{"Type":${goString(port.type)},"Port":${port.port},"ServicePort":${port.servicePort},"IP":${goString(port.ip)}}`;
}
