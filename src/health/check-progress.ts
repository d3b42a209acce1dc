import type { Millis } from '../lib/ports.js';

export interface CheckTiming {
  /** Passed runs in a row that make it healthy, >= 1. */
  readonly rise: number;
  /** Failed runs in a row that make it unhealthy, >= 1. */
  readonly fall: number;
  readonly intervalMs: Millis;
  readonly timeoutMs: Millis;
}

/** Where a check stands between its runs. */
export interface CheckProgress {
  /** `undecided` until the first failure, or until `rise` runs have passed. */
  readonly status: 'undecided' | 'healthy' | 'failed';
  /** How many runs in a row ended like the last one. */
  readonly streak: number;
  readonly lastPassed: boolean;
  /** Whether it was ever healthy: until then it is tried again soon. */
  readonly everHealthy: boolean;
  readonly runs: number;
}

export const NEW_CHECK: CheckProgress = {
  status: 'undecided',
  streak: 0,
  lastPassed: false,
  everHealthy: false,
  runs: 0,
};

/**
 * ```
 *   undecided ── rise passes ──▶ healthy ── fall failures ──▶ failed ── rise passes ──▶ healthy
 *       └────────────────────── first failure ──────────────────▲
 * ```
 */
export function afterRun(before: CheckProgress, passed: boolean, { rise, fall }: CheckTiming): CheckProgress {
  const streak = passed === before.lastPassed ? before.streak + 1 : 1;
  const status = statusAfter(before.status, passed, streak, rise, fall);
  return {
    status,
    streak,
    lastPassed: passed,
    everHealthy: before.everHealthy || status === 'healthy',
    runs: before.runs + 1,
  };
}

function statusAfter(
  before: CheckProgress['status'],
  passed: boolean,
  streak: number,
  rise: number,
  fall: number,
): CheckProgress['status'] {
  if (passed) return streak >= rise ? 'healthy' : before;
  return before === 'healthy' && streak < fall ? before : 'failed';
}

const FIRST_RETRY_MS: Millis = 100;
const LAST_RETRY_MS: Millis = 1_000;
/** How long a new instance with a longer interval is tried often: most starts are over by then. */
const START_UP_MS: Millis = 10_000;

/**
 * How long after the start of its last run a check starts again. Until it was healthy once it is tried again after 100 ms,
 * doubling up to 1 s: for as long as that is no more often than its interval, or for its first 10 s.
 *
 * @param ageMs since the check was made, >= 0
 */
export function nextDelay(progress: CheckProgress, { intervalMs }: CheckTiming, ageMs: Millis): Millis {
  if (progress.everHealthy || (intervalMs > LAST_RETRY_MS && ageMs >= START_UP_MS)) return intervalMs;
  const doubled = FIRST_RETRY_MS * 2 ** Math.min(progress.runs - 1, 10);
  return Math.min(doubled, LAST_RETRY_MS, intervalMs);
}
