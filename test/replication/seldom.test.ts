import { expect, test } from '@jest/globals';
import { Seldom } from '../../src/replication/seldom.js';
import { FakeClock } from '../support/time.js';

test('a key is due at once, and again after the period', async () => {
  const clock = new FakeClock();
  const seldom = new Seldom(1000, clock);
  expect([seldom.isDue('a'), seldom.isDue('a'), seldom.isDue('b')]).toEqual([true, false, true]);
  await clock.advance(999);
  expect(seldom.isDue('a')).toBe(false);
  await clock.advance(1);
  expect([seldom.isDue('a'), seldom.isDue('a')]).toEqual([true, false]);
});

test('of very many keys the one told longest ago is forgotten', () => {
  const seldom = new Seldom(1000, new FakeClock());
  for (let i = 0; i < 1000; i += 1) seldom.isDue(`${i}`);
  expect(seldom.isDue('0')).toBe(false);
  seldom.isDue('one more');
  expect([seldom.isDue('999'), seldom.isDue('0')]).toEqual([false, true]);
});
