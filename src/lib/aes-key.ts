import { ok, refused, type Result } from './result.js';

/** AES-128, AES-192 and AES-256. */
export const AES_KEY_BYTES: readonly number[] = [16, 24, 32];

/** Why a text is no key; it shows nothing of it. */
export type AesKeyFault = { readonly code: 'NOT_BASE64' } | { readonly code: 'KEY_LENGTH'; readonly bytes: number };

/** Reads an AES key: base64, with its padding, of 16, 24 or 32 bytes. */
export function parseAesKey(text: string): Result<Uint8Array, AesKeyFault> {
  const key = Uint8Array.from(Buffer.from(text, 'base64'));
  // Buffer skips what is not base64, so only the way back tells whether all of it was.
  if (text === '' || Buffer.from(key).toString('base64') !== text) return refused({ code: 'NOT_BASE64' });
  return AES_KEY_BYTES.includes(key.length) ? ok(key) : refused({ code: 'KEY_LENGTH', bytes: key.length });
}
