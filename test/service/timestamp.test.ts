import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatTimestamp, parseTimestamp, ZERO_TIME } from '../../src/service/timestamp.js';

describe('timestamps', () => {
  test.each([
    ['2026-11-22T11:12:24Z', 1_795_345_944_000_000_000n],
    ['2026-11-22T11:12:42.9903486Z', 1_795_345_962_990_348_600n],
    ['1970-01-01T00:00:00.000000001Z', 1n],
    ['1969-12-31T23:59:59.5Z', -500_000_000n],
    ['0001-01-01T00:00:00Z', ZERO_TIME],
  ])('%s is read and written exactly', (text, ns) => {
    expect(parseTimestamp(text)).toEqual({ ok: true, value: ns });
    expect(formatTimestamp(ns)).toBe(text);
  });

  test('an offset is taken off', () => {
    expect(parseTimestamp('2026-11-22T12:12:24+01:00')).toEqual(parseTimestamp('2026-11-22T11:12:24Z'));
    expect(parseTimestamp('2026-11-22T05:42:24-05:30')).toEqual(parseTimestamp('2026-11-22T11:12:24Z'));
  });

  test.each([
    '',
    'now',
    '2026-11-22',
    '2026-02-30T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T11:12:24',
    '2026-13-01T00:00:00Z',
    '2026-11-22T11:12:24+24:00',
  ])('%j is refused', (text) => expect(parseTimestamp(text)).toEqual({ ok: false, fault: 'NOT_RFC3339' }));

  test('whatever is written is read back to the nanosecond', () => {
    const years1To9999 = fc.bigInt({ min: ZERO_TIME, max: 253_402_300_799_999_999_999n });
    fc.assert(
      fc.property(years1To9999, (ns) => expect(parseTimestamp(formatTimestamp(ns))).toEqual({ ok: true, value: ns })),
    );
  });
});
