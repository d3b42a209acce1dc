import type { ChangeEvent, ServerEntry } from '../catalog/reader.js';
import type { Millis } from '../lib/ports.js';
import { sameContent, Status, type Service } from '../service/service.js';
import { nsFromMs, type Timestamp } from '../service/timestamp.js';

export type Servers = ReadonlyMap<string, ServerEntry>;

export type Change = Pick<ChangeEvent, 'kind' | 'service' | 'previousStatus' | 'reason'>;

/** How one state follows another. */
export interface Succession {
  readonly servers: Servers;
  /** All that differs but for `updated`: what the new state says first, then what has vanished. */
  readonly changes: readonly Change[];
  /** False when not even an `updated` differs. */
  readonly isNews: boolean;
}

/** The life of a tombstone (contract section 6.5). */
const REMEMBERED_NS = nsFromMs((3 * 3_600_000) satisfies Millis);
/** So many records are remembered that the new state does not have; beyond, the oldest are forgotten. */
export const MAX_REMEMBERED = 10_000;

/**
 * The servers that a new state leads to. What is the same stays the same object. A record that the new state does not have any more was
 * not seen to die, the one who tells is merely not informed of it, be it another or restarted: it lasts as a tombstone for as long as
 * any. A copy without extras leaves them as they are, for an original has dropped them.
 */
export function succeed(before: Servers, state: Servers, nowNs: Timestamp): Succession {
  const changes: Change[] = [];
  const servers = new Map<string, Entry>();
  for (const [name, server] of state) {
    const known = before.get(name)?.services;
    const services = new Map<string, Service>();
    for (const [id, said] of server.services) services.set(id, heirOf(known?.get(id), said, changes));
    servers.set(name, { ...server, services });
  }
  const { remembered, forgotten } = vanished(before, servers, nowNs);
  for (const { server, service, tombstone } of remembered) {
    const entry = servers.get(server.name) ?? { ...server, services: new Map<string, Service>() };
    servers.set(server.name, entry);
    entry.services.set(service.id, tombstone);
    if (service === tombstone) continue;
    if (tombstone.updated > entry.lastUpdated) entry.lastUpdated = tombstone.updated;
    changes.push({ kind: 'status', service: tombstone, previousStatus: service.status, reason: 'vanished' });
  }
  for (const { service, tombstone } of forgotten)
    changes.push({ kind: 'removed', service: tombstone, previousStatus: service.status, reason: 'forgotten' });
  const isNews =
    servers.size !== before.size || [...servers].some(([name, server]) => !sameEntry(before.get(name), server));
  return { servers, changes, isNews };
}

interface Entry extends ServerEntry {
  readonly services: Map<string, Service>;
  lastUpdated: Timestamp;
}

const sameEntry = (a: ServerEntry | undefined, b: ServerEntry): boolean =>
  a !== undefined &&
  a.lastUpdated === b.lastUpdated &&
  a.lastChanged === b.lastChanged &&
  a.services.size === b.services.size &&
  [...b.services].every(([id, service]) => a.services.get(id) === service);

function heirOf(known: Service | undefined, said: Service, changes: Change[]): Service {
  if (!known) {
    changes.push({ kind: 'added', service: said, previousStatus: Status.Unknown, reason: 'received' });
    return said;
  }
  const isBare = said.ext === undefined && known.ext !== undefined;
  const service = isBare ? { ...said, ext: known.ext } : said;
  if (sameContent(known, service)) return known.updated === service.updated ? known : service;
  const kind = known.status === service.status ? 'content' : 'status';
  changes.push({ kind, service, previousStatus: known.status, reason: 'received' });
  return service;
}

interface Vanished {
  readonly server: ServerEntry;
  readonly service: Service;
  /** The record itself when it is one. */
  readonly tombstone: Service;
}

function vanished(
  before: Servers,
  now: Servers,
  nowNs: Timestamp,
): { readonly remembered: readonly Vanished[]; readonly forgotten: readonly Vanished[] } {
  const remembered: Vanished[] = [];
  const forgotten: Vanished[] = [];
  for (const server of before.values()) {
    const left = now.get(server.name)?.services;
    for (const service of server.services.values()) {
      if (left?.has(service.id)) continue;
      const tombstone = buried(service, nowNs);
      (nowNs - tombstone.updated < REMEMBERED_NS ? remembered : forgotten).push({ server, service, tombstone });
    }
  }
  if (remembered.length > MAX_REMEMBERED) {
    remembered.sort((a, b) => Number(b.tombstone.updated - a.tombstone.updated));
    forgotten.push(...remembered.splice(MAX_REMEMBERED));
  }
  return { remembered, forgotten };
}

function buried(service: Service, nowNs: Timestamp): Service {
  if (service.status === Status.Tombstone) return service;
  const updated = nowNs > service.updated ? nowNs : service.updated + 1n;
  return { ...service, status: Status.Tombstone, updated };
}
