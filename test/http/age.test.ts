import { expect, test } from '@jest/globals';
import { ago } from '../../src/http/age.js';
import { nsFromMs } from '../../src/service/timestamp.js';

const NOW = nsFromMs(1_800_000_000_000);

test.each([
  [0, '0.0 secs ago'],
  [999, '0.9 secs ago'],
  [1_000, '1.0 sec ago'],
  [10_000, '10.0 secs ago'],
  [59_999, '59.9 secs ago'],
  [60_000, '1.0 min ago'],
  [150_000, '2.5 mins ago'],
  [3_600_000, '1.0 hour ago'],
  [86_400_000, '1.0 day ago'],
  [30 * 86_400_000, '30.0 days ago'],
  [-5_000, '0.0 secs ago'],
])('%i ms: %s', (ms, text) => {
  expect(ago(NOW - (ms < 0 ? -nsFromMs(-ms) : nsFromMs(ms)), NOW)).toBe(text);
});

test('a time that never was', () => {
  expect(ago(0n, NOW)).toBe('never');
});
