import { expect, test } from '@jest/globals';
import { Attempts } from '../../src/haproxy/attempts.js';

const v = (catalog: number, template = 1, surroundings = 0) => ({ catalog, template, surroundings });

test('a change is tried at once, and reloads are held apart', () => {
  const attempts = new Attempts(1_000);
  expect(attempts.waitMs(v(1), 0)).toBe(0);
  expect(attempts.reloadWaitMs(0)).toBe(0);
  attempts.begin(v(1), 0);
  attempts.reloading(0);
  attempts.ended('', 10);
  expect(attempts.waitMs(v(1), 10)).toBeUndefined();
  expect(attempts.waitMs(v(2), 10)).toBe(0);
  expect(attempts.waitMs(v(1, 2), 10)).toBe(0);
  expect(attempts.waitMs(v(1, 1, 1), 10)).toBe(0);
  expect(attempts.reloadWaitMs(10)).toBe(990);
  expect(attempts.reloadWaitMs(2_000)).toBe(0);
});

test('what did not come to a reload holds the next one off no longer than the one before it', () => {
  const attempts = new Attempts(1_000);
  attempts.reloading(0);
  attempts.reloading(900);
  attempts.notReloaded();
  expect(attempts.reloadWaitMs(900)).toBe(100);
});

test('what was tried already is a retry, and the earliest time that is set counts', () => {
  const attempts = new Attempts(1_000);
  expect(attempts.begin(v(1), 0)).toBe(false);
  expect(attempts.begin(v(1), 0)).toBe(true);
  attempts.ended('8001', 0);
  attempts.again(400);
  attempts.again(700);
  expect(attempts.waitMs(v(1), 0)).toBe(400);
});

test('the same obstacle is tried after 1 s, doubling up to 30 s; another one after 1 s again', () => {
  const attempts = new Attempts(1_000);
  attempts.begin(v(1), 0);
  const waits = Array.from({ length: 7 }, () => {
    attempts.ended('8001', 0);
    return attempts.waitMs(v(1), 0);
  });
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  attempts.ended('8001 8002', 0);
  expect(attempts.waitMs(v(1), 0)).toBe(1_000);
});

test('changes that meet the same obstacle neither put off its next try nor count as one, and may be one when it is due', () => {
  const attempts = new Attempts(1_000);
  const retries: number[] = [];
  for (let now = 0; now <= 20_000; now += 250) {
    if (attempts.begin(v(now), now)) retries.push(now);
    attempts.ended('8001', now);
  }
  expect(retries).toEqual([1_000, 3_000, 7_000, 15_000]);
});
