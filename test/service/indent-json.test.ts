import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { indentJson } from '../../src/service/indent-json.js';

describe('indented JSON', () => {
  test('has the lines that JSON.stringify gives for the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(indentJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  test('punctuation inside strings is text', () => {
    expect(indentJson(String.raw`{"a{":"b\":[1,2]},"}`)).toBe(`{\n  "a{": ${String.raw`"b\":[1,2]},"`}\n}`);
  });

  test('a level indents every line but the first', () => {
    expect(indentJson('{"a":[1,{}]}', 2)).toBe('{\n      "a": [\n        1,\n        {}\n      ]\n    }');
  });
});
