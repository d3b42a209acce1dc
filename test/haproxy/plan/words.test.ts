import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { wordsOf } from '../../../src/haproxy/plan/words.js';

test.each<[string, string, readonly string[]]>([
  ['white space separates', '\tbind  *:80\tssl ', ['bind', '*:80', 'ssl']],
  ['a comment ends a line, even within a word', 'bind :80#x y', ['bind', ':80']],
  ['a line may have no words', '  # nothing', []],
  ['an escaped # is part of a word', 'a\\#b', ['a#b']],
  ['a quoted # is part of a word', '"a#b" \'c#d\'', ['a#b', 'c#d']],
  ['quotes may begin within a word', 'a"b"\'c\'d', ['abcd']],
  ['double and single quotes are alike', '"a b" \'a b\'', ['a\\ b', 'a\\ b']],
  ['an escaped space is like a quoted one', 'a\\ b', ['a\\ b']],
  ['a single quote in double quotes is itself', '"it\'s"', ["it's"]],
  ['an escaped quote is a character', '\\"a\\\'', ['\\"a\'']],
  ['an empty word is a word', 'a "" b', ['a', '""', 'b']],
  ['two quotes with a blank are another word', 'a " " b', ['a', '\\ ', 'b']],
  ['control characters have one spelling', '"\\t\\n\\r"\\x01\u0001\u007f', ['\\t\\n\\r\\x01\\x01\\x7f']],
  ['a byte may be written in hexadecimal', '\\x41\\x5C\\x20', ['A\\\\\\ ']],
  ['a byte of a longer character stays a byte', '\\xC3', ['\\xc3']],
  ['other backslashes are themselves', '^\\d+\\.$', ['^\\\\d+\\\\.$']],
  ['a backslash in single quotes is itself', "'\\d\\ '", ['\\\\d\\\\\\ ']],
  [
    'a variable in double quotes is not its name',
    '"$HOME" $HOME \'$HOME\' "\\$HOME"',
    ['"$"HOME', '$HOME', '$HOME', '$HOME'],
  ],
  ['a backslash at the end is itself', 'a\\', ['a\\\\']],
  ['a carriage return ends a line', 'a b\r', ['a', 'b']],
  ['a non-breaking space is no space', 'a\u00a0b', ['a\u00a0b']],
  ['an open quote is a line that HAProxy refuses', '"a b', ['a\\ b', '"']],
  ['so are two digits that are not hexadecimal', 'a\\x4g', ['a\\\\x4g', '"']],
])('%s: %j', (_what, line, expected) => expect(wordsOf(line)).toEqual(expected));

const rarely = fc.constantFrom(
  'a',
  'b',
  ' ',
  '\t',
  '\\',
  '"',
  "'",
  '#',
  '$',
  '{',
  '\r',
  '\0',
  'é',
  '\\x41',
  '\\t',
  '\\ ',
);
const line = fc.array(rarely, { maxLength: 12 }).map((parts) => parts.join(''));

test('no word contains a blank or a line break that is not escaped, whatever the line', () => {
  fc.assert(
    fc.property(line, (text) => {
      for (const word of wordsOf(text)) {
        expect(word).not.toBe('');
        expect(word.replace(/\\[\\ ]/g, '')).not.toMatch(/[ \t\n\r]/);
      }
    }),
  );
});

test('words in quotes of one kind, the other, or with escapes are the same words, and other words are not', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '#', '$', '\\', '"', "'"), maxLength: 5 });
  const single = (text: string): string => text.replace(/'/g, `'"'"'`).replace(/^.*$/, (all) => `'${all}'`);
  const double = (text: string): string => `"${text.replace(/[\\"$]/g, '\\$&')}"`;
  const escaped = (text: string): string => (text === '' ? '""' : text.replace(/[\\"'# ]/g, '\\$&'));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), fc.array(word, { maxLength: 4 }), (a, b) => {
      const seen = [single, double, escaped].map((quote) => wordsOf(a.map(quote).join(' ')).join(' '));
      expect(new Set(seen).size).toBe(1);
      const isSame = wordsOf(b.map(single).join(' ')).join(' ') === seen[0];
      expect(isSame).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});
