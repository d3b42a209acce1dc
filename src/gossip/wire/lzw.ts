import { ok, type Result } from '../../lib/result.js';
import type { Bytes } from './message.js';
import { refusedAs, type WireFault } from './wire-fault.js';

/** LZW as Go's compress/lzw does it: least significant bit first, 8-bit literals (PROTOCOL 6). */
const CLEAR = 256;
const END = 257;
const FIRST_WIDTH = 9;
const MAX_WIDTH = 12;
const MAX_CODE = 4095;

/** Open addressing, at most a quarter full. An entry is a pair (20 bits) and its code (12 bits); no entry is 0. */
const TABLE_SIZE = 1 << 14;
const TABLE_MASK = TABLE_SIZE - 1;
const PAIR_SHIFT = 12;

/** Memory for one run at a time, since making it anew would cost more than the run. The encoder empties its table first. */
const encoderTable = new Uint32Array(TABLE_SIZE);
/** Where in the output a code's bytes begin, and how many they are. A code is not accepted before it has been set in this run. */
const decoderStarts = new Uint32Array(MAX_CODE + 1);
const decoderLengths = new Uint16Array(MAX_CODE + 1);

/** Compresses to the bytes that Go's encoder would write. */
export function lzwEncode(input: Bytes): Bytes {
  const table = encoderTable;
  const output = new Uint8Array(maxEncodedBytes(input.length));
  let length = 0;
  let pending = 0;
  let pendingBits = 0;
  let width = FIRST_WIDTH;
  let high = END;
  let overflow = 1 << FIRST_WIDTH;

  const emit = (code: number): void => {
    pending |= code << pendingBits;
    pendingBits += width;
    while (pendingBits >= 8) {
      output[length++] = pending & 0xff;
      pending >>>= 8;
      pendingBits -= 8;
    }
  };
  /** Makes room for the next code. @returns whether the table was full and has been emptied */
  const advance = (): boolean => {
    high += 1;
    if (high === overflow) {
      width += 1;
      overflow <<= 1;
    }
    if (high < MAX_CODE) return false;
    emit(CLEAR);
    width = FIRST_WIDTH;
    high = END;
    overflow = 1 << FIRST_WIDTH;
    table.fill(0);
    return true;
  };

  table.fill(0);
  emit(CLEAR);
  let current = input[0];
  for (let i = 1; i < input.length && current !== undefined; i += 1) {
    const byte = input[i] ?? 0;
    const pair = (current << 8) | byte;
    let slot = ((pair >>> 12) ^ pair) & TABLE_MASK;
    let entry = table[slot] ?? 0;
    while (entry !== 0 && entry >>> PAIR_SHIFT !== pair) {
      slot = (slot + 1) & TABLE_MASK;
      entry = table[slot] ?? 0;
    }
    if (entry !== 0) {
      current = entry & MAX_CODE;
      continue;
    }
    emit(current);
    current = byte;
    if (!advance()) table[slot] = (pair << PAIR_SHIFT) | high;
  }
  if (current !== undefined) {
    emit(current);
    advance();
  }
  emit(END);
  if (pendingBits > 0) output[length++] = pending;
  return output.subarray(0, length);
}

/** One code of at most 12 bits per byte, a clear for each filling of the table, and the first clear, the end and the padding. */
function maxEncodedBytes(inputLength: number): number {
  const codes = inputLength + Math.ceil(inputLength / (MAX_CODE - END - 1)) + 3;
  return Math.ceil((codes * MAX_WIDTH) / 8);
}

/**
 * Decompresses. Each code stands for bytes that are in the output already, so the table holds only where and how many.
 *
 * @param maxBytes refuses (`TOO_LARGE`) what would become longer
 */
export function lzwDecode(input: Bytes, maxBytes: number): Result<Bytes, WireFault> {
  const starts = decoderStarts;
  const lengths = decoderLengths;
  let output = new Uint8Array(Math.min(maxBytes, 4 * input.length));
  let length = 0;
  let pending = 0;
  let pendingBits = 0;
  let width = FIRST_WIDTH;
  let high = END;
  let overflow = 1 << FIRST_WIDTH;
  /** What the last code stood for; no bytes after a clear and once the table is full. */
  let lastStart = 0;
  let lastLength = 0;

  for (let i = 0; ;) {
    while (pendingBits < width) {
      const byte = input[i++];
      if (byte === undefined) return refusedAs('TRUNCATED', 'compressed data without its end');
      pending |= byte << pendingBits;
      pendingBits += 8;
    }
    const code = pending & ((1 << width) - 1);
    pending >>>= width;
    pendingBits -= width;
    if (code === END) return ok(output.subarray(0, length));
    if (code === CLEAR) {
      width = FIRST_WIDTH;
      high = END;
      overflow = 1 << FIRST_WIDTH;
      lastLength = 0;
      continue;
    }
    if (code > high) return refusedAs('BAD_COMPRESSION', 'a code that stands for nothing yet');

    if (lastLength > 0) {
      starts[high] = lastStart;
      lengths[high] = lastLength + 1;
    }
    const start = starts[code] ?? 0;
    const size = code < CLEAR ? 1 : (lengths[code] ?? 0);
    if (length + size > maxBytes) return refusedAs('TOO_LARGE', `more than ${maxBytes} bytes when decompressed`);
    if (length + size > output.length) output = grown(output, length + size, maxBytes);
    if (code < CLEAR) output[length] = code;
    else for (let k = 0; k < size; k += 1) output[length + k] = output[start + k] ?? 0; // may overlap what it writes
    lastStart = length;
    lastLength = size;
    length += size;

    high += 1;
    if (high < overflow) continue;
    if (width < MAX_WIDTH) {
      width += 1;
      overflow <<= 1;
    } else {
      high -= 1;
      lastLength = 0;
    }
  }
}

function grown(output: Uint8Array<ArrayBuffer>, atLeast: number, atMost: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(atMost, Math.max(atLeast, 2 * output.length)));
  larger.set(output);
  return larger;
}
