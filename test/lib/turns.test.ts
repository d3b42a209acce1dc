import { expect, test } from '@jest/globals';
import { Turns } from '../../src/lib/turns.js';
import { FakeClock, settle } from '../support/time.js';

test('whoever takes a turn waits for that of those before, of which each needs one of its own', async () => {
  const clock = new FakeClock();
  const turns = new Turns(clock);
  const { signal } = new AbortController();
  const done: number[] = [];
  for (const n of [1, 2, 3]) void turns.take(signal).then(() => done.push(n));
  await settle();
  expect(done).toEqual([1]);
  await clock.advance(0);
  expect(done).toEqual([1, 2, 3]);
});

test('nobody waits any more when all are ending', async () => {
  const clock = new FakeClock();
  const turns = new Turns(clock);
  const end = new AbortController();
  const both = Promise.all([turns.take(end.signal), turns.take(end.signal)]);
  end.abort();
  await both;
  expect(clock.armed).toBe(0);
});
