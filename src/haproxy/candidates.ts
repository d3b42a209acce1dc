import { printable } from '../lib/printable.js';
import type { ProxyMode } from '../service/refusal.js';
import type { Timestamp } from '../service/timestamp.js';
import type { Finding } from './finding.js';
import type { HostView, ModelOptions } from './model.js';
import { sanitizeName } from './names.js';
import { addressOf, type Place, type PortClaim } from './service-ports.js';

/** One service on one ServicePort, before it is known whether another service has a better claim on that port. */
export interface Candidate extends PortClaim {
  readonly name: string;
  readonly mode: ProxyMode;
  readonly created: Timestamp;
}

/** Of a service that is gone anyway nobody is told that it is set aside. */
export function withoutSetAside(
  candidates: readonly Candidate[],
  setAside: HostView['setAside'],
  leftOut: Finding[],
): readonly Candidate[] {
  return candidates.filter(({ name: service, servicePort, isGone }) => {
    const message = setAside.get(servicePort);
    if (message === undefined) return true;
    if (!isGone) leftOut.push({ service, servicePort, code: 'SERVICE_PORT_UNAVAILABLE', message });
    return false;
  });
}

/**
 * A server that is one of our own frontends sends each request round and round until HAProxy has no connection left. Nor does
 * such an instance keep a port: HAProxy would take the place where it listens itself.
 */
export function withoutCircles(
  candidates: readonly Candidate[],
  { useHostnames }: ModelOptions,
  isOwn: (address: string) => boolean,
  leftOut: Finding[],
): readonly Candidate[] {
  const frontends = new Set(candidates.map(({ servicePort }) => servicePort));
  const isCircle = (place: Place): boolean => frontends.has(place.port.port) && isOwn(addressOf(place, useHostnames));
  return candidates.flatMap((candidate) => {
    const { name: service, servicePort } = candidate;
    const witnesses = candidate.witnesses.filter((place) => !isCircle(place));
    if (witnesses.length === candidate.witnesses.length) return [candidate];
    const servers = candidate.servers.filter((server) => {
      if (!isCircle(server)) return true;
      const instance = `${server.instance.hostname}/${server.instance.id}`;
      const address = printable(addressOf(server, useHostnames));
      const message = `its address ${address} with port ${server.port.port} is a frontend of this HAProxy`;
      leftOut.push({ service, servicePort, instance, code: 'SERVER_IS_FRONTEND', message });
      return false;
    });
    return witnesses.length > 0 ? [{ ...candidate, servers, witnesses }] : [];
  });
}

/**
 * Two services cannot listen on one port. One that is there keeps it from one of which only tombstones are left; then the one
 * that has it on this host now; then that with the oldest instance, or the first by name.
 *
 * @param holders which service has a ServicePort on this host now
 */
export function withoutRivals(
  candidates: readonly Candidate[],
  holders: HostView['holders'],
  leftOut: Finding[],
): readonly Candidate[] {
  const winners = new Map<number, Candidate>();
  for (const candidate of candidates) {
    const { servicePort } = candidate;
    const best = winners.get(servicePort);
    if (!best || isBetter(candidate, best, holders.get(servicePort))) winners.set(servicePort, candidate);
  }
  return candidates.filter((candidate) => {
    const { name: service, servicePort, isGone } = candidate;
    const winner = winners.get(servicePort);
    if (!winner || winner === candidate) return true;
    if (isGone) return false; // nobody misses it
    const sameProxyName = sanitizeName(service) === sanitizeName(winner.name);
    const why = claimOf(winner, candidate, holders.get(servicePort));
    const message = `ServicePort ${servicePort} belongs to ${winner.name}, which ${why}`;
    leftOut.push({
      service,
      servicePort,
      code: sameProxyName ? 'PROXY_NAME_TAKEN' : 'SERVICE_PORT_TAKEN',
      message: sameProxyName ? `${message} and has the same proxy name` : message,
    });
    return false;
  });
}

/** Of two that are equal otherwise the earlier one stays: candidates come by name. */
function isBetter(candidate: Candidate, best: Candidate, holder: string | undefined): boolean {
  if (candidate.isGone !== best.isGone) return best.isGone;
  if (best.name === holder || candidate.name === holder) return candidate.name === holder;
  return candidate.created < best.created;
}

function claimOf(winner: Candidate, loser: Candidate, holder: string | undefined): string {
  if (winner.name === holder) return 'has it on this host already';
  return winner.created < loser.created ? 'is older' : 'comes first by name';
}
