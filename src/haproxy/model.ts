import type { CatalogSnapshot } from '../catalog/reader.js';
import { compareBytes } from '../service/go-json.js';
import { printable } from '../lib/printable.js';
import { isProxyMode, PROXY_MODES, refusalOf, type ProxyMode } from '../service/refusal.js';
import { Status, type Port, type Service } from '../service/service.js';
import { addressOf, withoutCircles, withoutRivals, withoutSetAside, type Candidate } from './candidates.js';
import type { Finding, FindingCode } from './finding.js';
import { isServerAddress } from './names.js';
import { leadsToOwnFrontends } from './own-frontends.js';

/** What HAProxy should offer, free of everything that could not be written safely into a configuration. */
export interface ProxyModel {
  /** Bytewise by name; only services with at least one proxied port. */
  readonly services: readonly ProxiedService[];
  /** Parts of the catalog that are not in `services` although someone would expect them there. */
  readonly leftOut: readonly Finding[];
  /** What is proxied, but not quite as its records say. */
  readonly remarks: readonly Finding[];
}

export interface ProxiedService {
  readonly name: string;
  readonly mode: ProxyMode;
  /** By (hostname, id), bytewise; each is a server of at least one of `ports`. */
  readonly instances: readonly Service[];
  /** Ascending by `servicePort`, at least one. */
  readonly ports: readonly ProxiedPort[];
}

export interface ProxiedPort {
  readonly servicePort: number;
  /** By (hostname, id), bytewise, at least one. */
  readonly servers: readonly ProxiedServer[];
}

export interface ProxiedServer {
  readonly instance: Service;
  readonly port: Port;
}

export interface ModelOptions {
  /** ServicePorts that are the agent's own, with what they serve: `7777` → `HTTP API`. */
  readonly ownPorts: ReadonlyMap<number, string>;
  /** Servers are addressed by the record's host name instead of the port's address. */
  readonly useHostnames: boolean;
  /** Where the frontends listen; empty = on all addresses. */
  readonly bindIp: string;
}

/** What this host adds to the catalog. */
export interface HostView {
  /** The addresses of its interfaces. */
  readonly addresses: readonly string[];
  /** ServicePorts that are set aside, each with the reason: everything else is served without them. */
  readonly setAside: ReadonlyMap<number, string>;
}

/**
 * The catalog as HAProxy should see it. Equal catalogs give equal models, in whatever order they were filled. One bad
 * instance, port or service is left out alone.
 */
export function buildModel(snapshot: CatalogSnapshot, options: ModelOptions, host: HostView): ProxyModel {
  const leftOut: Finding[] = [];
  const remarks: Finding[] = [];
  const candidates: Candidate[] = [];
  for (const [name, records] of aliveByName(snapshot)) {
    const instances = records.filter((record) => isUsable(record, leftOut));
    const mode = modeOf(name, instances, remarks);
    for (const port of portsOf(name, instances, options, leftOut)) {
      candidates.push({ name, mode, created: oldest(instances), port });
    }
  }
  const bindable = withoutSetAside(candidates, host.setAside, leftOut);
  const isOwn = leadsToOwnFrontends({ ...options, hostAddresses: host.addresses, hostname: snapshot.hostname });
  const sound = withoutCircles(bindable, options, isOwn, leftOut);
  const services = new Map<string, Candidate[]>();
  for (const candidate of withoutRivals(sound, leftOut)) push(services, candidate.name, candidate);
  return { services: [...services].map(([name, kept]) => serviceOf(name, kept)), leftOut, remarks };
}

function aliveByName(snapshot: CatalogSnapshot): readonly (readonly [string, readonly Service[]])[] {
  const byName = new Map<string, Service[]>();
  for (const server of snapshot.servers.values()) {
    for (const service of server.services.values()) {
      if (service.status === Status.Alive && service.ports && service.ports.length > 0) {
        push(byName, service.name, service);
      }
    }
  }
  for (const records of byName.values()) {
    records.sort((a, b) => compareBytes(a.hostname, b.hostname) || compareBytes(a.id, b.id));
  }
  return [...byName].sort(([a], [b]) => compareBytes(a, b));
}

function isUsable(record: Service, leftOut: Finding[]): boolean {
  const about = { service: record.name, instance: `${record.hostname}/${record.id}` };
  const refusal = refusalOf(record, false);
  if (refusal) {
    const message = `its ${refusal.field} is ${refusal.seen}, expected ${refusal.expected}`;
    leftOut.push({ ...about, code: refusal.code, message });
    return false;
  }
  if (record.name === '') {
    leftOut.push({ ...about, code: 'NAME_EMPTY', message: 'it has no name to call its proxy by' });
    return false;
  }
  if (record.proxyMode !== '' && !isProxyMode(record.proxyMode)) {
    const message = `its ProxyMode is ${printable(record.proxyMode)}, expected ${PROXY_MODES.join(', ')}`;
    leftOut.push({ ...about, code: 'PROXY_MODE_UNKNOWN', message });
    return false;
  }
  return true;
}

