import { sameContent, Status, type Service } from '../service/service.js';
import { nsFromMs, type Timestamp } from '../service/timestamp.js';
import { lifespanOf } from './lifespan.js';
import type { CatalogReader, CatalogSnapshot, ChangeEvent, ServerEntry } from './reader.js';
import type { ChangeReason } from './reason.js';

/** How a record came to change, for the event. */
export interface Cause {
  readonly reason: ChangeReason;
  /** More for people, such as the output of a failed check. */
  readonly detail?: string | undefined;
}

/** `changed`: there was an event. `refreshed`: only `updated` moved. `ignored`: what is stored is as new or newer. */
export type MergeOutcome = 'changed' | 'refreshed' | 'ignored';

interface Server {
  readonly name: string;
  readonly services: Map<string, Service>;
  lastUpdated: Timestamp;
  lastChanged: Timestamp;
  /** The immutable copy of this version; undefined after a change. */
  copy: ServerEntry | undefined;
}

/** An expired record gets its old time plus this, so that a newer version we missed still wins (contract section 6.5). */
const EXPIRY_STEP: bigint = nsFromMs(1000);

/**
 * What the cluster believes: the newest version of every record, by host and id. Synchronous, without any I/O; the caller
 * brings the time. Records are validated at the borders (`service/refusal.ts`), not here.
 */
export class Catalog implements CatalogReader {
  private readonly servers = new Map<string, Server>();
  private readonly listeners = new Set<(event: ChangeEvent) => void>();
  private version = 0;
  private contentVersion = 0;
  private lastChanged: Timestamp = 0n;
  private current: CatalogSnapshot | undefined;

  constructor(private readonly identity: { readonly clusterName: string; readonly hostname: string }) {}

  /**
   * Stores `incoming` if it is new or strictly later than what is stored; equal times lose. An alive copy never ends a
   * draining (contract section 6.3).
   */
  merge(incoming: Service, cause: Cause): MergeOutcome {
    const server = this.servers.get(incoming.hostname) ?? this.addServer(incoming.hostname);
    const stored = server.services.get(incoming.id);
    if (!stored) {
      this.store(server, incoming);
      this.announce('added', server, incoming, Status.Unknown, cause, incoming.updated);
      return 'changed';
    }
    if (incoming.updated <= stored.updated) return 'ignored';
    const staysDraining = stored.status === Status.Draining && incoming.status === Status.Alive;
    const next = staysDraining ? { ...incoming, status: Status.Draining } : incoming;
    this.store(server, next);
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
    return this.merge({ ...stored, status: Status.Tombstone, updated }, cause) === 'changed';
  }

  /** Declares everything dead that a lost member announced. @returns how many records that were */
  loseMember(hostname: string, nowNs: Timestamp): number {
    return this.recordsOf(hostname).filter(({ id }) => this.bury(hostname, id, nowNs, { reason: 'member-lost' }))
      .length;
  }

  /** Ends what has outlived its lifespan: live records become tombstones, old tombstones are forgotten. */
  expire(nowNs: Timestamp): void {
    for (const server of [...this.servers.values()]) {
      for (const service of [...server.services.values()]) {
        if (nowNs - service.updated <= lifespanOf(service.status)) continue;
        if (service.status === Status.Tombstone) this.forget(server, service, nowNs);
        else this.expireOne(server, service, nowNs);
      }
    }
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
    const server: Server = { name, services: new Map(), lastUpdated: 0n, lastChanged: 0n, copy: undefined };
    this.servers.set(name, server);
    return server;
  }

  private store(server: Server, service: Service): void {
    server.services.set(service.id, service);
    if (service.updated > server.lastUpdated) server.lastUpdated = service.updated;
    this.touch(server);
  }

  private expireOne(server: Server, service: Service, nowNs: Timestamp): void {
    const buried = { ...service, status: Status.Tombstone, updated: service.updated + EXPIRY_STEP };
    this.store(server, buried);
    this.announce('status', server, buried, service.status, { reason: 'expired' }, nowNs);
  }

  private forget(server: Server, service: Service, nowNs: Timestamp): void {
    server.services.delete(service.id);
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
