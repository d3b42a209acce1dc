import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeMap, encodeMap, type Fields, type FieldValue } from '../../../src/gossip/wire/msgpack.js';
import { headAt, walkValues } from '../../../src/gossip/wire/msgpack-head.js';
import type { Bytes } from '../../../src/gossip/wire/message.js';
import { fromHex, toHex } from './vectors.js';

function fieldsOf(bytes: Bytes, names: readonly string[]): Fields {
  const map = decodeMap(bytes, 0, names);
  if (!map.ok) throw new Error(map.fault.detail);
  return map.value.fields;
}

describe('msgpack as it was before 2013', () => {
  const hexOf = (value: FieldValue): string => toHex(encodeMap({ X: value })).slice('81a158'.length);

  test.each([
    [0, '00'],
    [127, '7f'],
    [128, 'cc80'],
    [255, 'ccff'],
    [256, 'cd0100'],
    [65_535, 'cdffff'],
    [65_536, 'ce00010000'],
    [4_294_967_295, 'ceffffffff'],
    [4_294_967_296, 'cf0000000100000000'],
    [Number.MAX_SAFE_INTEGER, 'cf001fffffffffffff'],
    [false, 'c2'],
    [true, 'c3'],
    [null, 'c0'],
    ['', 'a0'],
    [new Uint8Array(), 'a0'],
    ['é', 'a2c3a9'],
    [new Uint8Array(31), `bf${'00'.repeat(31)}`],
    [new Uint8Array(32), `da0020${'00'.repeat(32)}`],
    ['a'.repeat(255), `da00ff${'61'.repeat(255)}`],
    [new Uint8Array(65_535), `daffff${'00'.repeat(65_535)}`],
    [new Uint8Array(65_536), `db00010000${'00'.repeat(65_536)}`],
  ])('each value takes its shortest form (case %#)', (value, hex) => {
    expect(hexOf(value)).toBe(hex);
  });

  test('a field that is undefined is not written', () => {
    expect(toHex(encodeMap({ A: undefined, B: 1, C: undefined }))).toBe('81a14201');
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 53])('%d is no number for the wire', (value) => {
    expect(() => encodeMap({ X: value })).toThrow('numbers on the wire');
  });

  test('a map has at most 15 fields', () => {
    const fields = (count: number): Record<string, number> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, index]));
    expect(toHex(encodeMap(fields(15))).slice(0, 2)).toBe('8f');
    expect(() => encodeMap(fields(16))).toThrow('fewer than 16 fields');
  });

  test('what is written reads the same', () => {
    const fields = fc.record({
      Flag: fc.boolean(),
      Number: fc.maxSafeNat(),
      Text: fc.string({ unit: 'grapheme', maxLength: 400 }),
      Blob: fc.option(fc.uint8Array({ maxLength: 400 })),
    });
    fc.assert(
      fc.property(fields, ({ Flag, Number: number, Text, Blob }) => {
        const read = fieldsOf(encodeMap({ Blob, Flag, Number: number, Text }), ['Blob', 'Flag', 'Number', 'Text']);
        expect(read.flag('Flag')).toBe(Flag);
        expect(read.unsigned('Number', Number.MAX_SAFE_INTEGER)).toBe(number);
        expect(read.text('Text')).toBe(Text);
        expect(read.blob('Blob')).toEqual(Blob ?? undefined);
        expect(read.fault).toBeUndefined();
      }),
    );
  });

  test('the first fault of a map is told, and each field that has one reads as zero', () => {
    const read = fieldsOf(encodeMap({ A: 'x', B: 7 }), ['A', 'B']);
    expect([read.unsigned('A', 9), read.text('B'), read.unsigned('B', 6)]).toEqual([0, '', 0]);
    expect(read.fault).toEqual({ code: 'WRONG_KIND', detail: 'A is not an integer' });
  });

  test('every first byte starts a value of a known size, or is the reserved one', () => {
    for (let first = 0; first < 256; first += 1) {
      const head = headAt(Uint8Array.of(first, 0, 0, 0, 0, 0, 0, 0, 0), 0);
      expect(head?.kind === 'reserved').toBe(first === 0xc1);
      expect(head?.size).toBeLessThanOrEqual(9);
    }
  });

  test('a walk in pieces passes over the same values as one in one go', () => {
    const bytes = fromHex(
      '82a14193c0c2a1ff0192909f000102030405060708090a0b0c0d0ed6ff01020304c702ff0102cb0102030405060708',
    );
    const whole = walkValues(bytes, { at: 0, left: 4 }, 1000);
    let walk = { at: 0, left: 4 };
    for (let length = 0; length <= bytes.length; length += 1) {
      const next = walkValues(bytes.subarray(0, length), walk, 1000);
      if (next.ok) walk = next.value;
    }
    expect(whole).toEqual({ ok: true, value: walk });
    expect(walk).toEqual({ at: bytes.length, left: 0 });
  });
});
