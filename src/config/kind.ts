import { formatDuration, parseDuration } from '../lib/duration.js';
import type { Millis } from '../lib/ports.js';
import { printable } from '../lib/printable.js';
import type { FindingCode } from './finding.js';

/** What is wrong, or odd, with one value. */
export interface Fault {
  readonly code: FindingCode;
  /** The value, escaped and shortened; never a secret. */
  readonly seen: string;
  readonly expected: string;
  /** Which item of a list: `[2]`. */
  readonly item?: string;
}

/** A value, perhaps with cautions (it is used, but is not what the operator meant), or everything wrong with it. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly cautions: readonly Fault[] }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** A kind of value: how it is read from TOML, from text (flags and environment), and written as TOML again. */
export interface Kind<T> {
  /** As the documentation calls it: `string`, `duration`, `list of URLs`. */
  readonly type: string;
  /** A flag of this kind may be repeated, a variable holds several separated by commas or white space. */
  readonly isList: boolean;
  readonly fromToml: (value: unknown) => Parsed<T>;
  readonly fromText: (text: string) => Parsed<T>;
  /** A value that was refused, as a sentence may show it: escaped, shortened, no secret in it. */
  readonly seen: (value: unknown) => string;
  /** TOML text of the value; a secret is masked. */
  show(value: T): string;
}

export const accept = <T>(value: T, cautions: readonly Fault[] = []): Parsed<T> => ({ ok: true, value, cautions });
export const refuse = (code: FindingCode, seen: string, expected: string): Parsed<never> => ({
  ok: false,
  faults: [{ code, seen, expected }],
});

/** A TOML value of the wrong type, as a sentence may show it. */
export function seenOf(value: unknown): string {
  if (typeof value === 'string') return printable(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'a list';
  return value instanceof Date ? 'a date' : 'a table';
}

/** A TOML string. It may hold line breaks and any printable character. */
export const quote = (text: string): string => JSON.stringify(text).replace(/\u007f/g, '\\u007f');

/** A kind that is written as a string everywhere. */
export function stringKind<T>(
  type: string,
  parse: (text: string) => Parsed<T>,
  show: (value: T) => string,
  seen: (value: unknown) => string = seenOf,
): Kind<T> {
  const fromToml = (value: unknown): Parsed<T> =>
    typeof value === 'string' ? parse(value) : refuse('NOT_A_STRING', seen(value), 'a string in quotes');
  return { type, isList: false, fromToml, fromText: parse, seen, show };
}

export const text: Kind<string> = stringKind('string', (value) => accept(value), quote);

/** The empty string means none. */
export function optional<T>(kind: Kind<T>): Kind<T | undefined> {
  return {
    ...kind,
    fromToml: (value) => (value === '' ? accept(undefined) : kind.fromToml(value)),
    fromText: (value) => (value === '' ? accept(undefined) : kind.fromText(value)),
    show: (value) => (value === undefined ? '""' : kind.show(value)),
  };
}

const GO_BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((word) => [word, false] as const),
]);

export const boolean: Kind<boolean> = {
  type: 'boolean',
  isList: false,
  fromToml: (value) =>
    typeof value === 'boolean' ? accept(value) : refuse('NOT_A_BOOLEAN', seenOf(value), 'true or false, not in quotes'),
  fromText: (value) => {
    const known = GO_BOOLEANS.get(value);
    return known === undefined
      ? refuse('BOOLEAN_SYNTAX', printable(value), 'true or false (or 1, 0, t, f)')
      : accept(known);
  },
  seen: seenOf,
  show: String,
};

/** A whole number from `min` to `max`; 0 is read as `zeroMeans` where the original has a meaning for it. */
export function integer(options: {
  readonly min: number;
  readonly max: number;
  readonly outOfRange?: FindingCode;
  readonly zeroMeans?: number;
}): Kind<number> {
  const { min, max, outOfRange = 'INTEGER_OUT_OF_RANGE', zeroMeans } = options;
  const expected = `a whole number from ${min} to ${max}`;
  const inRange = (value: number | bigint): Parsed<number> => {
    if (value === 0 && zeroMeans !== undefined) return accept(zeroMeans);
    return value < min || value > max ? refuse(outOfRange, String(value), expected) : accept(Number(value));
  };
  return {
    type: 'integer',
    isList: false,
    fromToml: (value) =>
      typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
        ? inRange(value)
        : refuse('NOT_AN_INTEGER', seenOf(value), expected),
    fromText: (value) =>
      /^[+-]?\d+$/.test(value) ? inRange(Number(value)) : refuse('INTEGER_SYNTAX', printable(value), expected),
    seen: seenOf,
    show: String,
  };
}

