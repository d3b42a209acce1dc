import { ok, refused, type Result } from '../../lib/result.js';
import { csvWords } from './csv-line.js';

/** Of a `frontend`. Totals count from the start of the HAProxy process; null is what HAProxy does not count for it. */
export interface FrontendStats {
  readonly name: string;
  /** HAProxy's word: `OPEN`, `STOP`, `FULL` … */
  readonly status: string;
  readonly sessions: number;
  readonly sessionsTotal: number;
  /** In the last second. */
  readonly sessionRate: number;
  /** Null in mode tcp. */
  readonly requests: number | null;
  /** In the last second. */
  readonly requestRate: number | null;
  /** Requests that could not be read. */
  readonly errors: number;
  /** Requests that a rule refused. */
  readonly denied: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly responses: Responses | null;
}

/** Answers by the first digit of their status; null in mode tcp. */
export type Responses = Readonly<Record<'1xx' | '2xx' | '3xx' | '4xx' | '5xx', number>>;

/** Of a `backend`. */
export interface BackendStats extends Troubles {
  readonly name: string;
  readonly status: string;
  readonly sessions: number;
  /** Requests that wait for a server. */
  readonly queued: number;
  readonly requests: number | null;
  readonly responses: Responses | null;
}

/** Of a `server`. */
export interface ServerStats extends Troubles {
  readonly backend: string;
  readonly server: string;
  /** `UP`, `DOWN 1/2`, `MAINT`, `DRAIN`, `no check` … */
  readonly status: string;
  readonly weight: number;
  /** What its last check showed; null when HAProxy does not check it. */
  readonly check: string | null;
  readonly sessions: number;
  readonly requests: number | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** The average of its last 1,024 answers; null before the first, and in mode tcp. */
  readonly responseMs: number | null;
}

interface Troubles {
  readonly errors: {
    /** Connections that were not made. */
    readonly connect: number;
    /** Answers that broke off, or were none. */
    readonly response: number;
  };
  readonly retries: number;
  /** Retries that went to another server. */
  readonly redispatches: number;
}

/** One line of `show stat`. */
export type StatsRow =
  | { readonly of: 'frontend'; readonly stats: FrontendStats }
  | { readonly of: 'backend'; readonly stats: BackendStats }
  | {
      readonly of: 'server';
      readonly stats: ServerStats;
      /** `10.0.0.5:8080`; empty where HAProxy has none. */
      readonly address: string;
    };

const COUNTS = [
  ...['weight', 'scur', 'stot', 'qcur', 'rate', 'req_rate', 'req_tot', 'bin', 'bout', 'ereq', 'dreq', 'econ', 'eresp'],
  ...['wretr', 'wredis', 'hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'rtime'],
] as const;
const WORDS = ['pxname', 'svname', 'type', 'status', 'check_desc', 'addr', 'mode'] as const;
const COLUMNS: readonly Column[] = [...WORDS, ...COUNTS];

type Column = (typeof WORDS)[number] | (typeof COUNTS)[number];
/** A line by the names of its columns; empty is what HAProxy does not have. */
type Line = (column: Column) => string;

/** HAProxy's numbers for what a line of `show stat` is about. */
const TYPE = { frontend: '0', backend: '1', server: '2' } as const;

/** Reads one line of an answer to `show stat`: undefined is one of something else, a listener, say; or tells what cannot be read. */
export type ReadRow = (line: string) => Result<StatsRow | undefined, string>;

/**
 * Columns are found by their names: versions differ in their order.
 *
 * @param header the first line of an answer to `show stat`
 * @returns what reads the lines after it, or why they cannot be read
 * @see HAProxy management guide, section 9.1
 */
export function statsReader(header: string): Result<ReadRow, string> {
  const names = header.replace(/^# /, '').split(',');
  const missing = COLUMNS.find((column) => !names.includes(column));
  if (missing !== undefined) return refused(`no ${missing} in ${header.slice(0, 200)}`);
  const places = new Map(COLUMNS.map((column) => [column, names.indexOf(column)]));
  const width = Math.max(...places.values()) + 1;
  return ok((text) => {
    const words = csvWords(text, width);
    const line: Line = (column) => words[places.get(column) ?? -1] ?? '';
    const isWhole = words.length >= width && COUNTS.every((column) => Number(line(column)) >= 0);
    return isWhole ? ok(rowOf(line)) : refused(text.slice(0, 200));
  });
}

function rowOf(line: Line): StatsRow | undefined {
  switch (line('type')) {
    case TYPE.frontend:
      return { of: 'frontend', stats: frontendOf(line) };
    case TYPE.backend:
      return { of: 'backend', stats: backendOf(line) };
    case TYPE.server:
      return { of: 'server', stats: serverOf(line), address: line('addr') };
    default:
      return undefined;
  }
}

const frontendOf = (line: Line): FrontendStats => ({
  name: line('pxname'),
  status: line('status'),
  sessions: Number(line('scur')),
  sessionsTotal: Number(line('stot')),
  sessionRate: Number(line('rate')),
  requests: inHttp(line, 'req_tot'),
  requestRate: inHttp(line, 'req_rate'),
  errors: Number(line('ereq')),
  denied: Number(line('dreq')),
  bytesIn: Number(line('bin')),
  bytesOut: Number(line('bout')),
  responses: responsesOf(line),
});

const backendOf = (line: Line): BackendStats => ({
  name: line('pxname'),
  status: line('status'),
  sessions: Number(line('scur')),
  queued: Number(line('qcur')),
  requests: inHttp(line, 'req_tot'),
  ...troublesOf(line),
  responses: responsesOf(line),
});

const serverOf = (line: Line): ServerStats => ({
  backend: line('pxname'),
  server: line('svname'),
  status: line('status'),
  weight: Number(line('weight')),
  check: line('check_desc') || null,
  sessions: Number(line('scur')),
  requests: inHttp(line, 'req_tot'),
  ...troublesOf(line),
  bytesIn: Number(line('bin')),
  bytesOut: Number(line('bout')),
  responseMs: Number(line('req_tot')) > 0 ? inHttp(line, 'rtime') : null,
});

const troublesOf = (line: Line): Troubles => ({
  errors: { connect: Number(line('econ')), response: Number(line('eresp')) },
  retries: Number(line('wretr')),
  redispatches: Number(line('wredis')),
});

const responsesOf = (line: Line): Responses | null =>
  isHttp(line)
    ? {
        '1xx': Number(line('hrsp_1xx')),
        '2xx': Number(line('hrsp_2xx')),
        '3xx': Number(line('hrsp_3xx')),
        '4xx': Number(line('hrsp_4xx')),
        '5xx': Number(line('hrsp_5xx')),
      }
    : null;

const isHttp = (line: Line): boolean => line('mode') === 'http';

const inHttp = (line: Line, column: 'req_tot' | 'req_rate' | 'rtime'): number | null =>
  isHttp(line) ? Number(line(column)) : null;
