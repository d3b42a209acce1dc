import type { Millis } from '../lib/ports.js';
import type { Terminal } from './terminal.js';

/** A moment as the clock on the wall shows it, `14:02:31`; with its date unless that is today's. @param ms Unix time */
export function localTime(ms: Millis, nowMs: Millis): string {
  const at = new Date(ms);
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':');
  return at.toDateString() === new Date(nowMs).toDateString() ? time : `${dateOf(at)} ${time}`;
}

/** A time of the agent's, RFC 3339: by the clock on the wall for who looks at a terminal, elsewhere exact. */
export const timeFor = (time: string, { columns }: Terminal, nowMs: Millis): string =>
  columns === undefined ? time : localTime(Date.parse(time), nowMs);

const dateOf = (at: Date): string =>
  [at.getFullYear(), twoDigits(at.getMonth() + 1), twoDigits(at.getDate())].join('-');

const twoDigits = (value: number): string => String(value).padStart(2, '0');
