import type { CatalogSnapshot } from '../catalog/reader.js';
import { shortened } from '../cli/text-width.js';
import { Status, type Service } from '../service/service.js';

/** Something that stands between a service and who would reach it. */
export interface Finding {
  readonly service: string;
  /** Undefined: the whole service is meant. */
  readonly servicePort?: number;
  /** `hostname/id`, when it is about one instance. */
  readonly instance?: string;
  readonly code: string;
  /** Why, as the rest of a sentence about the service. */
  readonly message: string;
}

/** Who takes the connections to ServicePorts. */
export interface ProxySight {
  readonly isRunning: boolean;
  /** Whether it has all that the catalog says. */
  readonly isCurrent: boolean;
  /** Which service has which ServicePort. */
  readonly holders: ReadonlyMap<number, string>;
  readonly findings: readonly Finding[];
}

/** What the list of services is made from. */
export interface Sights {
  readonly snapshot: CatalogSnapshot;
  readonly proxy: ProxySight;
  /** Where ServicePorts are offered. */
  readonly bindIp: string;
  /** What the last check of an instance on this host said; undefined where it is not known. */
  readonly outputOf: (id: string) => string | undefined;
}

export type RowState = 'ready' | 'direct' | 'no port' | 'set aside' | 'starting' | 'failing' | 'draining';

/** One service at one address. */
export interface Row {
  readonly service: string;
  /** What to type: a URL, or `address:port` of what does not speak HTTP; empty: there is none. */
  readonly address: string;
  readonly alive: number;
  readonly total: number;
  readonly state: RowState;
  /** Comes from the followed cluster. */
  readonly isBorrowed: boolean;
  /** Why it is not as it should be, and what to do, as the rest of a sentence about the service; empty: all is well. */
  readonly note: string;
}

/** Every service that is not gone, the own ones first, by name, then by ServicePort; of the borrowed ones those with a ServicePort. */
export function rowsOf(sights: Sights): readonly Row[] {
  const byName = new Map<string, Service[]>();
  for (const { services } of sights.snapshot.servers.values()) {
    for (const record of services.values()) {
      if (record.status === Status.Tombstone) continue;
      const known = byName.get(record.name);
      if (known) known.push(record);
      else byName.set(record.name, [record]);
    }
  }
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([service, records]) => {
      const ports = servicePortsOf(records);
      if (ports.length > 0) return ports.map((port) => portRow(service, port, records, sights));
      const row = portlessRow(service, records, sights);
      return row.isBorrowed ? [] : [row]; // nothing of it could be offered here
    })
    .sort((a, b) => Number(a.isBorrowed) - Number(b.isBorrowed)); // a window may not have all lines of a large cluster
}

function servicePortsOf(records: readonly Service[]): readonly number[] {
  const ports = records.flatMap((record) => tcpPortsOf(record).map(({ servicePort }) => servicePort));
  return [...new Set(ports)].filter((port) => port > 0).sort((a, b) => a - b);
}

const tcpPortsOf = ({ ports }: Service) => (ports ?? []).filter(({ type }) => type === 'tcp');

function portlessRow(service: string, records: readonly Service[], sights: Sights): Row {
  const counts = countsOf(records, sights);
  const label = 'a label ServicePort_80=8080, for port 80 of the container, offers it at 8080 here';
  for (const record of records) {
    const [port] = tcpPortsOf(record);
    if (!port) continue;
    const address = addressOf(record, port.ip, port.port);
    if (counts.alive === 0) return { service, address, ...counts, ...unserved(records, sights) };
    const note = `it is reached where it is published, and by no proxy: ${label}`;
    return { service, address, ...counts, state: 'direct', note };
  }
  const note = `none of its ports is published: start it with -p 80, and ${label}`;
  return { service, address: '', ...counts, state: 'no port', note };
}

function portRow(service: string, servicePort: number, all: readonly Service[], sights: Sights): Row {
  const records = all.filter((record) => tcpPortsOf(record).some((port) => port.servicePort === servicePort));
  const counts = countsOf(records, sights);
  const [first] = records;
  const address = first ? addressOf(first, sights.bindIp, servicePort) : '';
  return { service, address, ...counts, ...stateOf(service, servicePort, records, sights) };
}

function stateOf(
  service: string,
  servicePort: number,
  records: readonly Service[],
  sights: Sights,
): Pick<Row, 'state' | 'note'> {
  const { holders, findings, isRunning } = sights.proxy;
  const about = findings.filter(
    (finding) => finding.service === service && (finding.servicePort ?? servicePort) === servicePort,
  );
  const general = about.find(({ instance }) => instance === undefined);
  if (general) return { state: 'set aside', note: general.message };
  const isAlive = records.some(({ status }) => status === Status.Alive);
  if (!isAlive) return unserved(records, sights);
  if (isRunning && holders.get(servicePort) === service) return { state: 'ready', note: failingNote(records, sights) };
  if (about.some(({ code }) => code === 'SERVER_IS_FRONTEND') && isAtItsServicePort(records, servicePort)) {
    const note =
      `it is published at its own ServicePort ${servicePort}, and reached there without a proxy: ` +
      'publish it at another port, or at any (-p 80)';
    return { state: 'direct', note };
  }
  return { state: 'starting', note: about[0]?.message ?? '' };
}

/** Of a service without an instance that is alive. */
function unserved(records: readonly Service[], sights: Sights): Pick<Row, 'state' | 'note'> {
  const note = failingNote(records, sights);
  if (note !== '') return { state: 'failing', note };
  return { state: records.some(({ status }) => status === Status.Draining) ? 'draining' : 'starting', note };
}

const isAtItsServicePort = (records: readonly Service[], servicePort: number): boolean =>
  records.some((record) =>
    tcpPortsOf(record).some((port) => port.servicePort === servicePort && port.port === servicePort),
  );

/** Of what a check says, in cells. */
const MAX_OUTPUT = 200;

/** Empty when no check fails. */
function failingNote(records: readonly Service[], { snapshot, outputOf }: Sights): string {
  const failing = records.find(({ status }) => status === Status.Unhealthy);
  if (!failing) return '';
  const { id, hostname } = failing;
  if (hostname !== snapshot.hostname) return `its check fails on ${hostname}`;
  const output = outputOf(id);
  const said = output === undefined ? '' : `: ${shortened(output, MAX_OUTPUT)}`;
  return `its check fails${said} (labels HealthCheck and HealthCheckArgs say how it is checked)`;
}

function countsOf(records: readonly Service[], { snapshot }: Sights): Pick<Row, 'alive' | 'total' | 'isBorrowed'> {
  return {
    alive: records.filter(({ status }) => status === Status.Alive).length,
    total: records.length,
    isBorrowed: records.every(({ hostname }) => hostname !== snapshot.hostname),
  };
}

function addressOf({ proxyMode }: Service, ip: string, port: number): string {
  const place = `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
  return proxyMode === 'tcp' ? place : `http://${place}`;
}