export const port = integer({ min: 1, max: 65_535, outOfRange: 'PORT_OUT_OF_RANGE' });

/** 24 days, below what a timer can wait; whoever writes more means "practically never". */
const LONGEST_MS: Millis = 576 * 3_600_000;

/** A duration as Go writes it, in milliseconds. Zero is refused unless `zero` says what it means. */
export function duration(options: { readonly zero?: Millis } = {}): Kind<Millis> {
  const { zero } = options;
  const expected = 'a duration such as 200ms, 20s or 1m30s';
  const parse = (value: string): Parsed<Millis> => {
    const parsed = parseDuration(value);
    if (!parsed.ok) return refuse(`DURATION_${parsed.fault}`, printable(value), expected);
    if (parsed.value === 0)
      return zero === undefined ? refuse('DURATION_ZERO', printable(value), `${expected}, above zero`) : accept(zero);
    if (parsed.value <= LONGEST_MS) return accept(parsed.value);
    const most = formatDuration(LONGEST_MS);
    return accept(LONGEST_MS, [
      { code: 'DURATION_SHORTENED', seen: printable(value), expected: `at most ${most}, which is used` },
    ]);
  };
  return {
    type: 'duration',
    isList: false,
    fromToml: (value) => {
      if (value === 0) return parse('0'); // the one number that the original takes for a duration
      return typeof value === 'string'
        ? parse(value)
        : refuse('NOT_A_DURATION', seenOf(value), `${expected}, in quotes`);
    },
    fromText: parse,
    seen: seenOf,
    show: (value) => quote(formatDuration(value)),
  };
}

const LIST_CODES: Readonly<Partial<Record<FindingCode, FindingCode>>> = {
  NOT_A_STRING: 'LIST_ITEM_NOT_A_STRING',
  NOT_AN_INTEGER: 'LIST_ITEM_NOT_AN_INTEGER',
  NOT_A_TABLE: 'LIST_ITEM_NOT_A_TABLE',
};

/** So many wrong items of one list are told; who mends them is told of the next. */
const MAX_ITEM_FAULTS = 20;

/** Any number of values of one kind; in text separated by commas or white space. */
export function list<T>(item: Kind<T>, type = `list of ${item.type}s`): Kind<readonly T[]> {
  const all = (parsed: readonly Parsed<T>[]): Parsed<readonly T[]> => {
    const labelled = (faults: readonly Fault[], i: number): Fault[] =>
      faults.map((fault) => ({ ...fault, code: LIST_CODES[fault.code] ?? fault.code, item: `[${i}]` }));
    const faults = parsed.flatMap((one, i) => (one.ok ? [] : labelled(one.faults, i))).slice(0, MAX_ITEM_FAULTS);
    if (faults.length > 0) return { ok: false, faults };
    const good = parsed.filter((one) => one.ok);
    return accept(
      good.map(({ value }) => value),
      good.flatMap(({ cautions }, i) => labelled(cautions, i)).slice(0, MAX_ITEM_FAULTS),
    );
  };
  return {
    type,
    isList: true,
    fromToml: (value) =>
      Array.isArray(value)
        ? all(value.map((one) => item.fromToml(one)))
        : refuse('NOT_A_LIST', item.seen(value), 'a list in square brackets'),
    fromText: (value) =>
      all(
        value
          .split(/[,\s]+/)
          .filter((part) => part !== '')
          .map((one) => item.fromText(one)),
      ),
    seen: item.seen,
    show: (values) => (values.length === 0 ? '[]' : `[${values.map((value) => item.show(value)).join(', ')}]`),
  };
}
