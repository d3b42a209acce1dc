import type { Result } from '../../lib/result.js';
import { decodeBody } from './decode-message.js';
import { typed } from './encode-message.js';
import { lzwDecode, lzwEncode } from './lzw.js';
import type { Bytes } from './message.js';
import { MESSAGE_TYPE } from './message-type.js';
import { refusedAs, type WireFault } from './wire-fault.js';

const LZW = 0;
const MAX_U8 = 0xff;

/** A message of type compress around `message` (PROTOCOL 6); it can be longer. */
export function compress(message: Bytes): Bytes {
  return typed(MESSAGE_TYPE.compress, { Algo: LZW, Buf: lzwEncode(message) });
}

/** What a message of type compress, its type byte included, holds. Refuses what would be longer than `maxBytes`. */
export function decompress(bytes: Bytes, maxBytes: number): Result<Bytes, WireFault> {
  const body = decodeBody(bytes, ['Algo', 'Buf'], (fields) => ({
    algorithm: fields.unsigned('Algo', MAX_U8),
    content: fields.content('Buf') ?? new Uint8Array(),
  }));
  if (!body.ok) return body;
  const { algorithm, content } = body.value;
  if (algorithm !== LZW) return refusedAs('UNKNOWN_COMPRESSION', `compressed by algorithm ${algorithm}`);
  return lzwDecode(content, maxBytes);
}
