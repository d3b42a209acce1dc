import { ok, type Result } from '../../lib/result.js';
import type { Bytes } from './message.js';
import { refusedAs, type WireFault } from './wire-fault.js';

type Kind = 'nil' | 'bool' | 'int' | 'float' | 'raw' | 'array' | 'map' | 'ext' | 'reserved';

/** The start of a msgpack value. */
export interface Head {
  readonly kind: Kind;
  /** Bytes up to the content of a raw or ext, to the first child of an array or map, or to the end of anything else. */
  readonly size: number;
  /** An integer's value (rounded beyond 2^53), 0 or 1 of a bool, the bytes of a raw or ext, the children of an array or map. */
  readonly value: number;
}

const wide = (kind: Kind, ...widths: readonly number[]): readonly (readonly [Kind, number])[] =>
  widths.map((width) => [kind, width]);

/** First bytes `c0` to `df`: the kind, and how many bytes of a number follow. */
const WIDE = [
  ...wide('nil', 0),
  ...wide('reserved', 0),
  ...wide('bool', 0, 0),
  ...wide('raw', 1, 2, 4), // bin
  ...wide('ext', 1, 2, 4),
  ...wide('float', 4, 8),
  ...wide('int', 1, 2, 4, 8), // unsigned
  ...wide('int', 1, 2, 4, 8), // signed
  ...wide('ext', 0, 0, 0, 0, 0), // of 1, 2, 4, 8 and 16 bytes
  ...wide('raw', 1, 2, 4), // str
  ...wide('array', 2, 4),
  ...wide('map', 2, 4),
];

/** The head of the value at `at`, or undefined when the bytes end within it. */
export function headAt(bytes: Bytes, at: number): Head | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 0x80) return { kind: 'int', size: 1, value: first };
  if (first < 0x90) return { kind: 'map', size: 1, value: 2 * (first & 15) };
  if (first < 0xa0) return { kind: 'array', size: 1, value: first & 15 };
  if (first < 0xc0) return { kind: 'raw', size: 1, value: first & 31 };
  if (first >= 0xe0) return { kind: 'int', size: 1, value: first - 256 };
  const [kind, width] = WIDE[first - 0xc0] ?? ['reserved', 0];
  const size = 1 + width;
  if (at + size > bytes.length) return undefined;
  if (kind === 'bool') return { kind, size, value: first - 0xc2 };
  if (kind === 'ext' && width === 0) return { kind, size, value: 1 + (1 << (first - 0xd4)) };
  const number = numberAt(bytes, at + 1, width, kind === 'int' && first >= 0xd0);
  if (kind === 'ext') return { kind, size, value: 1 + number }; // its type byte counts as content
  return { kind, size, value: kind === 'map' ? 2 * number : number };
}

/** A big-endian integer. The sign is right even where the size makes it inexact. */
function numberAt(bytes: Bytes, at: number, width: number, signed: boolean): number {
  let value = 0;
  for (let i = 0; i < width; i += 1) {
    const byte = bytes[at + i] ?? 0;
    value = i === 0 && signed && byte > 127 ? byte - 256 : value * 256 + byte;
  }
  return value;
}

/** How far a walk over values has come. */
export interface Walk {
  /** Where the next value starts; beyond the bytes when they end within a raw. */
  readonly at: number;
  /** Values still to pass, those inside of others included. */
  readonly left: number;
}

/**
 * Passes over values of any kind and nesting, as far as the bytes go; call it again with what it returned when there are more.
 * No depth can hurt it: it counts what is left instead of descending.
 *
 * @param maxLeft refuses (`TOO_LARGE`) when more values than this are announced; each takes at least one byte
 */
export function walkValues(bytes: Bytes, walk: Walk, maxLeft: number): Result<Walk, WireFault> {
  let { at, left } = walk;
  while (left > 0) {
    const head = headAt(bytes, at);
    if (head === undefined) break;
    if (head.kind === 'reserved') return refusedAs('BAD_MSGPACK', 'a byte that starts no value');
    at += head.size;
    left -= 1;
    if (head.kind === 'raw' || head.kind === 'ext') at += head.value;
    if (head.kind === 'array' || head.kind === 'map') left += head.value;
    if (left > maxLeft) return refusedAs('TOO_LARGE', `more than ${maxLeft} values announced`);
  }
  return ok({ at, left });
}
