import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isCutOff, nestsDeeperThan } from '../../src/service/nesting.js';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('nesting of a JSON text', () => {
  test('is that of the value it stands for, whatever its strings hold', () => {
    const value = fc.jsonValue({ maxDepth: 6, stringUnit: fc.constantFrom('a', '"', '\\', '[', '{', ']', '}') });
    fc.assert(
      fc.property(value, (json) => {
        const depth = depthOf(json);
        const text = JSON.stringify(json);
        expect(nestsDeeperThan(depth, text)).toBe(false);
        if (depth > 0) expect(nestsDeeperThan(depth - 1, text)).toBe(true);
      }),
    );
  });

  test.each([
    ['open brackets without end', '['.repeat(50), true],
    ['a string without end', '"[[[[[[[[[[', false],
    ['closed before opened', ']]]]]]', false],
    ['a quote that is escaped in a string that hides brackets', '"\\"[[[[[["', false],
    ['a backslash that is escaped at the end of a string', '["\\\\",[[[[[[', true],
  ])('%s', (_name, text, isDeep) => {
    expect(nestsDeeperThan(4, text)).toBe(isDeep);
  });
});

describe('a text that is no JSON', () => {
  test('is cut off wherever it is cut, but for white space at its end', () => {
    const text = ' {"a":["]}\\"",{"b":[1,2]}]}';
    for (let end = 0; end < text.length; end += 1) expect([end, isCutOff(text.slice(0, end))]).toEqual([end, true]);
    expect(isCutOff(`${text} `)).toBe(false);
  });

  test('is not cut off when it goes wrong before its end', () => {
    for (const text of ['<html></html>', '{"a":}', 'nul', '{}}', 'x ""']) expect(isCutOff(text)).toBe(false);
  });
});
