import type { Millis } from '../lib/ports.js';

/** Each unit with its length in milliseconds, the longest first. */
export const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** A duration for a narrow column, in one unit and with two digits or so: `0.4ms`, `12ms`, `4.1s`, `23h`. */
export function shortDuration(ms: Millis): string {
  const [unit, length] = UNITS.find(([, atLeast]) => ms >= atLeast) ?? ['ms', 1];
  const count = ms / length;
  return `${count.toFixed(count < 10 ? 1 : 0)}${unit}`;
}
