import { expect, test } from '@jest/globals';
import { originDelayMs } from '../../src/convergence/origin-delay.js';

const NOW = 1_700_000_000_000_000_000n;
const ms = (count: number): bigint => BigInt(count) * 1_000_000n;

/** A change made `ageMs` ago by a clock that is `aheadMs` ahead, whose quickest record took `wayMs`. */
const measured = (ageMs: number, aheadMs: number, wayMs: number): number =>
  originDelayMs(NOW - ms(ageMs) + ms(aheadMs), NOW, aheadMs - wayMs);

test('clocks that agree need no correction, however long the quickest record took', () => {
  expect([measured(120, 0, 5), measured(120, 0, 400)]).toEqual([120, 120]);
});

test('an origin that is ahead is corrected, but for the way of its quickest record', () => {
  expect(measured(120, 60_000, 5)).toBe(115);
});

test('an origin that is behind by more than the way explains is corrected the same', () => {
  expect(measured(120, -60_000, 5)).toBe(115);
  expect(measured(120, -300, 5)).toBe(420); // nobody can tell this from a long way
});

test('without any record to judge by the time is taken as it is, and no delay is negative', () => {
  expect(originDelayMs(NOW - ms(70), NOW, undefined)).toBe(70);
  expect(originDelayMs(NOW + ms(70), NOW, undefined)).toBe(0);
});
