/** The words that begin a section, of HAProxy 2.x and 3.x. */
export const SECTION_KINDS: ReadonlySet<string> = new Set(
  (
    'global defaults frontend backend listen peers resolvers mailers userlist cache program http-errors ring ' +
    'log-forward log-profile fcgi-app crt-store traces acme namespace_list'
  ).split(' '),
);

const NEEDS_CARE = /[^ -~\t\v\f]|["'#\\]/;
const WORD = /[^ \t\v\f]+/g;

/**
 * The words of a line as HAProxy splits it (its configuration manual, section 2.2 "Quoting and escaping"), without comments.
 * Each is in one spelling, whatever its quotes: spaces, quotes, backslashes and control characters are escaped, an empty word
 * is `""`, and a `$` that stands for a variable is `"$"`. So words joined by single spaces are equal only if they are.
 *
 * @returns ends with a single `"` when HAProxy would refuse the line: an open quote, or digits that are not hexadecimal
 */
export function wordsOf(line: string): readonly string[] {
  return NEEDS_CARE.test(line) ? carefulWordsOf(line) : (line.match(WORD) ?? []);
}

/** What no word is otherwise: a quote that is part of a word is escaped. */
const REFUSED = '"';

function carefulWordsOf(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  let isRefused = false;
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (END_OF_LINE.has(char) || (char === '#' && quote === '')) break;
    if (SPACE.has(char) && quote === '') {
      if (word !== undefined) words.push(word || '""');
      word = undefined;
      continue;
    }
    word ??= '';
    if (char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === '$' && quote === '"') word += '"$"';
    else if (char !== '\\' || quote === "'") word += spelled(char);
    else if (line[at + 1] === 'x') {
      const digits = /^[\da-f]{2}/i.exec(line.slice(at + 2, at + 4))?.[0];
      isRefused ||= digits === undefined;
      word += digits === undefined ? '\\\\x' : spelledByte(parseInt(digits, 16));
      at += digits === undefined ? 1 : 3;
    } else {
      const meant = line[at + 1] === '$' && quote === '"' ? '$' : ESCAPES.get(line.charAt(at + 1));
      word += spelled(meant ?? '\\');
      if (meant !== undefined) at += 1;
    }
  }
  if (word !== undefined) words.push(word || '""');
  if (quote !== '' || isRefused) words.push(REFUSED);
  return words;
}

const END_OF_LINE: ReadonlySet<string> = new Set('\n\r\0');
const SPACE: ReadonlySet<string> = new Set(' \t\v\f');
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ...[' ', '\\', '#', "'", '"'].map((char) => [char, char] as const),
]);
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  [' ', '\\ '],
  ['\\', '\\\\'],
  ['"', '\\"'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
]);

const spelled = (char: string): string =>
  SPELLINGS.get(char) ?? (char < ' ' || char === '\x7f' ? hex(char.charCodeAt(0)) : char);

/** A byte above ASCII is part of a character at most, and stays what it is. */
const spelledByte = (byte: number): string => (byte < 0x80 ? spelled(String.fromCharCode(byte)) : hex(byte));

const hex = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`;
