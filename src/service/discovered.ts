import type { Millis } from '../lib/ports.js';
import type { Port } from './service.js';
import type { Timestamp } from './timestamp.js';

/** How an instance wants to be checked, as its labels or the static file say; everything but the type may be left out. */
export interface CheckSpec {
  /** `HttpGet`, `External`, `AlwaysSuccessful`, `Tcp`; any other name is treated as `HttpGet`. */
  readonly type: string;
  /** URL, command or address, still with its `{{ … }}` expressions. */
  readonly args: string;
}

/** How often an instance is checked and how many results change its state; each falls back to the agent's default. */
export interface CheckTuning {
  /** Passed checks in a row that make it healthy again, >= 1. */
  readonly rise?: number;
  /** Failed checks in a row that make it unhealthy, >= 1. */
  readonly fall?: number;
  readonly intervalMs?: Millis;
  readonly timeoutMs?: Millis;
}

/** What a discovery source itself knows of an instance's health. It takes the place of a check: there is nothing to run. */
export interface ObservedHealth {
  readonly isHealthy: boolean;
  /** Why, for people. */
  readonly why: string;
}

/** An instance that a discovery source found on this host: all of a record but its status and time of update. */
export interface DiscoveredService {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly created: Timestamp;
  readonly hostname: string;
  readonly ports: readonly Port[] | null;
  readonly proxyMode: string;
  /** Undefined: the default check for its ports. */
  readonly check: CheckSpec | undefined;
  /** Undefined: it takes a check to know. */
  readonly observed?: ObservedHealth;
  readonly tuning: CheckTuning;
  /** HAProxy's weight, 0–256; undefined: the default of `DEFAULT_EXTRAS`. */
  readonly weight?: number;
  /** Whole milliseconds, 0 to 1 h; undefined: the default of `DEFAULT_EXTRAS`. */
  readonly slowStartMs?: Millis;
  /** Where it wants catalog events posted: at the IP of its tcp port with this number, else at this port of its host; undefined for none. */
  readonly listenPort: number | undefined;
}

/** What a source hands over: the whole list each time, never a difference. An unreachable source hands over nothing. */
export type OnListed = (source: string, services: readonly DiscoveredService[]) => void;
