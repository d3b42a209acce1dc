import type { ChangeReason } from '../catalog/reason.js';
import type { Millis } from '../lib/ports.js';
import type { Port, Service } from '../service/service.js';
import type { Timestamp } from '../service/timestamp.js';

/** What one discovery source of this host can say of itself. */
export interface SourceFacts {
  readonly source: 'docker' | 'static';
  /** Before its first list nothing is known of what it finds. */
  readonly hasListed: boolean;
  /** What keeps it from listing now, in a sentence; undefined while all is well. */
  readonly problem: string | undefined;
}

/** How discovery came upon an instance, or upon what would be one. */
export interface FoundFacts {
  readonly host: string;
  /** Of the record; of what is no record something that tells it apart. */
  readonly id: string;
  readonly source: SourceFacts['source'];
  /** What it is: `container web-1`, `target 3 of static.json`. */
  readonly what: string;
  /** What it is announced as. */
  readonly name: string;
  /** What named it: a label, `Names`, `Image`, `file`. */
  readonly namedBy: string;
  /** Why it is left out: its code, and a sentence. */
  readonly leftOut: { readonly code: LeftOutCode; readonly why: string } | undefined;
  readonly ports: readonly Port[] | null;
  /** Port of the container → port of this host. */
  readonly published: readonly string[];
  /** Labels that name a ServicePort, as they stand there. */
  readonly servicePortLabels: readonly string[];
  /** What is wrong with its labels. */
  readonly complaints: readonly string[];
  readonly check: CheckFacts | undefined;
  /** Undefined when it is not drained. */
  readonly drain: DrainFacts | undefined;
}

export interface DrainFacts {
  /** On our wall clock. */
  readonly sinceNs: Timestamp;
  /** An operator, or its container was told to stop; undefined when nobody remembers. */
  readonly cause?: 'operator' | 'stop' | undefined;
}

export type LeftOutCode =
  'CONTAINER_NOT_RUNNING' | 'EXCLUDED_BY_FILTER' | 'EXCLUDED_BY_LABEL' | 'LABEL_REFUSED' | 'TARGET_REFUSED';

/** How the health check of an instance of this host stands. */
export interface CheckFacts {
  /** `http`, `tcp`, `command`, or `known` when there is nothing to run. */
  readonly kind: string;
  /** Undefined until its first runs have decided. */
  readonly status: 'healthy' | 'failed' | undefined;
  /** How the last run ended that counted. */
  readonly reason: 'check-passed' | 'check-failed' | 'check-timed-out' | undefined;
  readonly output: string;
  readonly endedAgoMs: Millis | undefined;
  /** Since when a run goes on. */
  readonly runningMs: Millis | undefined;
  readonly isWaiting: boolean;
  readonly timeoutMs: Millis;
  readonly intervalMs: Millis;
  readonly rise: number;
  readonly fall: number;
  /** How many runs in a row ended like the last one. */
  readonly streak: number;
}

/** How a record came to be as it is. */
export interface ChangeFacts {
  readonly reason: ChangeReason;
  /** On our wall clock. */
  readonly atNs: Timestamp;
}

/** One record of the catalog, tombstones included, with all that is known of its way here. */
export interface RecordFacts {
  readonly record: Service;
  /** Undefined for one that has not changed since the start. */
  readonly lastChange: ChangeFacts | undefined;
  /** It is a tombstone that says no more than that nobody hears of it, its host included. */
  readonly isOutOfSight: boolean;
  /** It is known from before our start only. */
  readonly isRestored: boolean;
  /** Of another host's record, unless nobody remembers. */
  readonly receipt: ReceiptFacts | undefined;
}

export interface ReceiptFacts {
  readonly atNs: Timestamp;
  readonly way: 'message' | 'state';
  /** Who handed it over. */
  readonly from: string | undefined;
  /** From its origin's time to our receipt; the skew of both clocks is in it. */
  readonly lateMs: Millis;
}

/** A record that came and was not taken. */
export interface RefusedFacts {
  readonly host: string;
  readonly id: string;
  readonly code: string;
  /** What is wrong with it, after "it". */
  readonly why: string;
  /** Its origin's time of it; undefined when that could not be read. */
  readonly updated: Timestamp | undefined;
  readonly atNs: Timestamp;
}

export interface HostFacts {
  readonly name: string;
  readonly state: 'alive' | 'suspect' | 'dead' | 'left' | 'missing';
  readonly lastHeardAgoMs: Millis | undefined;
  readonly skewMs: Millis | undefined;
}

/** A host that knocks and is of another cluster. */
export interface StrangerFacts {
  readonly name: string;
  readonly clusterName: string;
}

/** What the room that drives HAProxy knows of it as a whole. */
export interface ProxyFacts {
  readonly isRunning: boolean;
  /** HAProxy does not have the newest state of the catalog. */
  readonly isBehind: boolean;
  /** What stands in its way now. */
  readonly fault: { readonly code: string; readonly message: string } | undefined;
}

/** What became of one instance there. */
export interface TraceFacts {
  readonly leftOut: readonly { readonly code: string; readonly message: string }[];
  readonly drafted: readonly { readonly servicePort: number; readonly weight: number; readonly stale: boolean }[];
  readonly servers: readonly { readonly backend: string; readonly server: string }[];
  /** HAProxy can be asked for the states of its servers. */
  readonly hasStatsSocket: boolean;
}

/** HAProxy's own words on its servers, or why there are none. */
export type ServerStates =
  | { readonly kind: 'seen'; readonly servers: readonly ServerFacts[] }
  /** There is no stats socket to ask. */
  | { readonly kind: 'unasked' }
  | { readonly kind: 'silent'; readonly why: string };

export interface ServerFacts {
  readonly backend: string;
  readonly server: string;
  readonly status: string;
  readonly weight: number;
  readonly check: string;
}

/** All that the rooms of this agent can tell of a service. Everything but the states of servers is in memory. */
export interface ExplainFacts {
  /** This host's name, and the cluster's. */
  readonly self: string;
  readonly clusterName: string;
  sources(): readonly SourceFacts[];
  /** What discovery of this host found that could be meant by `service`. */
  found(service: string): readonly FoundFacts[];
  records(service: string): readonly RecordFacts[];
  refused(service: string): readonly RefusedFacts[];
  /** Names of all services that are known here. */
  names(): Iterable<string>;
  hosts(): readonly HostFacts[];
  strangers(): readonly StrangerFacts[];
  /** Undefined: this agent leaves HAProxy alone. */
  proxy(): ProxyFacts | undefined;
  trace(service: string, host: string, id: string): TraceFacts;
  serverStates(): Promise<ServerStates>;
}
