import { describe, expect, test } from '@jest/globals';
import { framed, unframed } from '../../src/journal/frame.js';

const TEXTS = ['{"a":1}', '', '{"b":"ü"}'];
const bytes = Buffer.from(TEXTS.map(framed).join(''));

describe('the lines of a journal', () => {
  test('come back as they were written', () => {
    expect(unframed(bytes)).toEqual({ texts: TEXTS, damaged: 0, isEndWhole: true });
    expect(unframed(new Uint8Array())).toEqual({ texts: [], damaged: 0, isEndWhole: true });
  });

  test('cut anywhere are whole up to there, and the rest is noticed', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      const { texts, damaged, isEndWhole } = unframed(bytes.subarray(0, length));
      expect(TEXTS.slice(0, texts.length)).toEqual(texts);
      const isBetween = length === 0 || bytes[length - 1] === 0x0a;
      expect([length, damaged, isEndWhole]).toEqual([length, isBetween ? 0 : 1, isBetween]);
    }
  });

  test('with any bit flipped lose what was flipped, and no more than its neighbour', () => {
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { texts, damaged } = unframed(flipped);
      expect([bit, damaged > 0]).toEqual([bit, true]);
      expect(texts.every((text) => TEXTS.includes(text))).toBe(true);
      expect(texts.length).toBeGreaterThanOrEqual(TEXTS.length - 2);
      expect(texts.length).toBeLessThan(TEXTS.length);
    }
  });
});
