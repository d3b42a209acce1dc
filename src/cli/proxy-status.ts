import type { Millis } from '../lib/ports.js';
import { isObject } from './is-object.js';

type Counts = Readonly<Record<string, number>>;

/** What `sidecar proxy` shows of the document of `/api/proxy`; null: not known. */
export interface ProxyStatus {
  readonly running: boolean;
  readonly pids: readonly number[];
  readonly oldProcesses: readonly { readonly pid: number; readonly since: string }[];
  readonly config: { readonly path: string; readonly verified: boolean; readonly behind: string | null };
  readonly catalogVersion: { readonly applied: number | null; readonly current: number };
  readonly viewHash: string | null;
  readonly lastApply: {
    readonly time: string;
    readonly tookMs: Millis;
    readonly how: string;
    readonly reason: string;
  } | null;
  readonly reloads: {
    readonly total: number;
    readonly byCause: Counts;
    readonly last: { readonly time: string; readonly reason: string } | null;
  };
  readonly operations: Counts;
  readonly retiring: readonly {
    readonly backend: string;
    readonly server: string;
    readonly sinceMs: Millis;
    readonly sessions: number | null;
  }[];
  readonly faults: readonly { readonly code: string; readonly message: string; readonly since: string }[];
  readonly setAside: readonly {
    readonly service: string;
    readonly servicePort: number | null;
    readonly code: string;
    readonly message: string;
    readonly since: string;
  }[];
  readonly stale: readonly {
    readonly service: string;
    readonly servicePort: number;
    readonly servers: number;
    readonly sinceMs: Millis;
  }[];
  readonly drift: {
    readonly looks: number;
    readonly found: number;
    readonly repaired: number;
    readonly last: { readonly time: string; readonly what: string } | null;
  };
  readonly notices: readonly string[];
  readonly runtimeApi: {
    readonly socket: string;
    readonly available: boolean;
    readonly version: string | null;
    readonly fault: string | null;
  };
  readonly lastError: { readonly time: string; readonly code: string; readonly message: string } | null;
}

type Check = (json: unknown) => boolean;

const text: Check = (json) => typeof json === 'string';
const number: Check = (json) => typeof json === 'number';
const flag: Check = (json) => typeof json === 'boolean';
const orNull =
  (check: Check): Check =>
  (json) =>
    json === null || check(json);
const listOf =
  (check: Check): Check =>
  (json) =>
    Array.isArray(json) && json.every(check);
const fields =
  (checks: Readonly<Record<keyof never, Check>>): Check =>
  (json) =>
    isObject(json) && Object.entries(checks).every(([key, check]) => check(json[key]));
const counts: Check = (json) => isObject(json) && Object.values(json).every(number);

const status = fields({
  running: flag,
  pids: listOf(number),
  oldProcesses: listOf(fields({ pid: number, since: text })),
  config: fields({ path: text, verified: flag, behind: orNull(text) }),
  catalogVersion: fields({ applied: orNull(number), current: number }),
  viewHash: orNull(text),
  lastApply: orNull(fields({ time: text, tookMs: number, how: text, reason: text })),
  reloads: fields({ total: number, byCause: counts, last: orNull(fields({ time: text, reason: text })) }),
  operations: counts,
  retiring: listOf(fields({ backend: text, server: text, sinceMs: number, sessions: orNull(number) })),
  faults: listOf(fields({ code: text, message: text, since: text })),
  setAside: listOf(fields({ service: text, servicePort: orNull(number), code: text, message: text, since: text })),
  stale: listOf(fields({ service: text, servicePort: number, servers: number, sinceMs: number })),
  drift: fields({
    looks: number,
    found: number,
    repaired: number,
    last: orNull(fields({ time: text, what: text })),
  }),
  notices: listOf(text),
  runtimeApi: fields({ socket: text, available: flag, version: orNull(text), fault: orNull(text) }),
  lastError: orNull(fields({ time: text, code: text, message: text })),
} satisfies Readonly<Record<keyof ProxyStatus, Check>>);

export function isProxyStatus(json: unknown): json is ProxyStatus {
  return status(json);
}
