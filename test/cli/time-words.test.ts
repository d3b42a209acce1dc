import { describe, expect, test } from '@jest/globals';
import { momentOf } from '../../src/cli/time-words.js';

const NOW = new Date(2026, 10, 23, 12, 0, 0).getTime();
const at = (...parts: [number, number, number, number, number, number]): number => new Date(...parts).getTime();

describe('a time in the words of people', () => {
  test.each([
    ['11:59', at(2026, 10, 23, 11, 59, 0)],
    ['12:00', at(2026, 10, 23, 12, 0, 0)],
    ['7:05:09', at(2026, 10, 23, 7, 5, 9)],
    ['12:01', at(2026, 10, 22, 12, 1, 0)],
    ['now', NOW],
    ['1h', NOW - 3_600_000],
    ['1h30m', NOW - 5_400_000],
    ['90s', NOW - 90_000],
    ['2d', NOW - 172_800_000],
    ['2026-11-23T14:02:00+01:00', Date.parse('2026-11-23T13:02:00Z')],
    ['2026-11-23 14:02Z', Date.parse('2026-11-23T14:02:00Z')],
    ['2024-02-29t00:00:00z', Date.parse('2024-02-29T00:00:00Z')],
  ])('%s is one moment', (word, ms) => {
    const moment = momentOf(word, NOW);
    expect(moment).toMatchObject({ ok: true, value: { ms } });
    expect(moment.ok && Date.parse(moment.value.text)).toBe(ms);
  });

  test('keeps the nanoseconds that it is given', () => {
    const text = '2026-11-23T14:02:00.123456789Z';
    expect(momentOf(text, NOW)).toMatchObject({ ok: true, value: { text } });
  });

  test.each([
    ['14', /may be an hour/],
    ['1763906520', /may be an hour/],
    ['25:00', /no clock shows 25:00/],
    ['12:60', /no clock/],
    ['2026-11-23T14:02', /another moment in every time zone: append Z/],
    ['2026-02-30T00:00:00Z', /no calendar has/],
    ['2026-13-01T00:00:00Z', /no calendar has/],
    ['2pm', /is no time: say 14:02/],
    ['', /is no time/],
    ['-1h', /is no time/],
    ['9999999h', /is no time/],
    ['a\u001b', /"a\\u001b" is no time/],
  ])('%j is refused with one sentence that says what to write', (word, sentence) => {
    const moment = momentOf(word, NOW);
    expect(moment.ok ? '' : moment.fault).toMatch(sentence);
    expect(moment.ok ? '\n' : moment.fault).not.toContain('\n');
  });
});
