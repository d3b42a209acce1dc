import { describe, expect, test } from '@jest/globals';
import { ALL, frontendTotals, NO_RATES, recentOf, withCount, type Rates } from '../../../src/console/data/rates.js';
import { figures, frontend } from '../support.js';

const WINDOW = { points: 4, gapMs: 15_000 };

/** Counts of a frontend: seconds, the process, requests and errors. */
type Told = readonly [seconds: number, pid: number, requests: number, errors: number];

const ratesOf = (...counts: readonly Told[]): Rates =>
  counts.reduce(
    (rates, [seconds, pid, requests, errors]) =>
      withCount(rates, { time: seconds * 1_000, pid, totals: new Map([['web', { requests, errors }]]) }, WINDOW),
    NO_RATES,
  );

describe('rates', () => {
  test('are what was added, by the time it took', () => {
    const rates = ratesOf([0, 1, 100, 0], [2, 1, 110, 1], [6, 1, 110, 1], [7, 1, 140, 1]);
    expect(rates.times).toEqual([2_000, 6_000, 7_000]);
    expect(rates.lines.get('web')).toEqual({ requests: [5, 0, 30], errors: [0.5, 0, 0] });
  });

  test.each<[string, Told, readonly (number | null)[]]>([
    ['another process', [4, 2, 500, 0], [5, null]],
    ['a total that falls', [4, 1, 3, 0], [5, null]],
    ['a long silence', [40, 1, 5_000, 0], [5, null]],
    ['the same count told again', [2, 1, 110, 0], [5]],
  ])('over %s there is no spike', (_, last, expected) => {
    expect(ratesOf([0, 1, 100, 0], [2, 1, 110, 0], last).lines.get('web')?.requests).toEqual(expected);
  });

  test('go on after a gap', () => {
    const rates = ratesOf([0, 1, 100, 0], [2, 1, 110, 0], [4, 2, 7, 0], [6, 2, 11, 0]);
    expect(rates.lines.get('web')?.requests).toEqual([5, null, 2]);
  });

  test('begin anew when the clock of the agent was set back', () => {
    const rates = ratesOf([900, 1, 100, 0], [902, 1, 110, 0], [2, 1, 112, 0], [4, 1, 116, 0]);
    expect([rates.times, rates.lines.get('web')?.requests]).toEqual([[4_000], [2]]);
  });

  test('keep only the newest', () => {
    const rates = ratesOf([0, 1, 0, 0], [1, 1, 1, 0], [2, 1, 3, 0], [3, 1, 6, 0], [4, 1, 10, 0], [5, 1, 15, 0]);
    expect([rates.times.length, rates.lines.get('web')?.requests]).toEqual([4, [2, 3, 4, 5]]);
  });

  test('of what came later begin later, and what is gone is forgotten', () => {
    const totals = new Map([['api', { requests: 5, errors: 0 }]]);
    const first = withCount(ratesOf([0, 1, 0, 0], [2, 1, 2, 0]), { time: 4_000, pid: 1, totals }, WINDOW);
    const next = withCount(
      first,
      { time: 6_000, pid: 1, totals: new Map([['api', { requests: 9, errors: 0 }]]) },
      WINDOW,
    );
    expect([...next.lines]).toEqual([['api', { requests: [null, null, 2], errors: [null, null, 0] }]]);
  });
});

test('totals are those of each frontend, and of all that belong to a service; of tcp connections count', () => {
  const totals = frontendTotals(
    figures({
      frontends: [
        frontend({ name: 'web-80', requests: 10, errors: 1 }),
        frontend({ name: 'db-90', requests: undefined, sessionsTotal: 4 }),
        frontend({ name: 'stats', service: undefined, requests: 1_000 }),
      ],
    }),
  );
  expect(totals.get('db-90')?.requests).toBe(4);
  expect(totals.get(ALL)).toEqual({ requests: 14, errors: 1 });
});

test('a line in figures looks only at what is known', () => {
  expect(recentOf([null, 4, 1, null, 7])).toEqual({ now: 7, mean: 4, least: 1, most: 7 });
  expect(recentOf([4, null])?.now).toBeUndefined();
  expect(recentOf([9, 1, 2], 2)?.most).toBe(2);
  expect(recentOf([null])).toBeUndefined();
});
