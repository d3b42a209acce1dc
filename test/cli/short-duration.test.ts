import { expect, test } from '@jest/globals';
import { shortDuration } from '../../src/cli/short-duration.js';

test.each([
  [0, '0.0ms'],
  [0.61, '0.6ms'],
  [12.4, '12ms'],
  [999.4, '999ms'],
  [1000, '1.0s'],
  [59_400, '59s'],
  [90_000, '1.5m'],
  [86_399_000, '24h'],
  [86_400_000, '1.0d'],
  [2_073_600_000, '24d'],
])('%d ms in a narrow column is %s', (ms, text) => {
  expect(shortDuration(ms)).toBe(text);
});
