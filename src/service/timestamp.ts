import { ok, refused, type Result } from '../lib/result.js';

/** Nanoseconds since 1970-01-01 UTC. Peers order records by it, so it never passes through a Date or a float. */
export type Timestamp = bigint;

const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MS = 1_000_000n;
const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,18}))?([Zz]|([+-])(\d{2}):(\d{2}))$/;

/** Go's unset time, 0001-01-01T00:00:00Z. */
export const ZERO_TIME: Timestamp = -62_135_596_800n * NS_PER_SECOND;

/** Years 0 to 9999: what four digits can say, whatever the offset. */
const FIRST_SECOND = -62_167_219_200n;
const LAST_SECOND = 253_402_300_799n;

/** Reads an RFC 3339 time with any number of decimals up to 18; digits past the ninth are cut off, as Go does. */
export function parseTimestamp(text: string): Result<Timestamp, 'NOT_RFC3339'> {
  const match = RFC3339.exec(text);
  if (!match) return refused('NOT_RFC3339');
  const [, year, month, day, hour, minute, second] = match.map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // not Date.UTC, which moves years below 100 into the 20th century
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!exists || hour > 23 || minute > 59 || second > 59) return refused('NOT_RFC3339');
  const fraction = BigInt((match[7] ?? '').slice(0, 9).padEnd(9, '0'));
  const [offsetHours, offsetMinutes] = [Number(match[10] ?? 0), Number(match[11] ?? 0)];
  if (offsetHours > 23 || offsetMinutes > 59) return refused('NOT_RFC3339');
  const offset = (offsetHours * 60 + offsetMinutes) * (match[9] === '-' ? -60 : 60);
  const seconds = BigInt(date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset);
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND) return refused('NOT_RFC3339');
  return ok(seconds * NS_PER_SECOND + fraction);
}

/** Writes a time as Go marshals it: RFC 3339 in UTC, decimals without trailing zeros, no dot when none are left. */
export function formatTimestamp(time: Timestamp): string {
  let seconds = time / NS_PER_SECOND;
  let nanos = time % NS_PER_SECOND;
  if (nanos < 0n) {
    seconds -= 1n;
    nanos += NS_PER_SECOND;
  }
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  const fraction = nanos === 0n ? '' : `.${nanos.toString().padStart(9, '0').replace(/0+$/, '')}`;
  return `${whole}${fraction}Z`;
}

/** @param ms a span in milliseconds, either way */
export const nsFromMs = (ms: number): bigint => BigInt(Math.round(ms * 1e6));

/** The span in milliseconds, for people and figures only: it loses precision. */
export const msFromNs = (ns: bigint): number => Number(ns / (NS_PER_MS / 1000n)) / 1000;
