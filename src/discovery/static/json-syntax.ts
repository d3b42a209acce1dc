/** Where JSON text stops being JSON. */
export interface SyntaxFault {
  /** `JSON_TRUNCATED` when only an end is missing, as in a half-written file. */
  readonly code: 'JSON_TRUNCATED' | 'JSON_SYNTAX';
  /** From 1. */
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
  /** What stands there, at most 20 characters of it. */
  readonly seen: string;
  readonly expected: string;
}

const MARK = /[{}[\],:]/;
const STRING = /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*"/;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/;
const TOKEN = new RegExp(`[ \\t\\r\\n]*(?:(${MARK.source})|(${STRING.source})|(${SCALAR.source}))`, 'y');
/** A string that the end of the text cuts off. */
const CUT_STRING =
  /^"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*(?:\\(?:u[0-9a-fA-F]{0,3})?)?$/;

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

/**
 * Finds the first place where `text` breaks the grammar of JSON (RFC 8259). Node's own message often names no position.
 *
 * @returns undefined for correct JSON
 */
export function syntaxFaultOf(text: string): SyntaxFault | undefined {
  const open: ('{' | '[')[] = [];
  let place: Place = 'value';
  let end = 0;
  while (true) {
    TOKEN.lastIndex = end;
    const match = TOKEN.exec(text);
    if (!match) break;
    const next = after(place, open, match);
    if (next === undefined) break;
    place = next;
    end = TOKEN.lastIndex;
  }
  const at = end + (/^[ \t\r\n]*/.exec(text.slice(end))?.[0].length ?? 0);
  const rest = text.slice(at);
  if (rest === '' && place === 'end-of-text') return undefined;
  const before = text.slice(0, at);
  return {
    code: rest === '' || CUT_STRING.test(rest) ? 'JSON_TRUNCATED' : 'JSON_SYNTAX',
    line: before.split('\n').length,
    column: before.length - before.lastIndexOf('\n'),
    seen: rest.slice(0, 20),
    expected: EXPECTED[place],
  };
}

/** @returns the place after this token, or undefined when it may not stand at `place` */
function after(place: Place, open: ('{' | '[')[], [, mark, string, scalar]: RegExpExecArray): Place | undefined {
  const valueEnded = (): Place => (open.length === 0 ? 'end-of-text' : 'comma-or-end');
  const closes = place === 'comma-or-end' || place === (open.at(-1) === '{' ? 'key-or-end' : 'value-or-end');
  if ((mark === '}' && open.at(-1) === '{' && closes) || (mark === ']' && open.at(-1) === '[' && closes)) {
    open.pop();
    return valueEnded();
  }
  switch (place) {
    case 'value':
    case 'value-or-end':
      if (mark === '{' || mark === '[') {
        open.push(mark);
        return mark === '{' ? 'key-or-end' : 'value-or-end';
      }
      return string === undefined && scalar === undefined ? undefined : valueEnded();
    case 'key':
    case 'key-or-end':
      return string === undefined ? undefined : 'colon';
    case 'colon':
      return mark === ':' ? 'value' : undefined;
    case 'comma-or-end':
      if (mark !== ',') return undefined;
      return open.at(-1) === '{' ? 'key' : 'value';
    case 'end-of-text':
      return undefined;
  }
}
