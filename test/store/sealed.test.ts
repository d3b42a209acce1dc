import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { seal, unseal } from '../../src/store/sealed.js';

const CATALOG = { kind: 'catalog', version: 2 };

test('a sealed text comes back as it was, with its version', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(unseal(CATALOG, seal(CATALOG, text))).toEqual({ ok: true, value: { text, version: 2 } });
    }),
  );
});

test('the first line tells people what the file is', () => {
  expect(Buffer.from(seal(CATALOG, 'ä')).toString()).toBe(
    'sidecar-state 1 catalog 2 2 1c62f060388ffc96861f2a5b44fff4621f079d2c324df1d138916ade852effff\nä',
  );
});

describe('what is not as it was written is never taken for it', () => {
  const sealed = seal(CATALOG, '{"a":"ä\n€"}\n');

  test('with any one bit flipped', () => {
    for (let at = 0; at < sealed.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = Uint8Array.from(sealed, (byte, i) => (i === at ? byte ^ (1 << bit) : byte));
        expect({ at, bit, taken: unseal(CATALOG, flipped).ok }).toEqual({ at, bit, taken: false });
      }
    }
  });

  test('with any one byte replaced by any other', () => {
    for (let at = 0; at < sealed.length; at += 1) {
      const taken = Array.from({ length: 256 }, (_, byte) => byte)
        .filter((byte) => byte !== sealed[at])
        .filter((byte) => unseal(CATALOG, sealed.with(at, byte)).ok);
      expect({ at, taken }).toEqual({ at, taken: [] });
    }
  });

  test('cut short anywhere, or with more behind it', () => {
    for (let length = 0; length < sealed.length; length += 1) {
      expect({ length, ...unseal(CATALOG, sealed.subarray(0, length)) }).toMatchObject({
        length,
        ok: false,
        fault: { code: 'DAMAGED' },
      });
    }
    expect(unseal(CATALOG, Buffer.concat([sealed, Buffer.from('\0')]))).toMatchObject({ ok: false });
  });

  test('whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(unseal(CATALOG, bytes)).toMatchObject({ ok: false, fault: { code: 'DAMAGED' } });
      }),
    );
  });
});

describe('versions', () => {
  test('an older text is handed over with its version, for its room to decide', () => {
    expect(unseal({ kind: 'catalog', version: 3 }, seal(CATALOG, 'x'))).toEqual({
      ok: true,
      value: { text: 'x', version: 2 },
    });
  });

  test('a later text is told from a damaged one', () => {
    const later = seal({ kind: 'catalog', version: 3 }, 'x');
    const fault = { code: 'NEWER', part: 'text', seen: 3, known: 2 };
    expect(unseal(CATALOG, later)).toEqual({ ok: false, fault });
    expect(unseal(CATALOG, later.with(later.length - 1, 0))).toMatchObject({ fault: { code: 'DAMAGED' } });
  });

  test('a later format is not judged by the rules of this one', () => {
    const fault = { code: 'NEWER', part: 'format', seen: 2, known: 1 };
    expect(unseal(CATALOG, Buffer.from('sidecar-state 2 {"whatever": it holds}\n'))).toEqual({ ok: false, fault });
  });

  test('a state of another kind is told as such', () => {
    expect(unseal({ kind: 'peers', version: 2 }, seal(CATALOG, 'x'))).toEqual({
      ok: false,
      fault: { code: 'OTHER_KIND', seen: 'catalog' },
    });
  });
});
