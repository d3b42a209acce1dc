import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { patched, patchOf, readPatch } from '../../src/journal/line-patch.js';

const text = fc
  .array(fc.constantFrom('a', 'b', '', 'server x', 'ü\r'), { maxLength: 12 })
  .map((lines) => lines.join('\n'));

describe('a patch', () => {
  test('makes one text of another, to the byte, also after it was written down', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const patch = readPatch(JSON.parse(JSON.stringify(patchOf(before, after))));
        expect(patch && patched(before, patch)).toBe(after);
      }),
    );
  });

  test('has nothing but the lines that differ', () => {
    expect(patchOf('a\nb\nc\n', 'a\nx\ny\nc\n')).toEqual([[1, 1, ['x', 'y']]]);
  });

  test('is as small for a thousand servers that change at once, each in its own place', () => {
    const server = (n: number, word: string): readonly string[] => [
      `backend web${n}`,
      '  mode http',
      `  server web${n}${word}`,
    ];
    const textOf = (changed: (n: number) => boolean, mark: string): string =>
      Array.from({ length: 3_000 }, (_, n) => server(n, changed(n) ? mark : ''))
        .flat()
        .join('\n');
    const [before, after] = [textOf(() => false, ''), textOf((n) => n % 3 === 1, ' disabled')];
    const patch = patchOf(before, after);
    expect(patch?.slice(0, 2)).toEqual([
      [5, 1, ['  server web1 disabled']],
      [14, 1, ['  server web4 disabled']],
    ]);
    expect(patch).toHaveLength(1_000);
    expect(patch && patched(before, patch)).toBe(after);
  });

  test('of lines that changed places moves the fewer', () => {
    const patch = patchOf('a\nb\nc\nd\n', 'b\nc\nd\na\n');
    expect(patch).toEqual([
      [0, 1, []],
      [4, 0, ['a']],
    ]);
  });

  test('is none where too much differs', () => {
    const lines = (word: string): string =>
      Array.from({ length: 3_000 }, (_, i) => `${word}${i}`.padEnd(100)).join('\n');
    expect(patchOf(lines('a'), lines('b'))).toBeUndefined();
  });

  test.each([undefined, {}, [1], [[1, 2]], [[0, 1, [2]]], [['0', 1, []]]])('is not read from %j', (value) => {
    expect(readPatch(value)).toBeUndefined();
  });
});
