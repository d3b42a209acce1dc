import { expect, test } from '@jest/globals';
import { oncePerSecond } from '../../src/http/once-per-second.js';
import { time } from './support.js';

test('a page is made once a second at most, and again when the clock was set back', () => {
  const began = time('2026-11-22T11:10:15Z');
  const ms = 1_000_000n;
  let now = began;
  let made = 0;
  const page = oncePerSecond({ nowNs: () => now }, (at) => {
    made += 1;
    return `${(at - began) / ms}`;
  });
  const seenAt = (at: bigint): string => {
    now = began + at * ms;
    return page().toString();
  };
  expect(made).toBe(0);
  expect([0n, 1n, 999n, 1000n, 1999n, 2500n, 2499n, 3498n].map(seenAt)).toEqual(
    ['0', '0', '0', '1000', '1000', '2500', '2499', '2499'], // and so on from when it was made
  );
  expect(made).toBe(4);
});
