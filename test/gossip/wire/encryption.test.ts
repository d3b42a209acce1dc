import { createCipheriv } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { decrypt, encrypt, ENCRYPTION_BYTES } from '../../../src/gossip/wire/encryption.js';
import { fromHex, toHex, utf8, vectorFile } from './vectors.js';

interface Vector {
  readonly name: string;
  readonly version: 0 | 1;
  readonly key: string;
  readonly nonce: string;
  readonly aad: string;
  readonly plain: string;
  readonly hex: string;
}

const { vectors } = vectorFile('encryption.json') as { readonly vectors: readonly Vector[] };
const first = new Uint8Array(16).fill(1);
const second = new Uint8Array(32).fill(2);

/** A version 0 payload whose padding is whatever `padded` ends with. */
function padded(plain: Uint8Array): Uint8Array {
  const nonce = new Uint8Array(12);
  const cipher = createCipheriv('aes-128-gcm', first, nonce);
  return Uint8Array.from([0, ...nonce, ...cipher.update(plain), ...cipher.final(), ...cipher.getAuthTag()]);
}

describe('encryption', () => {
  test.each(vectors)('$name', ({ version, key, nonce, aad, plain, hex }) => {
    expect(decrypt(fromHex(hex), [fromHex(key)], fromHex(aad))).toEqual({ ok: true, value: fromHex(plain) });
    if (version === 1) expect(toHex(encrypt(fromHex(plain), fromHex(key), fromHex(aad), fromHex(nonce)))).toBe(hex);
  });

  test('all keys are tried', () => {
    const secret = encrypt(utf8('hello'), second);
    expect(decrypt(secret, [first, second])).toEqual({ ok: true, value: utf8('hello') });
    expect(decrypt(secret, [first])).toMatchObject({ ok: false, fault: { code: 'BAD_ENCRYPTION' } });
    expect(decrypt(secret, [])).toMatchObject({ ok: false, fault: { code: 'BAD_ENCRYPTION' } });
  });

  test('no nonce is used twice', () => {
    expect(toHex(encrypt(utf8('hello'), first))).not.toBe(toHex(encrypt(utf8('hello'), first)));
  });

  test('what was authenticated beside it must be the same', () => {
    const secret = encrypt(utf8('hello'), first, utf8('header'));
    expect(decrypt(secret, [first], utf8('header')).ok).toBe(true);
    expect(decrypt(secret, [first], utf8('Header'))).toMatchObject({ fault: { code: 'BAD_ENCRYPTION' } });
  });

  test('a bit flipped anywhere is noticed', () => {
    const secret = encrypt(utf8('hello'), first);
    for (let bit = 0; bit < secret.length * 8; bit += 1) {
      const flipped = secret.slice();
      flipped[bit >>> 3] = (flipped[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decrypt(flipped, [first]).ok).toBe(false);
    }
  });

  test('an empty text can be encrypted', () => {
    const secret = encrypt(new Uint8Array(), first);
    expect(secret.length).toBe(ENCRYPTION_BYTES);
    expect(decrypt(secret, [first])).toEqual({ ok: true, value: new Uint8Array() });
  });

  test.each([
    ['nothing', new Uint8Array(), 'BAD_ENCRYPTION'],
    ['a version above 1', Uint8Array.of(2, ...new Uint8Array(60)), 'BAD_ENCRYPTION'],
    ['28 bytes of version 1', Uint8Array.of(1, ...new Uint8Array(27)), 'TRUNCATED'],
    ['44 bytes of version 0', Uint8Array.of(0, ...new Uint8Array(43)), 'TRUNCATED'],
  ])('%s is refused', (_, payload, code) => {
    expect(decrypt(payload, [first])).toMatchObject({ ok: false, fault: { code } });
  });

  test.each([
    ['of 0 bytes', [...new Uint8Array(15), 0], false],
    ['of 17 bytes', [...new Uint8Array(31), 17], false],
    ['longer than the text', [...new Uint8Array(15), 255], false],
    ['of 16 bytes, all there is', new Array<number>(16).fill(16), true],
  ])('padding %s', (_, plain, fine) => {
    expect(decrypt(padded(Uint8Array.from(plain)), [first]).ok).toBe(fine);
  });

  test('a key of another size is a mistake of the caller', () => {
    expect(() => encrypt(utf8('x'), new Uint8Array(17))).toThrow('a key has 16, 24 or 32 bytes');
  });
});
