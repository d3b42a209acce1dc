import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseAesKey } from '../../src/lib/aes-key.js';

const [A, B, C] = [Buffer.alloc(16, 1), Buffer.alloc(24, 2), Buffer.alloc(32, 3)] as const;
const text = (key: Buffer): string => key.toString('base64');

describe('an AES key', () => {
  test('is base64 of 16, 24 or 32 bytes', () => {
    for (const key of [A, B, C]) expect(parseAesKey(text(key))).toEqual({ ok: true, value: Uint8Array.from(key) });
  });

  test.each([
    ['', 'NOT_BASE64'],
    ['not base64 at all', 'NOT_BASE64'],
    [text(A).slice(0, -2), 'NOT_BASE64'],
    [text(A).replaceAll('A', '-'), 'NOT_BASE64'],
    [`${text(A).slice(0, -3)}R==`, 'NOT_BASE64'], // its last bits stand for nothing
    [text(Buffer.alloc(15)), 'KEY_LENGTH'],
    [text(Buffer.alloc(33)), 'KEY_LENGTH'],
  ])('cannot be %j', (word, code) => {
    expect(parseAesKey(word)).toMatchObject({ ok: false, fault: { code } });
  });

  test('nothing that may be written instead is more than refused', () => {
    fc.assert(
      fc.property(
        fc.string(),
        (word) => !parseAesKey(word).ok || [16, 24, 32].includes(Buffer.from(word, 'base64').length),
      ),
    );
  });
});
