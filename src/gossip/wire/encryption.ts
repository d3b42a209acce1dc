import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, randomBytes, type CipherGCMTypes } from 'node:crypto';
import { ok, type Result } from '../../lib/result.js';
import { concat } from './bytes.js';
import type { Bytes } from './message.js';
import { refusedAs, type WireFault } from './wire-fault.js';

/** With PKCS#7 padding; sent by members that speak protocol 1. */
const PADDED = 0;
const UNPADDED = 1;
const VERSION_BYTES = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const BLOCK_BYTES = 16;

/** What encryption adds to what is sent. */
export const ENCRYPTION_BYTES = VERSION_BYTES + NONCE_BYTES + TAG_BYTES;

const NOTHING = new Uint8Array();

const CIPHERS: ReadonlyMap<number, CipherGCMTypes> = new Map([
  [16, 'aes-128-gcm'],
  [24, 'aes-192-gcm'],
  [32, 'aes-256-gcm'],
]);

/**
 * Encrypts and authenticates (PROTOCOL 8, version 1).
 *
 * @param key 16, 24 or 32 bytes
 * @param additional what is authenticated beside it: the header of a stream, nothing for a packet
 * @param nonce 12 bytes, never used twice with a key; random if not given
 */
export function encrypt(
  plain: Bytes,
  key: Bytes,
  additional: Bytes = NOTHING,
  nonce: Bytes = randomBytes(NONCE_BYTES),
): Bytes {
  const cipher = createCipheriv(cipherOf(key), key, nonce, { authTagLength: TAG_BYTES }).setAAD(additional);
  const content = cipher.update(plain);
  cipher.final();
  return concat([Uint8Array.of(UNPADDED), nonce, content, cipher.getAuthTag()]);
}

/** Decrypts version 0 or 1 with the first of `keys` that fits. */
export function decrypt(payload: Bytes, keys: readonly Bytes[], additional: Bytes = NOTHING): Result<Bytes, WireFault> {
  const version = payload[0];
  if (version !== PADDED && version !== UNPADDED) return refusedAs('BAD_ENCRYPTION', 'unknown encryption version');
  const least = ENCRYPTION_BYTES + (version === PADDED ? BLOCK_BYTES : 0);
  if (payload.length < least) return refusedAs('TRUNCATED', 'too short to be encrypted');
  for (const key of keys) {
    const plain = opened(payload, key, additional);
    if (plain !== undefined) return version === PADDED ? unpadded(plain) : ok(plain);
  }
  return refusedAs('BAD_ENCRYPTION', 'no key opens it');
}

function opened(payload: Bytes, key: Bytes, additional: Bytes): Bytes | undefined {
  const tagAt = payload.length - TAG_BYTES;
  const contentAt = VERSION_BYTES + NONCE_BYTES;
  const nonce = payload.subarray(VERSION_BYTES, contentAt);
  const decipher = createDecipheriv(cipherOf(key), key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(additional)
    .setAuthTag(payload.subarray(tagAt));
  const plain = decipher.update(payload.subarray(contentAt, tagAt));
  try {
    decipher.final();
  } catch {
    return undefined; // its only way to say that the tag does not match
  }
  return new Uint8Array(plain.buffer, plain.byteOffset, plain.length);
}

function unpadded(padded: Bytes): Result<Bytes, WireFault> {
  const pad = padded.at(-1) ?? 0;
  if (pad < 1 || pad > BLOCK_BYTES || pad > padded.length) return refusedAs('BAD_ENCRYPTION', 'impossible padding');
  return ok(padded.subarray(0, padded.length - pad));
}

function cipherOf(key: Bytes): CipherGCMTypes {
  const cipher = CIPHERS.get(key.length);
  assert(cipher !== undefined, 'a key has 16, 24 or 32 bytes');
  return cipher;
}
