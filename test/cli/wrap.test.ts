import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NO_TERMINAL } from '../../src/cli/terminal.js';
import { widthOf } from '../../src/cli/text-width.js';
import { wrapped } from '../../src/cli/wrap.js';
import { terminal } from './agent-double.js';

test('lines break at spaces before the last column, and what follows is indented', () => {
  const words = 'word '.repeat(20).trim();
  const rest = 'word '.repeat(5).trim();
  expect(wrapped(words, terminal(80), '! ')).toEqual([`! ${'word '.repeat(15).trim()}`, `  ${rest}`]);
});

test('where there is no terminal nothing is broken', () => {
  const words = 'word '.repeat(100).trim();
  expect(wrapped(`${words}\nend`, NO_TERMINAL, '! ')).toEqual([`! ${words}`, '  end']);
});

test('a word that is longer than a line is broken where the line ends', () => {
  const path = `/${'x'.repeat(99)}`;
  expect(wrapped(`in ${path} now`, terminal(60), '> ', '    ')).toEqual([
    '> in',
    `    ${path.slice(0, 56)}`,
    `    ${path.slice(56)} now`,
  ]);
});

test('nothing is indented where that would leave no room', () => {
  expect(wrapped('what it is', terminal(20), 'a long title: ')).toEqual(['a long title: what', 'it is']);
});

test('line breaks stay, other controls are shown instead of obeyed', () => {
  expect(wrapped('a\n\nb\u001b[2J', terminal(80), '! ')).toEqual(['! a', '', '  b\\u001b[2J']);
});

test('no character is lost, and no line is too long, however wide its characters are', () => {
  const word = fc.stringMatching(/^[a-z日本é🚀]{1,60}$/u);
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 20, max: 140 }),
      (words, columns) => {
        const lines = wrapped(words.join(' '), terminal(columns), 'first: ');
        expect(lines.join('').replace('first:', '').replaceAll(' ', '')).toBe(words.join(''));
        expect(lines.filter((line) => widthOf(line) > columns)).toEqual([]);
      },
    ),
  );
});
