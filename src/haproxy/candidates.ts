import { printable } from '../lib/printable.js';
import type { ProxyMode } from '../service/refusal.js';
import type { Finding } from './finding.js';
import type { HostView, ModelOptions, ProxiedPort, ProxiedServer } from './model.js';
import { sanitizeName } from './names.js';

/** One service on one ServicePort, before it is known whether another service has a better claim on that port. */
export interface Candidate {
  readonly name: string;
  readonly mode: ProxyMode;
  readonly created: bigint;
  readonly port: ProxiedPort;
}

/** Where HAProxy connects to. */
export const addressOf = ({ instance, port }: ProxiedServer, useHostnames: boolean): string =>
  useHostnames ? instance.hostname : port.ip;

export function withoutSetAside(
  candidates: readonly Candidate[],
  setAside: HostView['setAside'],
  leftOut: Finding[],
): readonly Candidate[] {
  return candidates.filter(({ name: service, port: { servicePort } }) => {
    const message = setAside.get(servicePort);
    if (message === undefined) return true;
    leftOut.push({ service, servicePort, code: 'SERVICE_PORT_UNAVAILABLE', message });
    return false;
  });
}

/** A server that is one of our own frontends sends each request round and round until HAProxy has no connection left. */
export function withoutCircles(
  candidates: readonly Candidate[],
  { useHostnames }: ModelOptions,
  isOwn: (address: string) => boolean,
  leftOut: Finding[],
): readonly Candidate[] {
  const frontends = new Set(candidates.map(({ port }) => port.servicePort));
  return candidates.flatMap((candidate) => {
    const { servicePort } = candidate.port;
    const servers = candidate.port.servers.filter((server) => {
      const address = addressOf(server, useHostnames);
      if (!frontends.has(server.port.port) || !isOwn(address)) return true;
      const instance = `${server.instance.hostname}/${server.instance.id}`;
      const message = `its address ${printable(address)} with port ${server.port.port} is a frontend of this HAProxy`;
      leftOut.push({ service: candidate.name, servicePort, instance, code: 'SERVER_IS_FRONTEND', message });
      return false;
    });
    return servers.length === 0 ? [] : [{ ...candidate, port: { servicePort, servers } }];
  });
}

/** Two services cannot listen on one port: the one with the oldest instance keeps it, then the first by name. */
export function withoutRivals(candidates: readonly Candidate[], leftOut: Finding[]): readonly Candidate[] {
  const holders = new Map<number, Candidate>();
  for (const candidate of candidates) {
    const holder = holders.get(candidate.port.servicePort);
    if (!holder || candidate.created < holder.created) holders.set(candidate.port.servicePort, candidate);
  }
  return candidates.filter((candidate) => {
    const { name: service, port } = candidate;
    const { servicePort } = port;
    const holder = holders.get(servicePort);
    if (!holder || holder === candidate) return true;
    const sameProxyName = sanitizeName(service) === sanitizeName(holder.name);
    const claim = holder.created < candidate.created ? 'is older' : 'comes first by name';
    const message = `ServicePort ${servicePort} belongs to ${holder.name}, which ${claim}`;
    const code = sameProxyName ? 'PROXY_NAME_TAKEN' : 'SERVICE_PORT_TAKEN';
    leftOut.push({
      service,
      servicePort,
      code,
      message: sameProxyName ? `${message} and has the same proxy name` : message,
    });
    return false;
  });
}
