import { isIPv6 } from 'node:net';
import { printable } from '../../lib/printable.js';
import { MAX_PORTS } from '../../service/refusal.js';
import type { Port } from '../../service/service.js';
import { SERVICE_PORT } from '../ranges.js';
import type { PublishedPort } from './container.js';
import type { Labels } from './labels.js';

export interface PortFacts {
  /** Stands for an address that Docker does not say or says to be unspecified. */
  readonly publishedAddress: string;
  /** Who on this host already listens at a port: `the HTTP API of Sidecar`. */
  readonly ownPorts: ReadonlyMap<number, string>;
}

const PREFIX = 'ServicePort_';
const CONTAINER_PORT = /^[1-9]\d{0,4}$/;

/**
 * The ports of a record (contract section 3.3): those that are published, each with the ServicePort that its label says. The
 * order is that of the container's ports, since the engine's is another one in each answer. Only the first 256 are kept, those
 * with a ServicePort before others.
 */
export function portsOf(published: readonly PublishedPort[], labels: Labels, facts: PortFacts): readonly Port[] {
  const listed = folded(published.toSorted(inOrder), isIPv6(facts.publishedAddress));
  const servicePorts = servicePortsOf(listed, labels, facts.ownPorts);
  complainOfKeys(labels);
  const ports = listed.map((port) => ({
    type: port.type,
    port: port.publicPort,
    servicePort: servicePorts.get(placeOf(port)) ?? 0,
    ip: isUnspecified(port.ip) ? facts.publishedAddress : port.ip,
  }));
  const different = [...new Map(ports.map((port) => [JSON.stringify(port), port])).values()];
  if (different.length <= MAX_PORTS) return different;
  const expected = `at most ${MAX_PORTS} published ports`;
  labels.complain({ code: 'TOO_MANY_PORTS', label: 'Ports', value: String(different.length), expected });
  return different.toSorted((a, b) => Number(b.servicePort > 0) - Number(a.servicePort > 0)).slice(0, MAX_PORTS);
}

/** What a ServicePort is said for: the same container port may be published at several addresses. */
const placeOf = ({ privatePort, type }: PublishedPort): string => `${privatePort}/${type}`;

const isUnspecified = (ip: string): boolean => ip === '' || ip === '0.0.0.0' || ip === '::';

const inOrder = (a: PublishedPort, b: PublishedPort): number =>
  a.privatePort - b.privatePort ||
  compare(a.type, b.type) ||
  Number(isIPv6(a.ip)) - Number(isIPv6(b.ip)) ||
  a.publicPort - b.publicPort ||
  compare(a.ip, b.ip);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * A port that is published everywhere is listed for IPv4 and for IPv6, even with two public ports (contract section 13, fault 6).
 * Of these only those remain that can be reached at the published address.
 */
function folded(ports: readonly PublishedPort[], wantsIPv6: boolean): readonly PublishedPort[] {
  const isWanted = ({ ip }: PublishedPort): boolean => ip === '' || isIPv6(ip) === wantsIPv6;
  const everywhere = ports.filter(({ ip }) => isUnspecified(ip));
  const reachable = new Set(everywhere.filter(isWanted).map(placeOf));
  return ports.filter((port) => !isUnspecified(port.ip) || isWanted(port) || !reachable.has(placeOf(port)));
}

/**
 * By place. One ServicePort can lead to one port of a container only, so of several the lowest container port has it; with
 * another protocol it is another ServicePort.
 */
function servicePortsOf(
  ports: readonly PublishedPort[],
  labels: Labels,
  own: PortFacts['ownPorts'],
): ReadonlyMap<string, number> {
  const said = new Map(
    [...new Set(ports.map(({ privatePort }) => privatePort))].map((port) => [port, servicePortOf(port, labels, own)]),
  );
  const found = new Map<string, number>();
  const holders = new Map<string, number>();
  for (const port of ports) {
    const { privatePort, type } = port;
    const servicePort = said.get(privatePort) ?? 0;
    if (servicePort === 0 || found.has(placeOf(port))) continue;
    const holder = holders.get(`${servicePort}/${type}`) ?? privatePort;
    holders.set(`${servicePort}/${type}`, holder);
    found.set(placeOf(port), holder === privatePort ? servicePort : 0);
    if (holder !== privatePort)
      labels.complain({
        code: 'SERVICE_PORT_TWICE',
        label: `${PREFIX}${privatePort}`,
        value: `${servicePort}, which ${PREFIX}${holder} is as well`,
        expected: 'a ServicePort of its own',
      });
  }
  return found;
}

function servicePortOf(privatePort: number, labels: Labels, own: PortFacts['ownPorts']): number {
  const label = `${PREFIX}${privatePort}`;
  const servicePort = labels.integer(label, SERVICE_PORT) ?? 0;
  const owner = own.get(servicePort);
  if (owner === undefined) return servicePort;
  const value = `${servicePort}, which belongs to ${owner}`;
  labels.complain({ code: 'SERVICE_PORT_IS_OURS', label, value, expected: 'a free port' });
  return 0;
}

/** `ServicePort_080` would be a second label for port 80. */
function complainOfKeys(labels: Labels): void {
  for (const label of labels.keys()) {
    if (!label.startsWith(PREFIX)) continue;
    const port = label.slice(PREFIX.length);
    if (CONTAINER_PORT.test(port) && Number(port) <= SERVICE_PORT.max) continue;
    const expected = `a label ${PREFIX} followed by a container port from 1 to 65535`;
    labels.complain({ code: 'LABEL_INVALID', label, value: printable(labels.get(label) ?? ''), expected });
  }
}
