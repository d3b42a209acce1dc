import { expect, test } from '@jest/globals';
import { SeededRandom } from './random.js';

const drawn = (random: SeededRandom): number[] => Array.from({ length: 20 }, () => random.below(1000));

test('the same seed gives the same numbers, another one others', () => {
  expect(drawn(new SeededRandom(1))).toEqual(drawn(new SeededRandom(1)));
  expect(drawn(new SeededRandom(2))).not.toEqual(drawn(new SeededRandom(1)));
  expect(drawn(new SeededRandom(1).fork())).not.toEqual(drawn(new SeededRandom(1)));
});

test('every number in range is drawn about as often', () => {
  const random = new SeededRandom(3);
  const counts = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 10_000; draw += 1) counts[random.below(10)]! += 1;
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test('a chance comes true about as often as it says', () => {
  const random = new SeededRandom(4);
  const hits = Array.from({ length: 10_000 }, () => random.chance(0.1)).filter(Boolean).length;
  expect(Math.abs(hits - 1000)).toBeLessThan(150);
});
