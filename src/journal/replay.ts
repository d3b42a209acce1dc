import { ok, refused, type Result } from '../lib/result.js';
import { serviceOf } from '../service/decode-service.js';
import type { Service } from '../service/service.js';
import type { ServerState, State } from '../service/state-codec.js';
import { parseTimestamp, type Timestamp } from '../service/timestamp.js';
import { objectOf, type Entry } from './entry.js';
import { patched } from './line-patch.js';
import type { Segment } from './segment.js';
import type { Belief, KeptConfig } from './snapshot.js';

/** What was believed right after an event: its segment's snapshot, and the events since then. */
export function beliefAfter(segment: Segment, id: number): Result<Belief, 'damaged'> {
  const start = segment.isWholeUpTo(id) ? segment.snapshot?.belief() : undefined;
  if (!start) return refused('damaged');
  const catalog = new ReplayedCatalog(start.catalog);
  let { config } = start;
  for (const entry of segment.entries) {
    if (entry.id > id) break;
    if (entry.kind === 'service' && !catalog.follow(entry)) return refused('damaged');
    if (entry.kind === 'proxy') config = configAfter(config, entry);
  }
  return ok({ ...start, catalog: catalog.state(), config });
}

function configAfter(before: KeptConfig | undefined, { patch, text }: Entry): KeptConfig | undefined {
  const { digest } = objectOf(text) ?? {};
  if (!before || !patch || typeof digest !== 'string') return before;
  return { digest, text: patched(before.text, patch) };
}

type Mutable = ServerState & { readonly services: Map<string, Service> };

class ReplayedCatalog {
  private readonly servers: Map<string, Mutable>;
  private lastChanged: Timestamp;

  constructor(private readonly start: State) {
    this.lastChanged = start.lastChanged;
    this.servers = new Map([...start.servers].map(([name, server]) => [name, withCopy(server)]));
  }

  state(): State {
    return { ...this.start, lastChanged: this.lastChanged, servers: this.servers };
  }

  /** @returns whether the event could be read */
  follow({ text }: Entry): boolean {
    const { what, record: seen, lastChanged } = objectOf(text) ?? {};
    const record = serviceOf(seen);
    const changed = typeof lastChanged === 'string' ? parseTimestamp(lastChanged) : undefined;
    if (!record.ok || !changed?.ok) return false;
    if (what === 'removed') {
      this.remove(record.value);
      return true;
    }
    this.lastChanged = changed.value;
    this.set(record.value, what === 'content' ? undefined : changed.value);
    return true;
  }

  private remove({ hostname, id }: Service): void {
    const services = this.servers.get(hostname)?.services;
    services?.delete(id);
    if (services?.size === 0) this.servers.delete(hostname);
  }

  private set(record: Service, changed: Timestamp | undefined): void {
    const { hostname: name, id, updated } = record;
    const known = this.servers.get(name);
    const services = known?.services ?? new Map<string, Service>();
    services.set(id, record);
    const lastUpdated = known && known.lastUpdated > updated ? known.lastUpdated : updated;
    const lastChanged = changed ?? known?.lastChanged ?? this.lastChanged;
    this.servers.set(name, { name, services, lastUpdated, lastChanged });
  }
}

const withCopy = (server: ServerState): Mutable => ({ ...server, services: new Map(server.services) });
