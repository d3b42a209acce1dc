import { parseDuration } from '../lib/duration.js';
import type { Millis } from '../lib/ports.js';
import { printable } from '../lib/printable.js';
import { ok, refused, type Result } from '../lib/result.js';

/** A moment that somebody named. */
export interface Moment {
  /** Unix time. */
  readonly ms: Millis;
  /** As RFC 3339 writes it, to the nanosecond if it was given so. */
  readonly text: string;
}

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})?$/;
const DAYS = /^(\d{1,4})d$/;
const DAY_MS = 86_400_000;

/** What a time may look like, for a sentence. */
const EXPECTED = 'say 14:02 for a time of this day, 1h for an hour ago, or 2026-11-23T14:02:00Z';

/**
 * Reads a time in the words of people: `14:02` or `14:02:31` by the clock on the wall, of yesterday if it is still to come today;
 * `90s`, `1h30m` or `2d` ago; `now`; or RFC 3339.
 *
 * @returns refused with a sentence
 */
export function momentOf(word: string, nowMs: Millis): Result<Moment, string> {
  if (word === 'now') return moment(nowMs);
  const clock = CLOCK.exec(word);
  if (clock)
    return ofTheClock(
      word,
      clock.slice(1).map((digits: string | undefined) => Number(digits ?? 0)),
      nowMs,
    );
  const zone = RFC_3339.exec(word);
  if (zone) return ofTheCalendar(word, zone[1]);
  const days = DAYS.exec(word);
  if (days) return moment(nowMs - Number(days[1]) * DAY_MS);
  if (/^\d+$/.test(word))
    return refused(`${printable(word)} may be an hour, a number of minutes or a date: ${EXPECTED}`);
  const ago = parseDuration(word);
  if (ago.ok && ago.value < nowMs) return moment(nowMs - ago.value);
  return refused(`${printable(word)} is no time: ${EXPECTED}`);
}

const moment = (ms: Millis): Result<Moment, string> => ok({ ms, text: new Date(ms).toISOString() });

function ofTheClock(
  word: string,
  [hour = 0, minute = 0, second = 0]: readonly number[],
  nowMs: Millis,
): Result<Moment, string> {
  if (hour > 23 || minute > 59 || second > 59) return refused(`no clock shows ${word}: ${EXPECTED}`);
  const at = new Date(nowMs);
  at.setHours(hour, minute, second, 0);
  if (at.getTime() > nowMs) at.setDate(at.getDate() - 1);
  return moment(at.getTime());
}

function ofTheCalendar(word: string, zone: string | undefined): Result<Moment, string> {
  if (zone === undefined)
    return refused(`${printable(word)} is another moment in every time zone: append Z, or +01:00 for one`);
  const text = word.replace(' ', 'T').toUpperCase();
  const ms = Date.parse(text);
  if (Number.isNaN(ms) || !isOfTheCalendar(text)) return refused(`no calendar has ${printable(word)}: ${EXPECTED}`);
  return ok({ ms, text: /T\d{2}:\d{2}:/.test(text) ? text : new Date(ms).toISOString() });
}

/** `Date.parse` takes February 30th for March 2nd. */
function isOfTheCalendar(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
