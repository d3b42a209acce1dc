import { printable } from '../lib/printable.js';
import { DEFAULT_EXTRAS, Status, type Port, type Service } from '../service/service.js';
import type { Finding, FindingCode } from './finding.js';
import type { HostView, ModelOptions, ProxiedServer } from './model.js';
import { isServerAddress } from './names.js';
import type { Roster } from './roster.js';

/** Where an instance offers a ServicePort. */
export interface Place {
  readonly instance: Service;
  readonly port: Port;
}

/** What a service has to offer at one ServicePort. */
export interface PortClaim {
  readonly servicePort: number;
  readonly servers: readonly ProxiedServer[];
  /** The instances that offer the port, servers or not, or else those that did: while there is one the port is kept. */
  readonly witnesses: readonly Place[];
  /** All witnesses are gone. */
  readonly isGone: boolean;
}

type Report = (instance: Service, code: FindingCode, message: string) => void;

/** Where HAProxy connects to. */
export const addressOf = ({ instance, port }: Place, useHostnames: boolean): string =>
  useHostnames ? instance.hostname : port.ip;

/** The ServicePorts of a service, ascending; what stands in the way of an instance or a port is added to `leftOut`. */
export function claimsOf(
  service: string,
  roster: Roster,
  options: ModelOptions,
  host: HostView,
  leftOut: Finding[],
): readonly PortClaim[] {
  const claims: PortClaim[] = [];
  for (const servicePort of servicePortsOf(roster)) {
    const owner = options.ownPorts.get(servicePort);
    if (owner !== undefined) {
      const message = `ServicePort ${servicePort} is Sidecar's own (${owner})`;
      const isMissed = roster.live.some((instance) => tcpPortFor(servicePort, instance));
      if (isMissed) leftOut.push({ service, servicePort, code: 'SERVICE_PORT_RESERVED', message });
      continue;
    }
    const report: Report = ({ hostname, id }, code, message) =>
      leftOut.push({ service, servicePort, instance: `${hostname}/${id}`, code, message });
    const places = (instances: readonly Service[], tell?: Report): readonly Place[] =>
      placesOf(servicePort, instances, options, tell);
    const live = places(roster.live, report);
    const held = places(roster.held);
    const present = [...live, ...held, ...places(roster.unfit)];
    const isGone = present.length === 0;
    const witnesses = isGone ? places(roster.gone) : present;
    if (witnesses.length === 0) continue;
    const alive = serversOf(live, false, { options, host }, report);
    // Servers that are all on their way out are no reason to give up what may still be there.
    const isServed = alive.some(({ weight }) => weight > 0);
    const servers = isServed ? alive : [...alive, ...serversOf(held, true, { options, host })];
    claims.push({ servicePort, servers, witnesses, isGone });
  }
  return claims;
}

function servicePortsOf({ live, held, unfit, gone }: Roster): readonly number[] {
  const servicePorts = new Set<number>();
  for (const instances of [live, held, unfit, gone]) {
    for (const { ports } of instances) {
      for (const { type, servicePort } of ports ?? []) {
        if (type === 'tcp' && servicePort > 0) servicePorts.add(servicePort);
      }
    }
  }
  return [...servicePorts].sort((a, b) => a - b);
}

/** Where these instances offer a ServicePort, as far as HAProxy could connect there. */
function placesOf(
  servicePort: number,
  instances: readonly Service[],
  { useHostnames }: ModelOptions,
  report?: Report,
): readonly Place[] {
  const places: Place[] = [];
  for (const instance of instances) {
    const port = tcpPortFor(servicePort, instance);
    if (!port) continue;
    const address = addressOf({ instance, port }, useHostnames);
    if (!isServerAddress(address)) {
      const message = `HAProxy cannot use ${printable(address)} as the address of a server`;
      report?.(instance, 'ADDRESS_UNUSABLE', message);
    } else if (port.port === 0) {
      report?.(instance, 'PORT_ZERO', 'its Port is 0, where nothing can listen');
    } else {
      places.push({ instance, port });
    }
  }
  return places;
}

function serversOf(
  places: readonly Place[],
  stale: boolean,
  { options, host }: { readonly options: ModelOptions; readonly host: Pick<HostView, 'unresolved'> },
  report?: Report,
): readonly ProxiedServer[] {
  const servers = new Map<string, ProxiedServer>();
  for (const { instance, port } of places) {
    const { hostname, id, status } = instance;
    const address = addressOf({ instance, port }, options.useHostnames);
    const serverName = `${hostname}-${id}`;
    const namesake = servers.get(serverName)?.instance;
    if (host.unresolved.has(address)) {
      const message = `nobody knows the address of ${printable(address)}, expected a name that this host resolves`;
      report?.(instance, 'HOSTNAME_UNRESOLVED', message);
    } else if (namesake) {
      report?.(instance, 'SERVER_NAME_TAKEN', `${namesake.hostname}/${namesake.id} is already called ${serverName}`);
    } else {
      const { weight, slowStartMs } = { ...DEFAULT_EXTRAS, ...instance.ext };
      servers.set(serverName, { instance, port, weight: status === Status.Draining ? 0 : weight, slowStartMs, stale });
    }
  }
  return [...servers.values()];
}

/** The first tcp port that an instance offers at a ServicePort; udp ports beside it do not count. */
const tcpPortFor = (servicePort: number, { ports }: Pick<Service, 'ports'>): Port | undefined =>
  ports?.find((port) => port.type === 'tcp' && port.servicePort === servicePort);