function modeOf(name: string, instances: readonly Service[], remarks: Finding[]): ProxyMode {
  const votes = new Map<ProxyMode, number>();
  for (const { proxyMode } of instances) {
    const mode = isProxyMode(proxyMode) ? proxyMode : 'http';
    votes.set(mode, (votes.get(mode) ?? 0) + 1);
  }
  const count = (mode: ProxyMode): number => votes.get(mode) ?? 0;
  const winner = PROXY_MODES.reduce((best, mode) => (count(mode) > count(best) ? mode : best));
  if (votes.size > 1) {
    const poll = PROXY_MODES.map((mode) => `${mode}: ${count(mode)}`).join(', ');
    const message = `its instances disagree on ProxyMode (${poll}); all are proxied in mode ${winner}`;
    remarks.push({ service: name, code: 'PROXY_MODES_DIFFER', message });
  }
  const silent = instances.filter(({ proxyMode }) => proxyMode === '').length;
  if (silent > 0) {
    const message = `${silent} of its ${instances.length} instances have no ProxyMode, which counts as http`;
    remarks.push({ service: name, code: 'PROXY_MODE_EMPTY', message });
  }
  return winner;
}

function portsOf(
  name: string,
  instances: readonly Service[],
  options: ModelOptions,
  leftOut: Finding[],
): readonly ProxiedPort[] {
  const servicePorts = new Set<number>();
  for (const { ports } of instances) {
    for (const { type, servicePort } of ports ?? []) {
      if (type === 'tcp' && servicePort > 0) servicePorts.add(servicePort);
    }
  }
  const proxied: ProxiedPort[] = [];
  for (const servicePort of [...servicePorts].sort((a, b) => a - b)) {
    const owner = options.ownPorts.get(servicePort);
    if (owner !== undefined) {
      const message = `ServicePort ${servicePort} is Sidecar's own (${owner})`;
      leftOut.push({ service: name, servicePort, code: 'SERVICE_PORT_RESERVED', message });
      continue;
    }
    const servers = serversOf(name, servicePort, instances, options, leftOut);
    if (servers.length > 0) proxied.push({ servicePort, servers });
  }
  return proxied;
}

function serversOf(
  service: string,
  servicePort: number,
  instances: readonly Service[],
  { useHostnames }: ModelOptions,
  leftOut: Finding[],
): readonly ProxiedServer[] {
  const servers = new Map<string, ProxiedServer>();
  for (const instance of instances) {
    const port = tcpPortFor(servicePort, instance);
    if (!port) continue;
    const omit = (code: FindingCode, message: string): void => {
      leftOut.push({ service, servicePort, instance: `${instance.hostname}/${instance.id}`, code, message });
    };
    const address = addressOf({ instance, port }, useHostnames);
    const serverName = `${instance.hostname}-${instance.id}`;
    const namesake = servers.get(serverName)?.instance;
    if (!isServerAddress(address)) {
      omit('ADDRESS_UNUSABLE', `HAProxy cannot use ${printable(address)} as the address of a server`);
    } else if (port.port === 0) {
      omit('PORT_ZERO', 'its Port is 0, where nothing can listen');
    } else if (namesake) {
      omit('SERVER_NAME_TAKEN', `${namesake.hostname}/${namesake.id} is already called ${serverName}`);
    } else {
      servers.set(serverName, { instance, port });
    }
  }
  return [...servers.values()];
}

/** The first tcp port that an instance offers at a ServicePort; udp ports beside it do not count. */
export const tcpPortFor = (servicePort: number, { ports }: Pick<Service, 'ports'>): Port | undefined =>
  ports?.find((port) => port.type === 'tcp' && port.servicePort === servicePort);

function serviceOf(name: string, kept: readonly Candidate[]): ProxiedService {
  const ports = kept.map(({ port }) => port);
  const instances = new Set(ports.flatMap(({ servers }) => servers.map(({ instance }) => instance)));
  const ordered = [...instances].sort((a, b) => compareBytes(a.hostname, b.hostname) || compareBytes(a.id, b.id));
  return { name, mode: kept[0]?.mode ?? 'http', instances: ordered, ports };
}

const oldest = (instances: readonly Service[]): bigint =>
  instances.reduce((first, { created }) => (created < first ? created : first), instances[0]?.created ?? 0n);

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
