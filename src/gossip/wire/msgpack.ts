import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { ok, type Result } from '../../lib/result.js';
import type { Bytes } from './message.js';
import { headAt, walkValues, type Head } from './msgpack-head.js';
import { refusedAs, type WireFault, type WireFaultCode } from './wire-fault.js';

const MAX_FIELDS = 15;
/** Far above what any version sends, so that a small compressed map cannot announce millions. */
const MAX_FIELDS_READ = 1024;
/** The longest head there is. */
const MAX_HEAD_BYTES = 9;

/** What a field may hold when it is written; `null` is nil. */
export type FieldValue = number | boolean | string | Bytes | null;

/**
 * A msgpack map in the pre-2013 format (PROTOCOL 2): shortest integers, and raw, without str8 and bin, for text and bytes.
 *
 * @param fields in the order of their names' bytes, at most 15; `undefined` is left out. Numbers are integers from 0 to 2^53 - 1
 */
export function encodeMap(fields: Readonly<Record<string, FieldValue | undefined>>): Bytes {
  const present = Object.entries(fields).filter((entry): entry is [string, FieldValue] => entry[1] !== undefined);
  assert(present.length <= MAX_FIELDS, 'a message has fewer than 16 fields');
  const room = present.reduce((sum, [name, value]) => sum + 2 * MAX_HEAD_BYTES + name.length + contentBytes(value), 1);
  const out = Buffer.allocUnsafe(room);
  let at = out.writeUInt8(0x80 + present.length);
  for (const [name, value] of present) at = writeValue(out, writeValue(out, at, name), value);
  return new Uint8Array(out.subarray(0, at));
}

function contentBytes(value: FieldValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  return value instanceof Uint8Array ? value.length : 0;
}

function writeValue(out: Buffer, at: number, value: FieldValue): number {
  if (value === null) return out.writeUInt8(0xc0, at);
  if (typeof value === 'boolean') return out.writeUInt8(value ? 0xc3 : 0xc2, at);
  if (typeof value === 'number') return writeInteger(out, at, value);
  const length = contentBytes(value);
  const start = writeRawHead(out, at, length);
  if (typeof value === 'string') out.write(value, start);
  else out.set(value, start);
  return start + length;
}

function writeInteger(out: Buffer, at: number, value: number): number {
  assert(Number.isSafeInteger(value) && value >= 0, 'numbers on the wire are integers from 0 to 2^53 - 1');
  if (value < 0x80) return out.writeUInt8(value, at);
  if (value < 0x100) return out.writeUInt8(value, out.writeUInt8(0xcc, at));
  if (value < 0x1_0000) return out.writeUInt16BE(value, out.writeUInt8(0xcd, at));
  if (value < 0x1_0000_0000) return out.writeUInt32BE(value, out.writeUInt8(0xce, at));
  return out.writeBigUInt64BE(BigInt(value), out.writeUInt8(0xcf, at));
}

function writeRawHead(out: Buffer, at: number, length: number): number {
  if (length < 32) return out.writeUInt8(0xa0 + length, at);
  if (length < 0x1_0000) return out.writeUInt16BE(length, out.writeUInt8(0xda, at));
  return out.writeUInt32BE(length, out.writeUInt8(0xdb, at));
}

/**
 * Reads the map at `at`, liberal as PROTOCOL 2 wants it: any order, any width, unknown fields skipped.
 *
 * @param names the fields to keep, ASCII; of a field that comes twice the last counts
 * @returns the fields, and where the map ends
 */
