import type { Millis } from '../lib/ports.js';
import type { Service } from '../service/service.js';
import type { State } from '../service/state-codec.js';

/** The state of others that haproxy-api holds, and who may replace it. */
export interface HeldState {
  /** Immutable, the same object while nothing changes; undefined before the first. */
  state(): State | undefined;
  /** The record that the last accepted update was about. */
  lastService(): Service | undefined;
  /** Takes an update in, or leaves it, for one that is not newer. @returns why the body is none, for its sender */
  post(body: Uint8Array): string | undefined;
}

/** How HAProxy is, as far as `GET /health` of contract section 10.4 asks. */
export interface ProxyHealth {
  isServing(): boolean;
  /** Whether HAProxy could not be brought to the last state; true before the first. */
  lastWriteFailed(): boolean;
}

/** Whom haproxy-api follows. */
export interface Following {
  /** URL of the one that is followed now. */
  readonly upstream: string | undefined;
  readonly connected: boolean;
  /** Since the state was last told; undefined while there is none. */
  readonly stateAgeMs: Millis | undefined;
  /** Ends of a connection, and attempts that led to none, since the start. */
  readonly failures: number;
  readonly lastFault: string | undefined;
}
