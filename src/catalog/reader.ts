import type { Millis } from '../lib/ports.js';
import type { Service, Status } from '../service/service.js';
import type { Timestamp } from '../service/timestamp.js';
import type { ChangeReason } from './reason.js';

/** What one host announced, as far as this agent knows. */
export interface ServerEntry {
  readonly name: string;
  /** By id; tombstones included. */
  readonly services: ReadonlyMap<string, Service>;
  /** `updated` of the newest record stored. */
  readonly lastUpdated: Timestamp;
  /** When a record last appeared or changed its status; never goes backwards. */
  readonly lastChanged: Timestamp;
}

/** The catalog at one version. Immutable: keep it as long as you like. */
export interface CatalogSnapshot {
  /** Rises with every stored record, even if only its `updated` moved. */
  readonly version: number;
  /** Rises only when something other than `updated` differs: what HAProxy and the views of services depend on. */
  readonly contentVersion: number;
  readonly clusterName: string;
  /** This host. */
  readonly hostname: string;
  readonly lastChanged: Timestamp;
  /** By host name; iterate sorted where bytes matter. */
  readonly servers: ReadonlyMap<string, ServerEntry>;
}

/** One accepted change. `status` and `added` are the contract's events; `content` and `removed` are ours. */
export interface ChangeEvent {
  /** `added`: a new id. `status`: it changed. `content`: name, image, mode or ports changed. `removed`: an old tombstone was deleted. */
  readonly kind: 'added' | 'status' | 'content' | 'removed';
  readonly service: Service;
  /** Unknown (3) for a new record. */
  readonly previousStatus: Status;
  readonly reason: ChangeReason;
  /** More about the reason for people: the output of a failed check, for one. */
  readonly detail: string | undefined;
  readonly time: Timestamp;
  readonly contentVersion: number;
}

/** All that a room to the right of the catalog may know of it. */
export interface CatalogReader {
  /** Computed at most once per version and shared by all readers. */
  snapshot(): CatalogSnapshot;
  /** Called synchronously after each accepted change; returns its end. */
  onChange(listener: (event: ChangeEvent) => void): () => void;
}

/** Which records this agent knows from before its start only. No contract body shows it. */
export interface RestoredReader {
  isRestored(hostname: string, id: string): boolean;
}

/** Who is in the cluster now; this host included. */
export interface MembersReader {
  /** Names of the members believed alive, in no order. */
  alive(): readonly string[];
}

/** Which tombstones say no more than that nobody hears of an instance; of all others somebody saw the end. */
export interface DepartureReader {
  /** How long the instance is out of sight; undefined when it is in sight, unknown, or was seen to die. */
  outOfSightForMs(hostname: string, id: string): Millis | undefined;
  /**
   * When the next instance will have been out of sight for `holdMs`.
   *
   * @returns milliseconds from now, > 0; undefined when none will
   */
  nextEndMs(holdMs: Millis): Millis | undefined;
}
