import { expect, test } from '@jest/globals';
import { Unsent } from '../../src/http/unsent.js';

test('an object counts once, until the last one who waits for it has taken it', () => {
  const unsent = new Unsent<string>();
  const [first, second] = [Buffer.alloc(10), Buffer.alloc(5)];
  unsent.add('a', first, 1);
  unsent.add('b', first, 2);
  unsent.add('c', second, 3);
  expect(unsent.bytes).toBe(15);
  expect([unsent.delete('a'), unsent.delete('a'), unsent.bytes]).toEqual([true, false, 15]);
  expect([unsent.delete('b'), unsent.bytes]).toEqual([true, 5]);
  unsent.clear();
  expect([unsent.bytes, unsent.has('c'), unsent.longest()]).toEqual([0, false, undefined]);
});

test('the one that waits the longest is known, also after those before it have taken theirs', () => {
  const unsent = new Unsent<string>();
  const object = Buffer.alloc(1);
  for (const [since, taker] of ['a', 'b', 'c'].entries()) unsent.add(taker, object, since);
  unsent.delete('a');
  unsent.add('a', object, 9);
  expect(unsent.longest()).toEqual({ taker: 'b', object, since: 1 });
});
