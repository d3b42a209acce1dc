import type { Clock, Millis } from '../lib/ports.js';
import { sameContent, Status, type Service } from '../service/service.js';
import { nsFromMs, type Timestamp } from '../service/timestamp.js';
import { heirOf } from './heir.js';
import { lifespanOf } from './lifespan.js';
import type { CatalogReader, CatalogSnapshot, ChangeEvent, RestoredReader, ServerEntry } from './reader.js';
import type { ChangeReason } from './reason.js';

/** How a record came to change, for the event. */
export interface Cause {
  readonly reason: ChangeReason;
  /** More for people, such as the output of a failed check. */
  readonly detail?: string | undefined;
  /** It comes from its own host, which alone can say that a draining is over. */
  readonly isFromOrigin?: boolean;
}

/** `changed`: there was an event. `refreshed`: only `updated` moved. `ignored`: what is stored is as new or newer. */
export type MergeOutcome = 'changed' | 'refreshed' | 'ignored';

interface Server {
  readonly name: string;
  readonly services: Map<string, Service>;
  /** When the stored version of each came to us: its lifespan counts from then, whatever the clock of its origin says. */
  readonly receipts: Map<string, Millis>;
  /** By id, the version as it came, where what is stored says more: what we conclude is nothing to tell others. */
  readonly said: Map<string, Service>;
  /** Ids that we know from before our start only. */
  readonly restored: Set<string>;
  lastUpdated: Timestamp;
  lastChanged: Timestamp;
  /** The immutable copy of this version; undefined after a change. */
  copy: ServerEntry | undefined;
}

/** An expired record gets its old time plus this, so that a newer version we missed still wins (contract section 6.5). */
const EXPIRY_STEP: bigint = nsFromMs(1000);

/**
 * What the cluster believes: the newest version of every record, by host and id. Synchronous, without any I/O; wall time is
 * the caller's, lifespans run on the monotonic clock. Records are validated at the borders (`service/refusal.ts`), not here.
 */
export class Catalog implements CatalogReader, RestoredReader {
  private readonly servers = new Map<string, Server>();
  private readonly listeners = new Set<(event: ChangeEvent) => void>();
  private version = 0;
  private contentVersion = 0;
  private lastChanged: Timestamp = 0n;
  private current: CatalogSnapshot | undefined;
  private recordCount = 0;

