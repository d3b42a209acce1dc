import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { offsetsOf, windowOf } from '../../../src/console/components/window-of.js';

describe('the rows in sight', () => {
  test('of a thousand rows those in sight and their margin are drawn', () => {
    const offsets = offsetsOf(Array.from({ length: 1_000 }), () => 30);
    expect(windowOf(offsets, 3_000, 600, 300)).toEqual({ from: 90, to: 131, before: 2_700, after: 26_070 });
  });

  test('whatever their heights: none in sight is missing, and the list is as long as all of them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 200 }),
        fc.integer({ min: -2_000, max: 20_000 }),
        fc.integer({ min: 0, max: 2_000 }),
        (heights, top, height) => {
          const offsets = offsetsOf(heights, (each) => each);
          const { from, to, before, after } = windowOf(offsets, top, height, 50);
          const drawn = heights.slice(from, to).reduce((sum, each) => sum + each, 0);
          expect(before + drawn + after).toBe(offsets.at(-1));
          for (const [i, each] of heights.entries()) {
            const begin = offsets[i] ?? 0;
            const isSeen = begin < top + height && begin + each > top;
            if (isSeen) expect(i >= from && i < to).toBe(true);
          }
        },
      ),
    );
  });
});
