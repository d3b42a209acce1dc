import type { Millis } from '../lib/ports.js';

/**
 * How long an attempt must still wait so that attempts start at least `intervalMs` apart; the first after a quiet time waits
 * for nothing.
 *
 * @param lastStartMs when the last attempt started; undefined if there was none
 * @returns milliseconds from `now`, >= 0
 */
export const holdDownMs = (lastStartMs: Millis | undefined, intervalMs: Millis, now: Millis): Millis =>
  lastStartMs === undefined ? 0 : Math.max(0, lastStartMs + intervalMs - now);

const FIRST_MS = 1_000;
const LAST_MS = 30_000;

/** The pause after `failures` failures in a row: none, then 1 s, doubling up to 30 s. */
export const backoffMs = (failures: number): Millis =>
  failures === 0 ? 0 : Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10));
