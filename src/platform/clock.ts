import type { Clock, Random, WallClock } from '../lib/ports.js';
import { randomInt } from 'node:crypto';

/** Real monotonic time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (delayMs, act) => {
    const timer = setTimeout(act, delayMs);
    return () => clearTimeout(timer);
  },
};

export const systemRandom: Random = { below: (n) => randomInt(n) };

/** A clock that was set back by more than this is obeyed: time that stood still for an hour would do more harm than going back. */
const STEP_BACK_NS = 1_000_000_000n;

/**
 * Real wall time: the system's milliseconds with the monotonic clock's finer digits, strictly increasing, unless the system's
 * clock is set back by more than a second.
 */
export function systemWallClock(systemMs: () => number = () => Date.now()): WallClock {
  let last = 0n;
  return {
    nowNs: () => {
      // timeOrigin + now() has microseconds but does not follow clock adjustments, so only its fraction below 1 ms is used.
      const fine = BigInt(Math.floor((performance.now() % 1) * 1e6));
      const now = BigInt(systemMs()) * 1_000_000n + fine;
      last = now > last || now < last - STEP_BACK_NS ? now : last + 1n;
      return last;
    },
  };
}
