import assert from 'node:assert/strict';
import { ok, type Result } from '../../lib/result.js';
import { concat } from './bytes.js';
import type { Bytes } from './message.js';
import { MESSAGE_TYPE } from './message-type.js';
import { refusedAs, type WireFault } from './wire-fault.js';

/** What a compound costs by itself: its type and its count. */
export const COMPOUND_HEADER_BYTES = 2;
/** What each part costs beside its own bytes: its length. */
export const COMPOUND_PART_BYTES = 2;
/** A Go Sidecar misreads a compound of 128 parts or more, and can crash on it. */
export const MAX_COMPOUND_PARTS = 127;
const MAX_PART_BYTES = 0xffff;

/**
 * Several messages in one (PROTOCOL 5).
 *
 * @param parts whole messages, at most 127, each of 1 to 65,535 bytes
 */
export function encodeCompound(parts: readonly Bytes[]): Bytes {
  assert(parts.length <= MAX_COMPOUND_PARTS, 'a compound has at most 127 parts');
  const head = new Uint8Array(COMPOUND_HEADER_BYTES + parts.length * COMPOUND_PART_BYTES);
  const view = new DataView(head.buffer);
  view.setUint8(0, MESSAGE_TYPE.compound);
  view.setUint8(1, parts.length);
  parts.forEach((part, index) => {
    assert(part.length > 0 && part.length <= MAX_PART_BYTES, 'a part has 1 to 65,535 bytes');
    view.setUint16(COMPOUND_HEADER_BYTES + index * COMPOUND_PART_BYTES, part.length);
  });
  return concat([head, ...parts]);
}

export interface Compound {
  /** Where they are in the compound, up to 255; they may be empty. */
  readonly parts: readonly Bytes[];
  /** How many more were announced but run past the end. */
  readonly missing: number;
}

/** Takes a compound, its type byte included, apart; trailing bytes are ignored. */
export function decodeCompound(bytes: Bytes): Result<Compound, WireFault> {
  const count = bytes[1];
  if (count === undefined) return refusedAs('TRUNCATED', 'a compound without a count');
  let at = COMPOUND_HEADER_BYTES + count * COMPOUND_PART_BYTES;
  if (at > bytes.length) return refusedAs('TRUNCATED', 'the lengths of a compound are cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: Bytes[] = [];
  for (let index = 0; index < count; index += 1) {
    const end = at + view.getUint16(COMPOUND_HEADER_BYTES + index * COMPOUND_PART_BYTES);
    if (end > bytes.length) break;
    parts.push(bytes.subarray(at, end));
    at = end;
  }
  return ok({ parts, missing: count - parts.length });
}
