import { describe, expect, test } from '@jest/globals';
import { csvLines, csvWords } from '../../../src/haproxy/runtime-api/csv-line.js';

describe('a line as HAProxy writes it', () => {
  test.each([
    ['a,b,,c,', ['a', 'b', '', 'c', '']],
    [',', ['', '']],
    [',"a",', ['', 'a', '']],
    ['"a, b",c', ['a, b', 'c']],
    ['a,"it said ""no"", twice",', ['a', 'it said "no", twice', '']],
  ])('%s', (line, words) => {
    expect(csvWords(line)).toEqual(words);
  });

  test('goes on where its text does', () => {
    expect(csvLines('a,"b\n\nb ""c""",d\ne,"f"\n')).toEqual(['a,"b\n\nb ""c""",d', 'e,"f"', '']);
    expect(csvLines('a,"b\nc')).toEqual(['a,"b\nc\n']);
  });

  test('has its first words alone when no more are wanted', () => {
    expect(csvWords('a,b,c,d', 2)).toEqual(['a', 'b']);
    expect(csvWords('a,"b",c', 2).slice(0, 2)).toEqual(['a', 'b']);
  });
});
