import { printable } from '../../lib/printable.js';

/** Something in a target that is not as it must be. */
export interface FieldFault<C extends string = string> {
  readonly code: C;
  /** Where in the target: `Service.Ports[1].IP`; empty for the target itself. */
  readonly field: string;
  /** The value, shortened, safe to print. */
  readonly seen: string;
  readonly expected: string;
}

/**
 * Reads the members of one JSON object as Go's decoder does: an exact key first, else one that differs only in case; `null`
 * is the same as absent; unknown keys are ignored. Faults are collected, and the value read is then the default.
 */
export class Fields<C extends string> {
  private readonly exact: ReadonlyMap<string, unknown>;
  private readonly folded: ReadonlyMap<string, unknown>;

  constructor(
    members: object,
    private readonly at: string,
    private readonly faults: FieldFault<C>[],
  ) {
    const entries: [string, unknown][] = Object.entries(members);
    this.exact = new Map(entries);
    this.folded = new Map(entries.map(([key, value]) => [key.toLowerCase(), value]));
  }

  /** Empty when absent or faulty. */
  text(key: string, code: C): string {
    return this.parsed(key, code, 'a string', (value) => (typeof value === 'string' ? value : undefined)) ?? '';
  }

  /** 0 when absent or faulty. */
  integer(key: string, code: C): number {
    return this.parsed(key, code, 'an integer', (value) => (Number.isInteger(value) ? Number(value) : undefined)) ?? 0;
  }

  /** What `read` makes of the value; undefined when absent or when `read` returns that because it is faulty. */
  parsed<T>(key: string, code: C, expected: string, read: (value: unknown) => T | undefined): T | undefined {
    const value = (this.exact.has(key) ? this.exact.get(key) : this.folded.get(key.toLowerCase())) ?? undefined;
    if (value === undefined) return undefined;
    const result = read(value);
    if (result === undefined) this.fault(key, code, value, expected);
    return result;
  }

  /** The members of an object; those of an empty one when absent or faulty. */
  object(key: string, code: C): Fields<C> {
    return new Fields(this.parsed(key, code, 'an object', asObject) ?? {}, `${this.at}${key}.`, this.faults);
  }

  /** Its elements, each an object; null when absent or faulty, which it also is with more than `max` of them. */
  objects(
    key: string,
    { code, elementCode, tooManyCode }: { readonly code: C; readonly elementCode: C; readonly tooManyCode: C },
    max: number,
  ): readonly Fields<C>[] | null {
    const elements = this.parsed(key, code, 'an array', (value) =>
      Array.isArray(value) ? (value as unknown[]) : undefined,
    );
    if (elements === undefined) return null;
    if (elements.length > max) {
      this.fault(key, tooManyCode, elements.length, `at most ${max} entries`);
      return null;
    }
    return elements.map((element, i) => {
      const members = asObject(element);
      if (!members) this.fault(`${key}[${i}]`, elementCode, element, 'an object');
      return new Fields(members ?? {}, `${this.at}${key}[${i}].`, this.faults);
    });
  }

  private fault(key: string, code: C, value: unknown, expected: string): void {
    this.faults.push({ code, field: `${this.at}${key}`, seen: seen(value), expected });
  }
}

export function asObject(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

/** A JSON value as a person recognises it in the file: strings and numbers themselves, of the rest only the kind. */
export function seen(value: unknown): string {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
