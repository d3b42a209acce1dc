import { describe, expect, test } from '@jest/globals';
import { afterRun, NEW_CHECK, nextDelay } from '../../src/health/check-progress.js';

const timing = { rise: 1, fall: 1, intervalMs: 1_000, timeoutMs: 3_000 };

/** Statuses after each run; `+` passes, `-` fails. */
function story(results: string, rise: number, fall: number): string[] {
  let progress = NEW_CHECK;
  return Array.from(results, (result) => {
    progress = afterRun(progress, result === '+', { ...timing, rise, fall });
    return progress.status;
  });
}

describe('results of a check', () => {
  test('the first result decides at once, and so does every other by default', () => {
    expect(story('+-+', 1, 1)).toEqual(['healthy', 'failed', 'healthy']);
    expect(story('-', 1, 1)).toEqual(['failed']);
  });

  test('rise: so many passes in a row make it healthy; a new one is undecided until then', () => {
    expect(story('++', 2, 1)).toEqual(['undecided', 'healthy']);
    expect(story('-+-++', 2, 1)).toEqual(['failed', 'failed', 'failed', 'failed', 'healthy']);
  });

  test('fall: so many failures in a row make it unhealthy; the first failure of a new one counts at once', () => {
    expect(story('+--', 1, 2)).toEqual(['healthy', 'healthy', 'failed']);
    expect(story('+-+-', 1, 2)).toEqual(['healthy', 'healthy', 'healthy', 'healthy']);
    expect(story('-', 1, 3)).toEqual(['failed']);
  });
});

describe('the time to the next run', () => {
  function delays(intervalMs: number, runs: number, ageMs = 0): number[] {
    let progress = NEW_CHECK;
    return Array.from({ length: runs }, () => {
      progress = afterRun(progress, false, timing);
      return nextDelay(progress, { ...timing, intervalMs }, ageMs);
    });
  }

  test('until it was healthy once: 100 ms, doubling up to 1 s', () => {
    expect(delays(1_000, 7)).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000]);
    expect(delays(30_000, 6)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  test('never longer than a short interval', () => {
    expect(delays(300, 4)).toEqual([100, 200, 300, 300]);
  });

  test('a longer interval holds after the first 10 s', () => {
    expect(delays(30_000, 2, 10_000)).toEqual([30_000, 30_000]);
  });

  test('after it was healthy once: the interval, also while it fails', () => {
    const failed = afterRun(afterRun(NEW_CHECK, true, timing), false, timing);
    expect(nextDelay(failed, timing, 5_000)).toBe(1_000);
  });
});
