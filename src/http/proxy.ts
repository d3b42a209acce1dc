import type { Millis } from '../lib/ports.js';
import type { Timestamp } from '../service/timestamp.js';

type Counts = Readonly<Record<string, number>>;

/** What HAProxy runs, how it got there, and what is wrong. Times are wall time; totals count from the start of the agent. */
export interface ProxyStatus {
  readonly running: boolean;
  /** The processes that take connections. */
  readonly pids: readonly number[];
  /** Processes of before a reload that finish what they have; the oldest first. */
  readonly oldProcesses: readonly { readonly pid: number; readonly since: Timestamp }[];
  /** How many of those were ended because there were more than `max_old_processes`. */
  readonly endedOldProcesses: number;
  readonly config: ProxyConfig;
  /** Content versions of the catalog. */
  readonly catalogVersion: {
    /** Undefined before the first. */
    readonly applied: number | undefined;
    readonly current: number;
  };
  /** Of all that the applied configuration was made from: two hosts with the same hash serve the same. */
  readonly viewHash: string | undefined;
  readonly lastApply: ProxyApply | undefined;
  readonly reloads: {
    readonly total: number;
    readonly byCause: Counts;
    readonly last: { readonly time: Timestamp; readonly cause: string; readonly reason: string } | undefined;
  };
  /** Runtime API operations by kind. */
  readonly operations: Counts;
  /** Changes that could not be applied, by problem code. */
  readonly failures: Counts;
  /** Removed servers that finish what they have. */
  readonly retiring: readonly RetiringServer[];
  /** What stands between the catalog and HAProxy as a whole, as `/health` has it; services have lists of their own. */
  readonly faults: readonly ProxyFault[];
  /** Services that are not served so that they hurt no other. */
  readonly setAside: readonly SetAsideService[];
  /** Services that went out of sight and are served by their last servers. */
  readonly stale: readonly StaleService[];
  readonly drift: ProxyDrift;
  /** What the template lacks for changes that nobody notices, as sentences. */
  readonly notices: readonly string[];
  readonly runtimeApi: RuntimeApiState;
  /** The last that went wrong, even if it is over. */
  readonly lastError: { readonly time: Timestamp; readonly code: string; readonly message: string } | undefined;
}

export interface ProxyConfig {
  readonly path: string;
  /** Of the text in the file; undefined when there is none. */
  readonly diskDigest: string | undefined;
  /** Of the text that HAProxy runs, whether it was loaded or reached by commands. */
  readonly runtimeDigest: string | undefined;
  /** Whether HAProxy has accepted the text in the file. */
  readonly verified: boolean;
  /** Why the file is behind what HAProxy runs; undefined when it is not. */
  readonly behind: string | undefined;
}

export interface ProxyApply {
  readonly time: Timestamp;
  /** From the change to the moment when HAProxy served it. */
  readonly tookMs: Millis;
  readonly how: 'runtime' | 'reload' | 'nothing';
  readonly reason: string;
}

export interface RetiringServer {
  readonly backend: string;
  readonly server: string;
  /** Since it got its last new request. */
  readonly sinceMs: Millis;
  /** Undefined when HAProxy has not said. */
  readonly sessions: number | undefined;
}

export interface ProxyFault {
  readonly code: string;
  readonly message: string;
  readonly since: Timestamp;
}

export interface SetAsideService {
  readonly service: string;
  /** Undefined when the whole service is meant. */
  readonly servicePort: number | undefined;
  readonly code: string;
  readonly message: string;
  readonly since: Timestamp;
}

export interface StaleService {
  readonly service: string;
  readonly servicePort: number;
  readonly servers: number;
  readonly sinceMs: Millis;
}

export interface ProxyDrift {
  /** How often what HAProxy runs was compared with what it should. */
  readonly looks: number;
  readonly found: number;
  readonly repaired: number;
  readonly last: { readonly time: Timestamp; readonly what: string } | undefined;
}

export interface RuntimeApiState {
  readonly socket: string;
  readonly available: boolean;
  /** HAProxy's, as it says itself; undefined while it has not. */
  readonly version: string | undefined;
  /** Why it is not used. */
  readonly fault: string | undefined;
}

/** Which template to plan for. */
export type PlanCandidate =
  /** The one in use. */
  | { readonly kind: 'current' }
  /** A file in `template_dir`: one name without a slash, which does not begin with a dot. */
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string };

/** What would happen if the candidate were in use. Nothing does. */
export interface PlanAnswer {
  /** `refused`: it gives no configuration, or one that HAProxy does not accept; `verified` says why. */
  readonly kind: 'nothing' | 'runtime' | 'reload' | 'refused';
  readonly changes: readonly PlannedChange[];
  /** Why HAProxy has to be reloaded; empty when it has not. */
  readonly reasons: readonly { readonly cause: string; readonly text: string }[];
  /** The lines of the Runtime API that make the changes. */
  readonly commands: readonly string[];
  /** The lines that differ between what HAProxy runs and what it would, as `diff -u` marks them, cut at a bound that it names. */
  readonly diff: string;
  /** What of the catalog would not be served, and why. */
  readonly findings: readonly PlanFinding[];
  readonly verified: { readonly ok: true } | { readonly ok: false; readonly code: string; readonly message: string };
}

/** One server that differs. */
export interface PlannedChange {
  readonly kind: 'add' | 'remove' | 'set';
  readonly backend: string;
  readonly server: string;
  /** For people: `10.0.0.5:8080 weight 50`, `weight 100 -> 0`. */
  readonly detail: string;
}

export interface PlanFinding {
  readonly service: string;
  /** `hostname/id`, when it is about one instance. */
  readonly instance: string | undefined;
  readonly servicePort: number | undefined;
  readonly code: string;
  readonly message: string;
}

/** What may be asked about the HAProxy of this agent. */
export interface ProxyFacts {
  facts(): ProxyStatus;
  /** Renders, compares and verifies; applies nothing. Bounded by the time that a verification may take. Never rejects for a bad template. */
  plan(candidate: PlanCandidate): Promise<PlanAnswer | 'unknown-template'>;
}
