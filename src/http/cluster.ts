import type { Millis } from '../lib/ports.js';

/** Protocol and delegate versions a member understands and speaks (PROTOCOL 4). */
export interface MemberVersions {
  readonly pmin: number;
  readonly pmax: number;
  readonly pcur: number;
  readonly dmin: number;
  readonly dmax: number;
  readonly dcur: number;
}

/** One member of the cluster, as this agent sees it. */
export interface MemberFacts {
  readonly name: string;
  /** IPv4 or IPv6 literal. */
  readonly address: string;
  readonly port: number;
  /** Where its HTTP API is, at that address, as it says; undefined: it says nothing of one, as an original. */
  readonly http: { readonly port: number; readonly isTls: boolean } | undefined;
  /** `missing`: it was a member, did not leave, and its address is all that is left of it. */
  readonly state: 'alive' | 'suspect' | 'dead' | 'left' | 'missing';
  /** The host that answers. */
  readonly isSelf: boolean;
  /** Undefined for `missing`. */
  readonly incarnation: number | undefined;
  /** Since anything last came from it directly; 0 for `isSelf`, undefined if nothing ever did. */
  readonly lastHeardAgoMs: Millis | undefined;
  /** Of its last direct ack. */
  readonly roundTripMs: Millis | undefined;
  /** How far its wall clock is ahead of ours; negative: behind. Undefined if it has not told yet. */
  readonly skewMs: Millis | undefined;
  /** Undefined for `missing`. */
  readonly versions: MemberVersions | undefined;
  /** For how long it is still tried to join it again; undefined while nothing of the kind goes on. */
  readonly givenUpInMs: Millis | undefined;
}

/** Who is in the cluster, this host included, and who should be. */
export interface ClusterFacts {
  /** In no order, each name once. */
  members(): readonly MemberFacts[];
}

/** Takes instances of this host out of the requests, and back; each returns undefined when this host has none of that id. */
export interface DrainControl {
  /** @param forMs after how long it ends by itself; undefined: never */
  drain(id: string, forMs: Millis | undefined): { readonly name: string } | undefined;
  /** Harmless when it does not drain. */
  endDrain(id: string): { readonly name: string } | undefined;
}

/** What may be asked of the cluster besides facts. */
export interface ClusterControl {
  /**
   * Begins to leave and returns at once: this host's records become tombstones, peers are told of them and of the leave, and then
   * the agent ends. Once it has begun, further calls do nothing.
   */
  leave(): void;
  /**
   * Gives up a member that is gone: it is no longer joined again, and its last address is forgotten.
   *
   * @returns `alive` for one that is alive or suspect, or this host, of which nothing is forgotten; `unknown` for any other name
   */
  forget(name: string): 'forgotten' | 'unknown' | 'alive';
}
