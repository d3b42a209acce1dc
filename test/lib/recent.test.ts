import { expect, test } from '@jest/globals';
import { Recent } from '../../src/lib/recent.js';

test('of each key the latest is kept, and past the bound what was noted longest ago is forgotten', () => {
  const recent = new Recent<number>(2);
  recent.note('a', 1);
  recent.note('b', 2);
  recent.note('a', 3);
  recent.note('c', 4);
  expect([recent.get('a'), recent.get('b'), recent.list()]).toEqual([3, undefined, [3, 4]]);
  recent.forget('a');
  expect(recent.list()).toEqual([4]);
});
