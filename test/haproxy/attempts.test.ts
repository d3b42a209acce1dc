import { expect, test } from '@jest/globals';
import { Attempts } from '../../src/haproxy/attempts.js';

const v = (catalog: number, template = 1, surroundings = 0) => ({ catalog, template, surroundings });

test('a change is tried at once, and reloads are held apart', () => {
  const attempts = new Attempts(1_000);
  expect(attempts.waitMs(v(1), 0)).toBe(0);
  expect(attempts.reloadWaitMs(0)).toBe(0);
  attempts.begin(v(1));
  attempts.reloading(0);
  attempts.ended('', 10);
  expect(attempts.waitMs(v(1), 10)).toBeUndefined();
  expect(attempts.waitMs(v(2), 10)).toBe(0);
  expect(attempts.waitMs(v(1, 2), 10)).toBe(0);
  expect(attempts.waitMs(v(1, 1, 1), 10)).toBe(0);
  expect(attempts.reloadWaitMs(10)).toBe(990);
  expect(attempts.reloadWaitMs(2_000)).toBe(0);
});

test('what was tried already is a retry, and the earliest time that is set counts', () => {
  const attempts = new Attempts(1_000);
  expect(attempts.isRetry(v(1))).toBe(false);
  attempts.begin(v(1));
  expect(attempts.isRetry(v(1))).toBe(true);
  attempts.ended('8001', 0);
  attempts.again(400);
  attempts.again(700);
  expect(attempts.waitMs(v(1), 0)).toBe(400);
});

test('the same obstacle is tried after 1 s, doubling up to 30 s; another one after 1 s again', () => {
  const attempts = new Attempts(1_000);
  attempts.begin(v(1));
  const waits = Array.from({ length: 7 }, () => {
    attempts.ended('8001', 0);
    return attempts.waitMs(v(1), 0);
  });
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  attempts.ended('8001 8002', 0);
  expect(attempts.waitMs(v(1), 0)).toBe(1_000);
});
