/** Where JSON text stops being JSON, or being of a size that is worth reading. */
export interface SyntaxFault {
  /** `JSON_TRUNCATED` when only an end is missing, as in a half-written file. */
  readonly code: 'JSON_TRUNCATED' | 'JSON_SYNTAX' | 'JSON_TOO_DEEP' | 'TOO_MANY_VALUES';
  /** From 1. */
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
  /** What stands there, at most 20 characters of it. */
  readonly seen: string;
  readonly expected: string;
}

export interface JsonLimits {
  /** How many brackets may be open at once. */
  readonly maxDepth: number;
  /** Elements and members, whatever they hold. */
  readonly maxValues: number;
}

type Place = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'end-of-text';

const EXPECTED: Readonly<Record<Place, string>> = {
  value: 'a value',
  'value-or-end': 'a value or ]',
  key: 'a member name in double quotes',
  'key-or-end': 'a member name in double quotes or }',
  colon: 'a colon',
  'comma-or-end': 'a comma or the closing bracket',
  'end-of-text': 'nothing more',
};

type Mark = '{' | '}' | '[' | ']' | ',' | ':';
type Token = { readonly kind: Mark | 'string' | 'scalar'; readonly end: number };

const SPACE = new Set([' ', '\t', '\r', '\n']);
const MARKS: ReadonlySet<string> = new Set<Mark>(['{', '}', '[', ']', ',', ':']);
const HEX = /^[0-9a-fA-F]{4}$/;
const HEX_BEGUN = /^[0-9a-fA-F]{0,3}$/;
const SCALAR = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/;
/** What a number or word could consist of: the text up to anything else is one scalar, or none. */
const IN_SCALAR = /[\w.+-]/;
/** No number needs more digits than this; the bound keeps the expression above off texts of megabytes. */
const MAX_SCALAR = 1_000;

/**
 * Finds the first place where `text` breaks the grammar of JSON (RFC 8259) or a limit. Node's own message often names no
 * position, and its parser spends seconds and a gigabyte on deep nesting. Here the time is linear and the memory bounded by the
 * limits, whatever the text: it is read character by character, since an expression for a whole string can overflow its stack.
 *
 * @returns undefined for correct JSON within the limits
 */
export function syntaxFaultOf(text: string, limits: JsonLimits): SyntaxFault | undefined {
  const open: ('{' | '[')[] = [];
  let place: Place = 'value';
  let values = 0;
  let at = afterSpaces(text, 0);
  while (true) {
    const token = tokenAt(text, at);
    if (!token) break;
    if (startsValue(place, token)) {
      values += 1;
      if (values > limits.maxValues) return fault('TOO_MANY_VALUES', text, at, `at most ${limits.maxValues} values`);
    }
    const next = after(place, open, token);
    if (next === undefined) break;
    if (open.length > limits.maxDepth)
      return fault('JSON_TOO_DEEP', text, at, `at most ${limits.maxDepth} levels of brackets`);
    place = next;
    at = afterSpaces(text, token.end);
  }
  const ends = at === text.length;
  if (ends && place === 'end-of-text') return undefined;
  return fault(ends || isCutString(text, at) ? 'JSON_TRUNCATED' : 'JSON_SYNTAX', text, at, EXPECTED[place]);
}

function fault(code: SyntaxFault['code'], text: string, at: number, expected: string): SyntaxFault {
  let line = 1;
  let lineStart = 0;
  for (let end = text.indexOf('\n'); end !== -1 && end < at; end = text.indexOf('\n', lineStart)) {
    line += 1;
    lineStart = end + 1;
  }
  return { code, line, column: at - lineStart + 1, seen: text.slice(at, at + 20), expected };
}

function afterSpaces(text: string, start: number): number {
  let at = start;
  while (SPACE.has(text.charAt(at))) at += 1;
  return at;
}

/** @returns undefined when no token stands there, or only the beginning of one */
function tokenAt(text: string, at: number): Token | undefined {
  const first = text.charAt(at);
  if (isMark(first)) return { kind: first, end: at + 1 };
  if (first === '"') {
    const { end, closed } = stringAt(text, at);
    return closed ? { kind: 'string', end } : undefined;
  }
  let end = at;
  while (end - at <= MAX_SCALAR && IN_SCALAR.test(text.charAt(end))) end += 1;
  return SCALAR.test(text.slice(at, end)) ? { kind: 'scalar', end } : undefined;
}

const isMark = (char: string): char is Mark => MARKS.has(char);

/** Where the string that begins at `at` ends, or where it stops being one. */
function stringAt(text: string, at: number): { readonly end: number; readonly closed: boolean } {
  let end = at + 1;
  while (end < text.length) {
    const char = text.charAt(end);
    if (char === '"') return { end: end + 1, closed: true };
    if (char < ' ') break;
    if (char !== '\\') {
      end += 1;
      continue;
    }
    const escaped = text.charAt(end + 1);
    if (escaped === 'u' && HEX.test(text.slice(end + 2, end + 6))) end += 6;
    else if (escaped !== '' && '"\\/bfnrt'.includes(escaped)) end += 2;
    else break;
  }
  return { end, closed: false };
}

/** Whether a string begins there that only the end of the text cuts off. */
function isCutString(text: string, at: number): boolean {
  if (text.charAt(at) !== '"') return false;
  const rest = text.slice(stringAt(text, at).end);
  return rest === '' || rest === '\\' || (rest.startsWith('\\u') && HEX_BEGUN.test(rest.slice(2, 7)));
}

const startsValue = (place: Place, { kind }: Token): boolean =>
  (place === 'value' || place === 'value-or-end') && kind !== ']';

/** @returns the place after this token, or undefined when it may not stand at `place` */
function after(place: Place, open: ('{' | '[')[], { kind }: Token): Place | undefined {
  const valueEnded = (): Place => (open.length === 0 ? 'end-of-text' : 'comma-or-end');
  const closes = place === 'comma-or-end' || place === (open.at(-1) === '{' ? 'key-or-end' : 'value-or-end');
  if ((kind === '}' && open.at(-1) === '{' && closes) || (kind === ']' && open.at(-1) === '[' && closes)) {
    open.pop();
    return valueEnded();
  }
  switch (place) {
    case 'value':
    case 'value-or-end':
      if (kind === '{' || kind === '[') {
        open.push(kind);
        return kind === '{' ? 'key-or-end' : 'value-or-end';
      }
      return kind === 'string' || kind === 'scalar' ? valueEnded() : undefined;
    case 'key':
    case 'key-or-end':
      return kind === 'string' ? 'colon' : undefined;
    case 'colon':
      return kind === ':' ? 'value' : undefined;
    case 'comma-or-end':
      if (kind !== ',') return undefined;
      return open.at(-1) === '{' ? 'key' : 'value';
    case 'end-of-text':
      return undefined;
  }
}
