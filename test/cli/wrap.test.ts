import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { wrapped } from '../../src/cli/wrap.js';

test('lines break at spaces before column 80, and what follows is indented', () => {
  const words = 'word '.repeat(20).trim();
  const rest = 'word '.repeat(5).trim();
  expect(wrapped(words, '! ')).toEqual([`! ${'word '.repeat(15).trim()}`, `  ${rest}`]);
});

test('a word that is too long stays whole, since it is to be copied', () => {
  const path = `/${'x'.repeat(100)}`;
  expect(wrapped(`in ${path} now`, '> ', '    ')).toEqual(['> in', `    ${path}`, '    now']);
  expect(wrapped(path, '> ')).toEqual([`> ${path}`]);
});

test('line breaks stay, other controls are shown instead of obeyed', () => {
  expect(wrapped('a\n\nb\u001b[2J', '! ')).toEqual(['! a', '', '  b\\u001b[2J']);
});

test('no word is lost, and no line of short words is too long', () => {
  const word = fc.stringMatching(/^[a-z]{1,20}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), (words) => {
      const lines = wrapped(words.join(' '), 'first: ');
      expect(lines.join(' ').replace('first: ', '').split(/ +/)).toEqual(words);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    }),
  );
});
