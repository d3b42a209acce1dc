import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../src/lib/duration.js';

describe('a duration', () => {
  test.each([
    ['20s', 20_000],
    ['1m30s', 90_000],
    ['200ms', 200],
    ['1.5h', 5_400_000],
    ['1.001s', 1001],
    ['.5s', 500],
    ['1.s', 1000],
    ['+1s', 1000],
    ['1h0m0.25s', 3_600_250],
    ['1µs', 0.001],
    ['1μs', 0.001],
    ['1us', 0.001],
    ['1ns', 0.000001],
    ['0', 0],
    ['-0', 0],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: ms });
  });

  test.each([
    ['', 'SYNTAX'],
    ['20', 'SYNTAX'],
    ['s', 'SYNTAX'],
    ['.s', 'SYNTAX'],
    ['1 s', 'SYNTAX'],
    ['1s ', 'SYNTAX'],
    ['1d', 'SYNTAX'],
    ['1S', 'SYNTAX'],
    ['--1s', 'SYNTAX'],
    ['1s-1s', 'SYNTAX'],
    ['-1ns', 'NEGATIVE'],
    ['2562048h', 'TOO_LONG'],
  ])('%j is refused: %s', (text, fault) => {
    expect(parseDuration(text)).toEqual({ ok: false, fault });
  });

  test.each([
    [0, '0s'],
    [0.5, '500µs'],
    [200, '200ms'],
    [1001, '1.001s'],
    [90_000, '1m30s'],
    [3_600_000, '1h0m0s'],
  ])('%d ms is written %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('reads back what it writes, to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 * 365 * 86_400_000 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toEqual({ ok: true, value: ms });
      }),
    );
  });
});
