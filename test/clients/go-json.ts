/** What Go's decoder refuses, and with it the program. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** A JSON object as Go's decoder reads it: key names match whatever their case, unknown ones are passed over, types must fit. */
export class GoObject {
  private readonly byName: ReadonlyMap<string, unknown>;

  private constructor(fields: object) {
    this.byName = new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
  }

  static parse(text: string): GoObject {
    return GoObject.of(parsed(text), 'the body');
  }

  static of(value: unknown, what: string): GoObject {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new DecodeError(`${what}: no object`);
    return new GoObject(value);
  }

  /** A key that is missing reads as Go's zero value would: never so in what these programs are given. */
  private get(name: string): unknown {
    if (!this.byName.has(name.toLowerCase())) throw new DecodeError(`${name} is missing`);
    return this.byName.get(name.toLowerCase());
  }

  text(name: string): string {
    const value = this.get(name);
    if (typeof value !== 'string') throw new DecodeError(`${name}: no string`);
    return value;
  }

  integer(name: string): number {
    const value = this.get(name);
    if (!Number.isSafeInteger(value)) throw new DecodeError(`${name}: no integer`);
    return value as number;
  }

  /** In nanoseconds; RFC 3339 with up to nine digits of a fraction. */
  time(name: string): bigint {
    const text = this.text(name);
    const [, seconds, fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(text) ?? [];
    const ms = Date.parse(`${seconds ?? ''}Z`);
    if (Number.isNaN(ms)) throw new DecodeError(`${name}: ${text} is no time`);
    return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
  }

  object(name: string): GoObject {
    return GoObject.of(this.get(name), name);
  }

  /** The values of a map, by key; here the case of keys counts. */
  map(name: string): ReadonlyMap<string, GoObject> {
    return new Map(entriesOf(this.get(name), name).map(([key, value]) => [key, GoObject.of(value, key)]));
  }

  /** `null` is a list without items. */
  list(name: string): readonly GoObject[] {
    return listOf(this.get(name), name);
  }
}

/** A whole text that is a map of lists. */
export const listsByKey = (text: string): ReadonlyMap<string, readonly GoObject[]> =>
  new Map(entriesOf(parsed(text), 'the body').map(([key, items]) => [key, listOf(items, key)]));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DecodeError('no JSON', { cause });
  }
}

function entriesOf(value: unknown, what: string): readonly [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DecodeError(`${what}: no map`);
  return Object.entries(value);
}

function listOf(value: unknown, what: string): readonly GoObject[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw new DecodeError(`${what}: no list`);
  return value.map((item) => GoObject.of(item, what));
}

/** The texts of the objects of a stream that has one after the other, with or without space in between. */
export async function* objectsOf(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  let [text, depth, isInString, isEscaped] = ['', 0, false, false];
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    for (const char of typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })) {
      if (depth === 0 && /\s/.test(char)) continue;
      text += char;
      if (isEscaped) isEscaped = false;
      else if (isInString) [isInString, isEscaped] = [char !== '"', char === '\\'];
      else if (char === '"') isInString = true;
      else if (char === '{' || char === '[') depth += 1;
      else if (char === '}' || char === ']') depth -= 1;
      if (depth === 0 && !isInString) {
        yield text;
        text = '';
      }
    }
  }
}
