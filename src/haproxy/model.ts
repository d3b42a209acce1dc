import type { CatalogSnapshot } from '../catalog/reader.js';
import { formatDuration } from '../lib/duration.js';
import type { Millis } from '../lib/ports.js';
import { compareBytes } from '../service/go-json.js';
import type { ProxyMode } from '../service/refusal.js';
import type { Port, Service } from '../service/service.js';
import { withoutCircles, withoutRivals, withoutSetAside, type Candidate } from './candidates.js';
import type { Finding } from './finding.js';
import { leadsToOwnFrontends } from './own-frontends.js';
import { modeOf, recordsByName, rosterOf } from './roster.js';
import { claimsOf } from './service-ports.js';

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
  /** By (hostname, id), bytewise; each is a server of at least one of `ports`. Empty when no port has a server. */
  readonly instances: readonly Service[];
  /** Ascending by `servicePort`, at least one. */
  readonly ports: readonly ProxiedPort[];
}

export interface ProxiedPort {
  readonly servicePort: number;
  /** Where its first server listens, or did: of an instance that is no server when there is none. */
  readonly instancePort: number;
  /** By (hostname, id), bytewise. Empty: HAProxy holds the port, answers 503 in http mode, and closes in tcp mode. */
  readonly servers: readonly ProxiedServer[];
}

export interface ProxiedServer {
  readonly instance: Service;
  readonly port: Port;
  /** 0–256; 0 = no new requests, which is how a draining instance is served. */
  readonly weight: number;
  /** How long it takes to get its full share when it comes up; 0 = at once. */
  readonly slowStartMs: Millis;
  /** Out of sight, and kept because nothing better is left: HAProxy has to check it. All servers of a port are, or none. */
  readonly stale: boolean;
}

export interface ModelOptions {
  /** ServicePorts that are the agent's own, with what they serve: `7777` → `HTTP API`. */
  readonly ownPorts: ReadonlyMap<number, string>;
  /** Servers are addressed by the record's host name instead of the port's address. */
  readonly useHostnames: boolean;
  /** Where the frontends listen; empty = on all addresses. */
  readonly bindIp: string;
  /** How long the last servers of a port are kept when their hosts are out of sight, >= 0; 0 = not at all. */
  readonly staleHoldMs: Millis;
}

/** What this host adds to the catalog. */
export interface HostView {
  /** Its name in records; empty = it has none that could lead to it. */
  readonly hostname: string;
  /** The addresses of its interfaces. */
  readonly addresses: readonly string[];
  /** ServicePorts that are set aside, each with the reason: everything else is served without them. */
  readonly setAside: ReadonlyMap<number, string>;
  /** Services that are set aside by name, each with the reason. */
  readonly setAsideServices: ReadonlyMap<string, string>;
  /** Which service has a ServicePort on this host now: it keeps it against others. */
  readonly holders: ReadonlyMap<number, string>;
  /** Host names that stand where an address should and cannot be resolved. */
  readonly unresolved: ReadonlySet<string>;
  /** Whether an instance has been out of sight, for no longer than `staleHoldMs`. */
  isHeld(hostname: string, id: string): boolean;
}

/**
 * The catalog as HAProxy should see it. Equal catalogs give equal models, in whatever order they were filled. One bad
 * instance, port or service is left out alone. A ServicePort is kept, with no servers if need be, while a record of it is known.
 */
export function buildModel(snapshot: CatalogSnapshot, options: ModelOptions, host: HostView): ProxyModel {
  const leftOut: Finding[] = [];
  const remarks: Finding[] = [];
  const candidates: Candidate[] = [];
  for (const [name, records] of recordsByName(snapshot)) {
    const roster = rosterOf(records, host, leftOut);
    const claims = claimsOf(name, roster, options, host, leftOut);
    const reason = host.setAsideServices.get(name);
    if (claims.length === 0) continue;
    if (reason === undefined) {
      const mode = modeOf(name, roster, remarks);
      for (const claim of claims) candidates.push({ name, mode, created: roster.created, ...claim });
    } else if (claims.some(({ isGone }) => !isGone)) {
      leftOut.push({ service: name, code: 'SERVICE_SET_ASIDE', message: reason });
    }
  }
  const bindable = withoutSetAside(candidates, host.setAside, leftOut);
  const isOwn = leadsToOwnFrontends({ ...options, hostAddresses: host.addresses, hostname: host.hostname });
  const sound = withoutCircles(bindable, options, isOwn, leftOut);
  const services = new Map<string, Candidate[]>();
  for (const candidate of withoutRivals(sound, host.holders, leftOut)) {
    const kept = services.get(candidate.name);
    if (kept) kept.push(candidate);
    else services.set(candidate.name, [candidate]);
    if (candidate.servers.some(({ stale }) => stale)) remarks.push(staleFinding(candidate, options.staleHoldMs));
  }
  return { services: [...services].map(([name, kept]) => serviceOf(name, kept)), leftOut, remarks };
}

function serviceOf(name: string, kept: readonly Candidate[]): ProxiedService {
  const ports = kept.map(portOf);
  const instances = new Set(ports.flatMap(({ servers }) => servers.map(({ instance }) => instance)));
  const ordered = [...instances].sort((a, b) => compareBytes(a.hostname, b.hostname) || compareBytes(a.id, b.id));
  return { name, mode: kept[0]?.mode ?? 'http', instances: ordered, ports };
}

const portOf = ({ servicePort, servers, witnesses }: Candidate): ProxiedPort => ({
  servicePort,
  instancePort: (servers[0] ?? witnesses[0])?.port.port ?? 0,
  servers,
});

/** Hosts in a sentence; of more than these only the number is said. */
const MAX_HOSTS_NAMED = 5;

function staleFinding({ name: service, servicePort, servers }: Candidate, staleHoldMs: Millis): Finding {
  const hosts = [...new Set(servers.map(({ instance }) => instance.hostname))];
  const named = hosts.slice(0, MAX_HOSTS_NAMED).join(', ');
  const others = hosts.length > MAX_HOSTS_NAMED ? ` and ${hosts.length - MAX_HOSTS_NAMED} more` : '';
  const message =
    `its last instances, on ${named}${others}, are out of sight: ` +
    `they stay servers, checked by HAProxy, for at most ${formatDuration(staleHoldMs)} (stale_hold)`;
  return { service, servicePort, code: 'SERVICE_STALE', message };
}
