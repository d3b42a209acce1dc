import { formatDuration } from '../lib/duration.js';
import { oncePerObject } from '../lib/once-per-object.js';
import { goString } from './go-json.js';
import type { Extras, Port, Service } from './service.js';
import { formatTimestamp } from './timestamp.js';

/** A record as the contract's bodies show it, compact. Records are immutable: each is encoded once in its life. */
export const serviceText = oncePerObject(encodeService);

/** A record as it travels between agents: the same, and at the end what only our own agents understand (PROTOCOL 19.2). */
export function recordText(service: Service): string {
  const text = serviceText(service);
  return service.ext === undefined ? text : `${text.slice(0, -1)},"Ext":${encodeExtras(service.ext)}}`;
}

/** A record as compact JSON, its keys in the contract's order. */
function encodeService(service: Service): string {
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

function encodeExtras({ weight, slowStartMs }: Extras): string {
  const slowStart = slowStartMs === undefined ? undefined : formatDuration(slowStartMs);
  return JSON.stringify({ Weight: weight, SlowStart: slowStart }); // leaves out what is undefined
}
