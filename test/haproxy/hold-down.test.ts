import { expect, test } from '@jest/globals';
import { backoffMs, holdDownMs } from '../../src/haproxy/hold-down.js';

test.each([
  { last: undefined, now: 5, wait: 0 },
  { last: 0, now: 0, wait: 1000 },
  { last: 0, now: 400, wait: 600 },
  { last: 0, now: 1000, wait: 0 },
  { last: 0, now: 9000, wait: 0 },
])('attempts start an interval apart: last at $last, now $now, wait $wait', ({ last, now, wait }) => {
  expect(holdDownMs(last, 1000, now)).toBe(wait);
});

test('pauses double from 1 s to 30 s, and there is none before the first failure', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 1_000].map(backoffMs)).toEqual([0, 1, 2, 4, 8, 16, 30, 30, 30].map((s) => s * 1_000));
});
