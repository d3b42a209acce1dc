import { expect, test } from '@jest/globals';
import { ago } from '../../src/cli/ago.js';

test.each([
  [-5000, 'just now'],
  [999, 'just now'],
  [12_400, '12s ago'],
  [59_999, '59s ago'],
  [180_000, '3m ago'],
  [7_199_000, '1h ago'],
  [5 * 86_400_000, '5d ago'],
])('%d ms ago is said as %s', (ms, words) => {
  expect(ago(ms)).toBe(words);
});