  constructor(
    private readonly identity: { readonly clusterName: string; readonly hostname: string },
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** How many records are stored, tombstones included. */
  get size(): number {
    return this.recordCount;
  }

  /**
   * Stores `incoming` if it is new or strictly later than what is stored; equal times lose. An alive copy ends a draining only
   * if it comes from its own host (contract section 6.3). A copy without extras leaves them as they are, and one of the same
   * time that has some completes it: an original on the way has dropped them.
   */
  merge(incoming: Service, cause: Cause): MergeOutcome {
    return this.put(incoming, cause, false);
  }

  /**
   * Stores what was known before our start and is not known yet. It lives from now on as if it had just come, and is marked until
   * a later version comes: what we remember is nothing to tell others.
   */
  restore(services: Iterable<Service>): void {
    for (const service of services) {
      if (!this.get(service.hostname, service.id)) this.put(service, { reason: 'restored' }, true);
    }
  }

  /** A peer has the very version that we remember: it is no longer only ours, and may be told. Nothing happens for any other. */
  confirm({ hostname, id, updated }: Service): void {
    if (this.get(hostname, id)?.updated === updated) this.servers.get(hostname)?.restored.delete(id);
  }

  isRestored(hostname: string, id: string): boolean {
    return this.servers.get(hostname)?.restored.has(id) ?? false;
  }

  /** Whether `merge` would take anything of `incoming`. */
  wants(incoming: Service): boolean {
    const server = this.servers.get(incoming.hostname);
    const stored = server?.services.get(incoming.id);
    if (!server || !stored || incoming.updated > stored.updated) return true;
    return (
      incoming.updated === stored.updated && incoming.ext !== undefined && saidOf(server, stored).ext === undefined
    );
  }

  /** The record as its host said it: without what is only concluded here. `stored` is one of this catalog. */
  said(stored: Service): Service {
    const server = this.servers.get(stored.hostname);
    return server ? saidOf(server, stored) : stored;
  }

  /** The record as it is stored, or undefined. */
  get(hostname: string, id: string): Service | undefined {
    return this.servers.get(hostname)?.services.get(id);
  }

  /** Every stored record of one host, tombstones included. */
  recordsOf(hostname: string): readonly Service[] {
    return [...(this.servers.get(hostname)?.services.values() ?? [])];
  }

  /** Declares one record dead. @returns false if it is not known or dead already */
  bury(hostname: string, id: string, nowNs: Timestamp, cause: Cause): boolean {
    const stored = this.get(hostname, id);
    if (!stored || stored.status === Status.Tombstone) return false;
    const updated = nowNs > stored.updated ? nowNs : stored.updated + 1n;
    // Of our own services we know the end for sure; for another host it is only a conclusion from what we remember.
    const isRestored = hostname !== this.identity.hostname && this.isRestored(hostname, id);
    return this.put({ ...stored, status: Status.Tombstone, updated }, cause, isRestored) === 'changed';
  }

  /** Declares everything dead that a lost member announced. @returns how many records that were */
  loseMember(hostname: string, nowNs: Timestamp): number {
    return this.recordsOf(hostname).filter(({ id }) => this.bury(hostname, id, nowNs, { reason: 'member-lost' }))
      .length;
  }

  /** Ends what has outlived its lifespan: live records become tombstones, old tombstones are forgotten. */
  expire(nowNs: Timestamp): void {
    const now = this.clock.now();
    for (const server of [...this.servers.values()]) {
      for (const service of [...server.services.values()]) {
        if (now - (server.receipts.get(service.id) ?? now) <= lifespanOf(service.status)) continue;
        if (service.status === Status.Tombstone) this.forget(server, service, nowNs);
        else this.expireOne(server, service, nowNs);
      }
    }
  }

  /** Hosts with a live record that was not renewed for longer than `ageMs`, in no order. */
  hostsUnheardFor(ageMs: Millis): readonly string[] {
    const before = this.clock.now() - ageMs;
    const isOld = ({ services, receipts }: Server): boolean =>
      [...services.values()].some(
        ({ id, status }) => status !== Status.Tombstone && (receipts.get(id) ?? before) < before,
      );
    return [...this.servers.values()].filter(isOld).map(({ name }) => name);
  }

  snapshot(): CatalogSnapshot {
    this.current ??= {
      version: this.version,
      contentVersion: this.contentVersion,
      clusterName: this.identity.clusterName,
      hostname: this.identity.hostname,
      lastChanged: this.lastChanged,
      servers: new Map([...this.servers].map(([name, server]) => [name, copyOf(server)])),
    };
    return this.current;
  }

  onChange(listener: (event: ChangeEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private addServer(name: string): Server {
    const server: Server = {
      name,
      services: new Map(),
      receipts: new Map(),
      said: new Map(),
      restored: new Set(),
      lastUpdated: 0n,
      lastChanged: 0n,
      copy: undefined,
    };
    this.servers.set(name, server);
    return server;
  }

  private put(incoming: Service, cause: Cause, isRestored: boolean): MergeOutcome {
    const server = this.servers.get(incoming.hostname) ?? this.addServer(incoming.hostname);
    const stored = server.services.get(incoming.id);
    if (!stored) {
      this.store(server, incoming, isRestored);
      this.announce('added', server, incoming, Status.Unknown, cause, incoming.updated);
      return 'changed';
    }
    if (!this.wants(incoming)) return 'ignored';
    if (incoming.updated === stored.updated) return this.complete(server, stored, incoming, cause);
    const next = heirOf(stored, incoming, cause.isFromOrigin ?? false);
    this.store(server, next, isRestored);
    if (next !== incoming) server.said.set(incoming.id, incoming);
    if (next.status !== stored.status) {
      this.announce('status', server, next, stored.status, cause, next.updated);
      return 'changed';
    }
    if (!sameContent(next, stored)) {
      this.announce('content', server, next, stored.status, cause, next.updated);
      return 'changed';
    }
    return 'refreshed';
  }

  /** Adds the extras that the copy which came first had lost. It is no news of the instance: its life is not prolonged. */
  private complete(server: Server, stored: Service, { ext }: Service, cause: Cause): MergeOutcome {
    if (ext === undefined) return 'ignored';
    const said = { ...saidOf(server, stored), ext };
    const next = { ...stored, ext };
    server.services.set(stored.id, next);
    if (said.status === next.status) server.said.delete(stored.id);
    else server.said.set(stored.id, said);
    this.touch(server);
    if (!sameContent(next, stored)) this.announce('content', server, next, stored.status, cause, next.updated);
    return 'changed';
  }

  private store(server: Server, service: Service, isRestored: boolean): void {
    if (!server.services.has(service.id)) this.recordCount += 1;
    server.services.set(service.id, service);
    server.receipts.set(service.id, this.clock.now());
    server.said.delete(service.id);
    if (isRestored) server.restored.add(service.id);
    else server.restored.delete(service.id);
    if (service.updated > server.lastUpdated) server.lastUpdated = service.updated;
    this.touch(server);
  }

  private expireOne(server: Server, service: Service, nowNs: Timestamp): void {
    const buried = { ...service, status: Status.Tombstone, updated: service.updated + EXPIRY_STEP };
    this.store(server, buried, server.restored.has(service.id));
    this.announce('status', server, buried, service.status, { reason: 'expired' }, nowNs);
  }

  private forget(server: Server, service: Service, nowNs: Timestamp): void {
    server.services.delete(service.id);
    server.receipts.delete(service.id);
    server.said.delete(service.id);
    server.restored.delete(service.id);
    this.recordCount -= 1;
    if (server.services.size === 0) this.servers.delete(server.name);
    this.touch(server);
    this.contentVersion += 1;
    this.emit('removed', service, service.status, { reason: 'forgotten' }, nowNs);
  }

  private touch(server: Server): void {
    server.copy = undefined;
    this.current = undefined;
    this.version += 1;
  }

  private announce(
    kind: 'added' | 'status' | 'content',
    server: Server,
    service: Service,
    previousStatus: Status,
    cause: Cause,
    time: Timestamp,
  ): void {
    this.contentVersion += 1;
    if (kind !== 'content') {
      // Followers take a state only if it is later than theirs, so these times only ever grow (fault 3 of the contract).
      this.lastChanged = time > this.lastChanged ? time : this.lastChanged + 1n;
      server.lastChanged = this.lastChanged;
    }
    this.emit(kind, service, previousStatus, cause, this.lastChanged);
  }

  private emit(
    kind: ChangeEvent['kind'],
    service: Service,
    previousStatus: Status,
    cause: Cause,
    time: Timestamp,
  ): void {
    const { reason, detail } = cause;
    const { contentVersion } = this;
    const event: ChangeEvent = { kind, service, previousStatus, reason, detail, time, contentVersion };
    for (const listener of this.listeners) listener(event);
  }
}

function copyOf(server: Server): ServerEntry {
  const { name, services, lastUpdated, lastChanged } = server;
  server.copy ??= { name, services: new Map(services), lastUpdated, lastChanged };
  return server.copy;
}

function saidOf(server: Server, stored: Service): Service {
  return server.said.get(stored.id) ?? stored;
}
