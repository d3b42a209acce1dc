import { formatDuration, parseDuration } from '../lib/duration.js';
import type { Millis } from '../lib/ports.js';
import { printable } from '../lib/printable.js';
import { ok, refused, type Result } from '../lib/result.js';
import { nestsDeeperThan } from './nesting.js';
import { MAX_PORTS, refusalOf, type Refusal, type RefusalCode } from './refusal.js';
import { MAX_SLOW_START_MS, MAX_WEIGHT, type Extras, type Port, type Service } from './service.js';
import { parseTimestamp, ZERO_TIME, type Timestamp } from './timestamp.js';

export type RecordFaultCode =
  RefusalCode | 'TOO_LONG' | 'NOT_JSON' | 'NOT_AN_OBJECT' | 'WRONG_TYPE' | 'TIME_INVALID' | 'OUT_OF_RANGE';

/** Why a text is no record; `field` is empty when it is about the whole. */
export type RecordFault = Omit<Refusal, 'code'> & {
  readonly code: RecordFaultCode;
  /**
   * Which record it would have been, as far as that could be read; not to be trusted, each text at most 255 characters. `updated` is
   * undefined when it could not be read.
   */
  readonly of?: Pick<Service, 'name' | 'hostname' | 'id'> & { readonly updated: Timestamp | undefined };
};

/** More than the largest record that `refusalOf` lets pass needs. */
export const MAX_RECORD_BYTES = 128 * 1024;
/** A state needs eight; peers of other versions may nest what we do not know. */
const MAX_DEPTH = 32;
/** Ten are known; peers of other versions may add some. */
const MAX_KEYS = 64;
const MAX_STATUS = 2 ** 31 - 1;
/** Characters; far beyond what any duration needs. */
const MAX_DURATION = 100;

/**
 * Reads one record from a peer (PROTOCOL 19.2): any order of keys, unknown keys skipped, another case of a key taken when the
 * exact one is missing, null and absent meaning the zero value. Total: whatever else it is, it is refused.
 */
export function decodeService(json: string | Uint8Array): Result<Service, RecordFault> {
  const parsed = parseJson(json, MAX_RECORD_BYTES);
  return parsed.ok ? serviceOf(parsed.value) : parsed;
}

/** The same for a record that is parsed already: one of a state. */
export function serviceOf(value: unknown): Result<Service, RecordFault> {
  const fields = fieldsOf(value, '');
  if (!fields.ok) return fields;
  const read = fields.value;
  const ext = extrasOf(read);
  const record: Service = {
    id: read.text('ID'),
    name: read.text('Name'),
    image: read.text('Image'),
    created: read.time('Created'),
    hostname: read.text('Hostname'),
    ports: portsOf(read),
    updated: read.time('Updated'),
    proxyMode: read.text('ProxyMode'),
    status: read.integer('Status', MAX_STATUS),
    ...(ext === undefined ? {} : { ext }),
  };
  const fault = read.fault ?? refusalOf(record, false);
  if (fault === undefined) return ok(record);
  const { name, hostname, id } = record;
  const updated = record.updated === ZERO_TIME ? undefined : record.updated;
  return refused({ ...fault, of: { name: cut(name), hostname: cut(hostname), id: cut(id), updated } });
}

/** A copy: a slice would keep all of a long text in memory. */
const cut = (text: string): string => Buffer.from(text.slice(0, 255)).toString();

/** @param maxBytes longer texts are not looked at */
export function parseJson(json: string | Uint8Array, maxBytes: number): Result<unknown, RecordFault> {
  if (json.length > maxBytes)
    return refused(fault('TOO_LONG', '', `${json.length} bytes`, `at most ${maxBytes} bytes`));
  const text = typeof json === 'string' ? json : Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString();
  if (nestsDeeperThan(MAX_DEPTH, text))
    return refused(fault('NOT_JSON', '', printable(text), `at most ${MAX_DEPTH} levels`));
  try {
    return ok(JSON.parse(text));
  } catch {
    return refused(fault('NOT_JSON', '', printable(text), 'a JSON object'));
  }
}

/** @param at where the object stands in the record, for the fault; empty for the record itself */
export function fieldsOf(value: unknown, at: string): Result<Fields, RecordFault> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refused(fault('NOT_AN_OBJECT', at, shown(value), 'an object'));
  const keys = Object.keys(value);
  if (keys.length > MAX_KEYS)
    return refused(fault('NOT_AN_OBJECT', at, `${keys.length} keys`, `an object of at most ${MAX_KEYS} keys`));
  return ok(new Fields(value as Readonly<Record<string, unknown>>, keys, at === '' ? '' : `${at}.`));
}

