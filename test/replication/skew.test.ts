import { describe, expect, test } from '@jest/globals';
import { Skew } from '../../src/replication/skew.js';

const MINUTE = 60_000;

describe('the skew of a host', () => {
  test('is the largest difference of late, since a record that was long under way shows too little', () => {
    const skew = new Skew();
    skew.sample('h2', -600_040, 0);
    skew.sample('h2', -600_001, 1000);
    skew.sample('h2', -655_000, 2000);
    expect(skew.skewMs('h2', 3000)).toBe(-600_001);
    expect(skew.skewMs('h3', 3000)).toBeUndefined();
  });

  test('follows a clock that was mended, after some minutes', () => {
    const skew = new Skew();
    skew.sample('h2', 90_000, 0);
    for (let minute = 1; minute <= 6; minute += 1) skew.sample('h2', -5, minute * MINUTE);
    expect(skew.skewMs('h2', 6 * MINUTE)).toBe(-5);
  });

  test('is forgotten when nothing comes any more', () => {
    const skew = new Skew();
    skew.sample('h2', 3, 0);
    expect(skew.skewMs('h2', 4 * MINUTE)).toBe(3);
    expect(skew.skewMs('h2', 5 * MINUTE)).toBeUndefined();
    skew.sample('h2', -1, 6 * MINUTE);
    expect(skew.skewMs('h2', 6 * MINUTE)).toBe(-1);
  });

  test('that differs most is found, either way', () => {
    const skew = new Skew();
    expect(skew.largest(0)).toBeUndefined();
    skew.sample('h2', 20, 0);
    skew.sample('h3', -4000, 0);
    skew.sample('h4', 300, 0);
    expect(skew.largest(0)).toEqual({ host: 'h3', skewMs: -4000 });
  });

  test('is kept of so many hosts only, those heard of last', () => {
    const skew = new Skew();
    for (let i = 0; i <= 5000; i += 1) skew.sample(`h${i}`, i, i);
    expect([skew.skewMs('h0', 5000), skew.skewMs('h1', 5000), skew.skewMs('h5000', 5000)]).toEqual([
      undefined,
      1,
      5000,
    ]);
  });
});
