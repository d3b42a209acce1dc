import { expect, test } from '@jest/globals';
import { systemWallClock } from '../../src/platform/clock.js';

const HOUR_MS = 3_600_000;

test('wall time strictly increases, also while the system stands still or wavers by less than a second', () => {
  let systemMs = 1_800_000_000_000;
  const wall = systemWallClock(() => systemMs);
  let last = wall.nowNs();
  for (const stepMs of [0, 0, 1, -1, -500, 3, 0]) {
    systemMs += stepMs;
    const now = wall.nowNs();
    expect(now).toBeGreaterThan(last);
    last = now;
  }
});

test('a clock that is set back by an hour is obeyed, and time goes on from there', () => {
  let systemMs = 1_800_000_000_000;
  const wall = systemWallClock(() => systemMs);
  const before = wall.nowNs();
  systemMs -= HOUR_MS;
  const after = wall.nowNs();
  expect(Number(before - after) / 1e6).toBeCloseTo(HOUR_MS, -1);
  systemMs += 1000;
  expect(Number(wall.nowNs() - after) / 1e6).toBeCloseTo(1000, -1);
});
