import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { syntaxFaultOf } from '../../../src/discovery/static/json-syntax.js';

const LIMITS = { maxDepth: 100, maxValues: 1_000_000 };

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('finding where JSON breaks', () => {
  test.each([
    ['[1,\n  2,]', 'JSON_SYNTAX', 2, 5, ']', 'a value'],
    ['[{"a":1,}]', 'JSON_SYNTAX', 1, 9, '}]', 'a member name in double quotes'],
    ['{"a" 1}', 'JSON_SYNTAX', 1, 6, '1}', 'a colon'],
    ['[1 2]', 'JSON_SYNTAX', 1, 4, '2]', 'a comma or the closing bracket'],
    ['[1}', 'JSON_SYNTAX', 1, 3, '}', 'a comma or the closing bracket'],
    ['[] []', 'JSON_SYNTAX', 1, 4, '[]', 'nothing more'],
    ['["a\nb"]', 'JSON_SYNTAX', 1, 2, '"a\nb"]', 'a value or ]'],
    ['[01]', 'JSON_SYNTAX', 1, 2, '01]', 'a value or ]'],
    ['[{"a":', 'JSON_TRUNCATED', 1, 7, '', 'a value'],
    ['["half', 'JSON_TRUNCATED', 1, 2, '"half', 'a value or ]'],
  ])('%j', (text, code, line, column, seen, expected) => {
    expect(syntaxFaultOf(text, LIMITS)).toEqual({ code, line, column, seen, expected });
  });

  test('it agrees with JSON.parse about what is JSON', () => {
    const nearlyJson = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', ']', '"', ':', '1', '-', '\\', '\u0001', 'null'))
      .map(([json, at, noise]) => {
        const cut = at % (json.length + 1);
        return json.slice(0, cut) + noise + json.slice(cut + (at % 2));
      });
    fc.assert(
      fc.property(nearlyJson, (text) => {
        expect(syntaxFaultOf(text, LIMITS) === undefined).toBe(isJson(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['a string cut', '"ab', 'JSON_TRUNCATED'],
    ['in an escape', '"ab\\', 'JSON_TRUNCATED'],
    ['in a code point', '"ab\\u00e', 'JSON_TRUNCATED'],
    ['after a wrong escape', '"ab\\x', 'JSON_SYNTAX'],
    ['after a wrong code point', '"ab\\u0g', 'JSON_SYNTAX'],
    ['after a control character', '"ab\u0001', 'JSON_SYNTAX'],
  ])('%s', (_what, text, code) => {
    expect(syntaxFaultOf(text, LIMITS)?.code).toBe(code);
  });

  test('so many levels and values are in order, and one more is not', () => {
    const limits = { maxDepth: 3, maxValues: 5 };
    expect(syntaxFaultOf('[[[]]]', limits)).toBeUndefined();
    expect(syntaxFaultOf('[{"a":[[]]}]', limits)).toMatchObject({
      code: 'JSON_TOO_DEEP',
      column: 8,
      expected: 'at most 3 levels of brackets',
    });
    expect(syntaxFaultOf('[1,{"a":1},1]', limits)).toBeUndefined();
    expect(syntaxFaultOf('[1,{"a":1},1,"x"]', limits)).toMatchObject({
      code: 'TOO_MANY_VALUES',
      column: 14,
      seen: '"x"]',
      expected: 'at most 5 values',
    });
  });
});
