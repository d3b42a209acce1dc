import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GatheredBytes } from '../../src/lib/gathered-bytes.js';

describe('gathered bytes', () => {
  test('are those of the pieces, in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 9 })), (pieces) => {
        const all = Buffer.concat(pieces);
        const bytes = new GatheredBytes(all.length);
        expect(pieces.every((piece) => bytes.add(piece))).toBe(true);
        expect(bytes.take()).toEqual(all);
        expect(bytes.take()).toHaveLength(0);
      }),
    );
  });

  test('are not more than the bound, and what was taken counts no more', () => {
    const bytes = new GatheredBytes(3);
    expect(['ab', 'cd', 'c'].map((piece) => bytes.add(Buffer.from(piece)))).toEqual([true, false, true]);
    const taken = bytes.take();
    expect(bytes.add(Buffer.from('xyz'))).toBe(true);
    expect([taken.toString(), bytes.take().toString()]).toEqual(['abc', 'xyz']);
  });

  test('keep none of the pieces, and take little more than all of them together', () => {
    const bytes = new GatheredBytes(1_000_000);
    const piece = Buffer.from('x');
    for (let i = 0; i < 100_000; i += 1) bytes.add(piece);
    piece.write('y');
    const taken = bytes.take();
    expect(taken.toString()).toBe('x'.repeat(100_000));
    expect(taken.buffer.byteLength).toBeLessThanOrEqual(200_000);
  });
});