/** The fields of an object by name. What is not as it must be reads as the zero value, and the first such is the fault. */
export class Fields {
  fault: RecordFault | undefined;

  constructor(
    private readonly object: Readonly<Record<string, unknown>>,
    private readonly keys: readonly string[],
    private readonly at: string,
  ) {}

  text(name: string): string {
    const value = this.get(name) ?? '';
    if (typeof value === 'string') return value;
    this.refuse('WRONG_TYPE', name, value, 'a string');
    return '';
  }

  /** Of 0 to `max`; without a `max` any integer that a number holds exactly. */
  integer(name: string, max?: number): number {
    const value = this.get(name) ?? 0;
    const isInRange =
      typeof value === 'number' && Number.isSafeInteger(value) && (max === undefined || (value >= 0 && value <= max));
    if (isInRange) return value;
    const expected = max === undefined ? 'an integer' : `an integer from 0 to ${max}`;
    this.refuse(typeof value === 'number' ? 'OUT_OF_RANGE' : 'WRONG_TYPE', name, value, expected);
    return 0;
  }

  time(name: string): Timestamp {
    const value = this.get(name);
    if (value === undefined) return ZERO_TIME;
    const parsed = typeof value === 'string' ? parseTimestamp(value) : undefined;
    if (parsed?.ok) return parsed.value;
    this.refuse(typeof value === 'string' ? 'TIME_INVALID' : 'WRONG_TYPE', name, value, 'an RFC 3339 time');
    return ZERO_TIME;
  }

  /** A Go duration of at most `maxMs`, to the nearest millisecond. */
  duration(name: string, maxMs: Millis): Millis {
    const value = this.get(name) ?? '0s';
    const parsed = typeof value === 'string' && value.length <= MAX_DURATION ? parseDuration(value) : undefined;
    if (parsed?.ok && parsed.value <= maxMs) return Math.round(parsed.value);
    const code = typeof value === 'string' ? 'OUT_OF_RANGE' : 'WRONG_TYPE';
    this.refuse(code, name, value, `a duration from 0s to ${formatDuration(maxMs)}`);
    return 0;
  }

  /** Undefined when it is null or absent. */
  get(name: string): unknown {
    if (Object.hasOwn(this.object, name)) return this.object[name] ?? undefined;
    const key = this.keys.find((other) => other.length === name.length && other.toLowerCase() === name.toLowerCase());
    return key === undefined ? undefined : (this.object[key] ?? undefined);
  }

  /** Takes over the fault of a part. */
  note(fault: RecordFault | undefined): void {
    this.fault ??= fault;
  }

  refuse(code: RecordFaultCode, name: string, value: unknown, expected: string): void {
    this.note(fault(code, this.at + name, shown(value), expected));
  }
}

function portsOf(record: Fields): readonly Port[] | null {
  const list = record.get('Ports');
  if (list === undefined) return null;
  if (!Array.isArray(list)) {
    record.refuse('WRONG_TYPE', 'Ports', list, 'a list');
    return null;
  }
  return list.slice(0, MAX_PORTS + 1).map((item: unknown, i) => portOf(record, item ?? {}, `Ports[${i}]`));
}

function portOf(record: Fields, item: unknown, at: string): Port {
  const fields = fieldsOf(item, at);
  if (!fields.ok) {
    record.note(fields.fault);
    return { type: '', port: 0, servicePort: 0, ip: '' };
  }
  const read = fields.value;
  const port = {
    type: read.text('Type'),
    port: read.integer('Port'),
    servicePort: read.integer('ServicePort'),
    ip: read.text('IP'),
  };
  record.note(read.fault);
  return port;
}

function extrasOf(record: Fields): Extras | undefined {
  const value = record.get('Ext');
  if (value === undefined) return undefined;
  const fields = fieldsOf(value, 'Ext');
  if (!fields.ok) {
    record.note(fields.fault);
    return undefined;
  }
  const read = fields.value;
  const extras = {
    ...(read.get('Weight') === undefined ? {} : { weight: read.integer('Weight', MAX_WEIGHT) }),
    ...(read.get('SlowStart') === undefined ? {} : { slowStartMs: read.duration('SlowStart', MAX_SLOW_START_MS) }),
  };
  record.note(read.fault);
  return extras;
}

function fault(code: RecordFaultCode, field: string, seen: string, expected: string): RecordFault {
  return { code, field, seen, expected };
}

/** What to say of a value of any type and size. */
function shown(value: unknown): string {
  if (typeof value === 'string') return printable(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return String(value);
}
