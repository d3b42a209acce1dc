import type { ParsedUrlQuery } from 'node:querystring';
import { printable } from '../lib/printable.js';
import { parseTimestamp, type Timestamp } from '../service/timestamp.js';
import { HttpError } from './http-error.js';
import { EVENT_KINDS, type EventFilter, type EventKind, type HistoryQuery } from './journal.js';
import { singleParameters } from './single-parameters.js';

const FILTER = ['service', 'host', 'kind'];
const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 10_000;
const UNIX_SECONDS = /^(\d{1,11})(?:\.(\d{1,9}))?$/;
const EVENT_ID = /^\d{1,16}$/;

export interface LiveQuery {
  readonly filter: EventFilter;
  /** The last event that the client has; undefined: it begins now. */
  readonly after: number | undefined;
}

/**
 * Reads what is asked of `GET /api/events`.
 *
 * @param lastEventId the header of a client that was here before, empty for none; it is newer than the address
 * @throws HttpError 400, as do the others
 */
export function readLiveQuery(query: ParsedUrlQuery, lastEventId: string): LiveQuery {
  const given = singleParameters(query, [...FILTER, 'after']);
  const after = lastEventId === '' ? (given.get('after') ?? '') : lastEventId;
  if (after !== '' && !EVENT_ID.test(after)) throw unfit('after', after, 'the id of an event');
  return { filter: filterOf(given), after: after === '' ? undefined : Number(after) };
}

/** Reads what is asked of `GET /api/history`. */
export function readHistoryQuery(query: ParsedUrlQuery): HistoryQuery {
  const given = singleParameters(query, [...FILTER, 'since', 'until', 'limit']);
  const limit = given.get('limit') ?? String(DEFAULT_LIMIT);
  if (!/^\d{1,5}$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_LIMIT)
    throw unfit('limit', limit, `a whole number from 1 to ${MAX_LIMIT}`);
  const [since, until] = [timeOf(given, 'since'), timeOf(given, 'until')];
  return { ...filterOf(given), since, until, limit: Number(limit) };
}

/** Reads what is asked of `GET /api/at`. */
export function readMoment(query: ParsedUrlQuery): Timestamp {
  const time = timeOf(singleParameters(query, ['time']), 'time');
  if (time === undefined) throw new HttpError(400, `time is missing, expected ${TIME}`);
  return time;
}

const TIME = 'a time, as in 2006-01-02T15:04:05Z, or seconds since 1970';

function filterOf(given: ReadonlyMap<string, string>): EventFilter {
  const kinds = (given.get('kind') ?? '').split(',').filter((word) => word !== '');
  return {
    service: given.get('service') || undefined,
    host: given.get('host') || undefined,
    kinds: kinds.length === 0 ? undefined : new Set(kinds.map(kindOf)),
  };
}

function kindOf(word: string): EventKind {
  const kind = EVENT_KINDS.find((each) => each === word);
  if (!kind) throw unfit('kind', word, `some of ${EVENT_KINDS.join(', ')}, with commas between them`);
  return kind;
}

function timeOf(given: ReadonlyMap<string, string>, name: string): Timestamp | undefined {
  const text = given.get(name) ?? '';
  if (text === '') return undefined;
  const [, seconds, fraction = ''] = UNIX_SECONDS.exec(text) ?? [];
  if (seconds !== undefined) return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
  const time = parseTimestamp(text.replace(' ', '+')); // what a plus becomes that is not escaped
  if (!time.ok) throw unfit(name, text, TIME);
  return time.value;
}

const unfit = (name: string, value: string, expected: string): HttpError =>
  new HttpError(400, `${name} is ${printable(value)}, expected ${expected}`);
