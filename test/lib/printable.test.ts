import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { harmless, printable, withoutPassword } from '../../src/lib/printable.js';

describe('text of unknown origin', () => {
  test('is quoted, escaped and cut for a sentence', () => {
    expect(printable('a\n"\u007f')).toBe('"a\\n\\"\\u007f"');
    expect(printable('x'.repeat(100))).toBe(`"${'x'.repeat(80)}…"`);
  });

  test('cannot command a terminal, and keeps its line breaks', () => {
    expect(harmless('a\n\u001b[31mred\u202e')).toBe('a\n\\u001b[31mred\\u202e');
  });

  test('holds no control character afterwards, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/\p{Cc}/u);
        expect(harmless(text).replaceAll('\n', '')).not.toMatch(/\p{C}/u);
      }),
    );
  });
});

describe('a URL', () => {
  test.each([
    ['http://h1:7777/a@b', 'http://h1:7777/a@b'],
    ['http://me:secret@h1:7777', 'http://me:***@h1:7777'],
    ['http://me:se:cr@et@h1/x', 'http://me:***@h1/x'],
  ])('is told without its password: %s', (url, told) => {
    expect(withoutPassword(url)).toBe(told);
  });
});
