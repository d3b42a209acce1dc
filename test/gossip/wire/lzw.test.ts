import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lzwDecode, lzwEncode } from '../../../src/gossip/wire/lzw.js';
import type { Bytes } from '../../../src/gossip/wire/message.js';
import { fromHex, toHex, vectorFile } from './vectors.js';

type Input =
  | { readonly kind: 'hex'; readonly hex: string }
  | { readonly kind: 'repeat'; readonly unit: string; readonly count: number }
  | { readonly kind: 'xorshift32'; readonly seed: number; readonly length: number }
  | { readonly kind: 'bigram'; readonly length: number };

interface Vector {
  readonly name: string;
  readonly input: Input;
  readonly inputSha256: string;
  readonly lzwHex: string;
}

function bytesOf(input: Input): Bytes {
  switch (input.kind) {
    case 'hex':
      return fromHex(input.hex);
    case 'repeat':
      return fromHex(input.unit.repeat(input.count));
    case 'xorshift32': {
      let x = input.seed;
      return Uint8Array.from({ length: input.length }, () => {
        x ^= x << 13;
        x ^= x >>> 17;
        x ^= x << 5;
        return x >>> 24;
      });
    }
    case 'bigram': {
      let x = 0;
      return Uint8Array.from({ length: input.length }, (_, index) => {
        const byte = x & 255;
        x += 1 + 2 * Math.floor(index / 256);
        return byte;
      });
    }
  }
}

const AMPLE = 1_000_000;
const { vectors } = vectorFile('lzw.json') as { readonly vectors: readonly Vector[] };

describe('LZW', () => {
  test.each(vectors)('$name: compresses to the bytes of Go, and back', ({ input, inputSha256, lzwHex }) => {
    const plain = bytesOf(input);
    expect(createHash('sha256').update(plain).digest('hex')).toBe(inputSha256);
    expect(toHex(lzwEncode(plain))).toBe(lzwHex);
    const decoded = lzwDecode(fromHex(lzwHex), AMPLE);
    expect(decoded.ok && Buffer.compare(decoded.value, plain)).toBe(0);
  });

  test('what is compressed comes back, whatever it is', () => {
    const repetitive = fc
      .array(fc.integer({ min: 0, max: 3 }), { maxLength: 6000 })
      .map((list) => Uint8Array.from(list));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 6000 }), repetitive), (plain) => {
        const decoded = lzwDecode(lzwEncode(plain), plain.length);
        expect(decoded.ok && Buffer.compare(decoded.value, plain)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test('a stream without the leading clear code is read, as older Go writes for empty input', () => {
    expect(lzwDecode(fromHex('0103'), AMPLE)).toEqual({ ok: true, value: new Uint8Array() });
  });

  test('the table may stay full: a sender need not clear it', () => {
    // 4,000 times the code of "a" without a clear: entries stop at 4,095, codes stay 12 bits wide
    const codes = [...Array.from({ length: 4_000 }, () => 97), 257];
    let high = 257;
    let width = 9;
    const bits: number[] = [];
    for (const code of codes) {
      for (let bit = 0; bit < width; bit += 1) bits.push((code >>> bit) & 1);
      if (high < 4_095) high += 1;
      if (high === 1 << width && width < 12) width += 1;
    }
    const packed = Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, index) =>
      bits.slice(index * 8, index * 8 + 8).reduce((byte, bit, place) => byte | (bit << place), 0),
    );
    expect(lzwDecode(packed, AMPLE)).toEqual({ ok: true, value: new Uint8Array(4_000).fill(97) });
  });

  test.each([
    ['no end code', '0083', 'TRUNCATED'],
    ['nothing at all', '', 'TRUNCATED'],
    ['a code that stands for nothing yet', '00070a', 'BAD_COMPRESSION'],
  ])('%s is refused', (_, hex, code) => {
    expect(lzwDecode(fromHex(hex), AMPLE)).toMatchObject({ ok: false, fault: { code } });
  });

  test('the output may have exactly its limit, and not a byte more', () => {
    const bomb = lzwEncode(new Uint8Array(100_000));
    expect(bomb.length).toBeLessThan(600);
    expect(lzwDecode(bomb, 100_000).ok).toBe(true);
    expect(lzwDecode(bomb, 99_999)).toMatchObject({ ok: false, fault: { code: 'TOO_LARGE' } });
    expect(lzwDecode(lzwEncode(new Uint8Array()), 0).ok).toBe(true);
  });
});
