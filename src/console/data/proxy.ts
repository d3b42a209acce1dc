import { fieldsOf, instantOf, numberOf, objectsOf, textOf, textsOf, wordOf, type Fields } from './fields.js';

/** How often, by a stable word; those that never were are left out. */
export type Counts = ReadonlyMap<string, number>;

/** What HAProxy of the agent's host runs, how it got there, and what it does otherwise than the catalog says (docs/http-api.md). */
export interface Proxy {
  readonly isRunning: boolean;
  /** The processes that take connections. */
  readonly pids: readonly number[];
  /** Processes of before a reload that finish what they have. */
  readonly oldProcesses: readonly { readonly pid: number; readonly since: number | undefined }[];
  readonly endedOldProcesses: number;
  readonly config: {
    readonly path: string;
    readonly runtimeDigest: string | undefined;
    readonly isVerified: boolean;
    /** Why the file is behind what HAProxy runs. */
    readonly behind: string | undefined;
  };
  readonly lastApply: Apply | undefined;
  readonly reloads: { readonly total: number; readonly byCause: Counts };
  /** Commands of the Runtime API. */
  readonly operations: Counts;
  /** Changes that could not be applied, by problem code. */
  readonly failures: Counts;
  /** Removed servers that finish what they have. */
  readonly retiring: readonly Retiring[];
  /** What stands between the catalog and HAProxy as a whole. */
  readonly faults: readonly Fault[];
  /** Services that are not served so that they hurt no other. */
  readonly setAside: readonly SetAside[];
  /** Services that went out of sight and are served by their last servers. */
  readonly stale: readonly Stale[];
  readonly drift: {
    readonly looks: number;
    readonly found: number;
    readonly repaired: number;
    readonly last: { readonly time: number | undefined; readonly what: string } | undefined;
  };
  /** What the template lacks for changes that nobody notices, as sentences. */
  readonly notices: readonly string[];
  readonly runtimeApi: {
    readonly socket: string;
    readonly isAvailable: boolean;
    /** HAProxy's version. */
    readonly version: string | undefined;
    readonly fault: string | undefined;
  };
  /** The last that went wrong, even if it is over. */
  readonly lastError: { readonly time: number | undefined; readonly message: string } | undefined;
}

/** How a change came to HAProxy. */
export interface Apply {
  readonly time: number | undefined;
  readonly tookMs: number;
  /** runtime, reload, nothing. */
  readonly how: string;
  readonly reason: string;
}

export interface Retiring {
  readonly backend: string;
  readonly server: string;
  readonly sinceMs: number;
  readonly sessions: number | undefined;
}

export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly since: number | undefined;
}

export interface SetAside extends Fault {
  readonly service: string;
  /** Undefined: all of the service. */
  readonly servicePort: number | undefined;
}

export interface Stale {
  readonly service: string;
  readonly servicePort: number | undefined;
  readonly servers: number;
  readonly sinceMs: number | undefined;
}

/** `/api/proxy`. */
export function readProxy(body: unknown): Proxy {
  const fields = fieldsOf(body);
  const of = (key: string): Fields => fieldsOf(fields[key]);
  const config = of('config');
  const runtimeApi = of('runtimeApi');
  return {
    isRunning: fields['running'] === true,
    pids: numbersOf(fields['pids']),
    oldProcesses: objectsOf(fields['oldProcesses']).map(({ pid, since }) => ({
      ...{ pid: numberOf(pid) ?? 0, since: instantOf(since) },
    })),
    endedOldProcesses: numberOf(fields['endedOldProcesses']) ?? 0,
    config: {
      path: textOf(config['path']),
      runtimeDigest: wordOf(config['runtimeDigest']),
      isVerified: config['verified'] === true,
      behind: wordOf(config['behind']),
    },
    lastApply: readApply(fields['lastApply']),
    reloads: { total: numberOf(of('reloads')['total']) ?? 0, byCause: countsOf(of('reloads')['byCause']) },
    operations: countsOf(fields['operations']),
    failures: countsOf(fields['failures']),
    retiring: objectsOf(fields['retiring']).map(({ backend, server, sinceMs, sessions }) => ({
      ...{ backend: textOf(backend), server: textOf(server) },
      ...{ sinceMs: numberOf(sinceMs) ?? 0, sessions: numberOf(sessions) },
    })),
    faults: objectsOf(fields['faults']).map(readFault),
    setAside: objectsOf(fields['setAside']).map((each) => ({
      ...{ service: textOf(each['service']), servicePort: numberOf(each['servicePort']), ...readFault(each) },
    })),
    stale: objectsOf(fields['stale']).map((each) => ({
      service: textOf(each['service']),
      servicePort: numberOf(each['servicePort']),
      servers: numberOf(each['servers']) ?? 0,
      sinceMs: numberOf(each['sinceMs']),
    })),
    drift: readDrift(of('drift')),
    notices: textsOf(fields['notices']),
    runtimeApi: {
      socket: textOf(runtimeApi['socket']),
      isAvailable: runtimeApi['available'] === true,
      version: wordOf(runtimeApi['version']),
      fault: wordOf(runtimeApi['fault']),
    },
    lastError: fields['lastError']
      ? { time: instantOf(of('lastError')['time']), message: textOf(of('lastError')['message']) }
      : undefined,
  };
}

function readApply(value: unknown): Apply | undefined {
  const { time, tookMs, how, reason } = fieldsOf(value);
  if (wordOf(how) === undefined) return undefined;
  return { time: instantOf(time), tookMs: numberOf(tookMs) ?? 0, how: textOf(how), reason: textOf(reason) };
}

const readFault = ({ code, message, since }: Fields): Fault => ({
  ...{ code: textOf(code), message: textOf(message), since: instantOf(since) },
});

function readDrift({ looks, found, repaired, last }: Fields): Proxy['drift'] {
  const { time, what } = fieldsOf(last);
  return {
    ...{ looks: numberOf(looks) ?? 0, found: numberOf(found) ?? 0, repaired: numberOf(repaired) ?? 0 },
    last: wordOf(what) === undefined ? undefined : { time: instantOf(time), what: textOf(what) },
  };
}

const countsOf = (value: unknown): Counts =>
  new Map(
    Object.entries(fieldsOf(value))
      .map(([word, count]): [string, number] => [word, numberOf(count) ?? 0])
      .filter(([, count]) => count > 0)
      .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1)),
  );

const numbersOf = (value: unknown): readonly number[] =>
  Array.isArray(value) ? value.map(numberOf).filter((each) => each !== undefined) : [];
