import { expect, test } from '@jest/globals';
import { isScheduled } from '../../src/follower/schedule.js';

test.each([
  [3, 0, true],
  [0, 2, true],
  [2, 3, false],
  [3, 2, false],
  [1, 2, false],
  [0, 3, true],
  [2, 1, true],
  [9, 0, true],
  [1, 1, true],
  [0, 4, true],
  [3, 4, true],
  [0, 9, false],
])('a change from status %i to %i has HAProxy changed: %j (contract section 10.5)', (previous, next, expected) => {
  expect(isScheduled(previous, next)).toBe(expected);
});