export function decodeMap(
  bytes: Bytes,
  at: number,
  names: readonly string[],
): Result<{ readonly fields: Fields; readonly end: number }, WireFault> {
  const map = headAt(bytes, at);
  if (map === undefined) return refusedAs('TRUNCATED', 'no whole map');
  if (map.kind !== 'map') return refusedAs('BAD_MSGPACK', 'not a map');
  const count = map.value / 2;
  if (count > MAX_FIELDS_READ) return refusedAs('TOO_LARGE', `a map of more than ${MAX_FIELDS_READ} fields`);
  const found = new Map<string, Field>();
  let next = at + map.size;
  for (let index = 0; index < count; index += 1) {
    const key = headAt(bytes, next);
    if (key === undefined) return refusedAs('TRUNCATED', 'a map ends early');
    if (key.kind !== 'raw') return refusedAs('BAD_MSGPACK', 'a field name is not a string');
    const start = next + key.size;
    const valueAt = start + key.value;
    const name = names.find((candidate) => candidate.length === key.value && holds(bytes, start, candidate));
    const value = headAt(bytes, valueAt);
    const walk = walkValues(bytes, { at: valueAt, left: 1 }, bytes.length);
    if (!walk.ok) return walk;
    const isWhole = walk.value.left === 0 && walk.value.at <= bytes.length;
    if (value === undefined || !isWhole) return refusedAs('TRUNCATED', 'a map ends early');
    if (name !== undefined) found.set(name, { head: value, start: valueAt + value.size });
    next = walk.value.at;
  }
  return ok({ fields: new Fields(bytes, found), end: next });
}

function holds(bytes: Bytes, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i += 1) if (bytes[at + i] !== name.charCodeAt(i)) return false;
  return true;
}

interface Field {
  readonly head: Head;
  /** Where the content of a raw begins. */
  readonly start: number;
}

/** The fields of a map. A field that is missing or nil reads as its zero value; one that does not fit does so, too, and is a `fault`. */
export class Fields {
  private firstFault: WireFault | undefined;

  constructor(
    private readonly bytes: Bytes,
    private readonly found: ReadonlyMap<string, Field>,
  ) {}

  /** What was wrong with the first field that did not fit its reading. */
  get fault(): WireFault | undefined {
    return this.firstFault;
  }

  /** Whether the field is there and not nil. */
  has(name: string): boolean {
    return this.field(name) !== undefined;
  }

  /** An integer from 0 to `max`. */
  unsigned(name: string, max: number): number {
    const head = this.field(name)?.head;
    if (head === undefined) return 0;
    if (head.kind !== 'int') this.refuse('WRONG_KIND', `${name} is not an integer`);
    else if (head.value < 0 || head.value > max) this.refuse('OUT_OF_RANGE', `${name} is not in 0..${max}`);
    else return head.value;
    return 0;
  }

  /** A bool, or an integer 0 or 1. */
  flag(name: string): boolean {
    const head = this.field(name)?.head;
    if (head === undefined) return false;
    const isFlag = head.kind === 'bool' || (head.kind === 'int' && (head.value === 0 || head.value === 1));
    if (!isFlag) this.refuse('WRONG_KIND', `${name} is not a bool`);
    return isFlag && head.value === 1;
  }

  /** UTF-8, since names are compared as bytes: nothing is replaced, so that two names never become one. */
  text(name: string): string {
    const content = this.content(name);
    if (content === undefined) return '';
    if (isUtf8(content)) return Buffer.from(content.buffer, content.byteOffset, content.length).toString();
    this.refuse('NOT_UTF8', `${name} is not UTF-8`);
    return '';
  }

  /** As `text`, but what is not UTF-8 reads as empty without a fault: in a list one bad name must not spoil the rest. */
  textOrEmpty(name: string): string {
    const content = this.content(name);
    return content !== undefined && isUtf8(content) ? this.text(name) : '';
  }

  /** A copy, so that a small field does not keep a large packet alive; `undefined` is nil. */
  blob(name: string, maxBytes = Infinity): Bytes | undefined {
    const content = this.content(name);
    if (content === undefined) return undefined;
    if (content.length <= maxBytes) return new Uint8Array(content);
    this.refuse('TOO_LARGE', `${name} has more than ${maxBytes} bytes`);
    return undefined;
  }

  /** The bytes of a raw where they are; `undefined` is nil. */
  content(name: string): Bytes | undefined {
    const field = this.field(name);
    if (field === undefined) return undefined;
    if (field.head.kind === 'raw') return this.bytes.subarray(field.start, field.start + field.head.value);
    this.refuse('WRONG_KIND', `${name} is not a string or byte slice`);
    return undefined;
  }

  /** Notes a fault; the first one stays. */
  refuse(code: WireFaultCode, detail: string): void {
    this.firstFault ??= { code, detail };
  }

  private field(name: string): Field | undefined {
    const field = this.found.get(name);
    return field?.head.kind === 'nil' ? undefined : field;
  }
}
