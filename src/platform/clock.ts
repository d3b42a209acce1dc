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

/** Real wall time: the system's milliseconds, made strictly increasing, with the monotonic clock's finer digits. */
export function systemWallClock(): WallClock {
  let last = 0n;
  return {
    nowNs: () => {
      // timeOrigin + now() has microseconds but does not follow clock adjustments, so only its fraction below 1 ms is used.
      const fine = BigInt(Math.floor((performance.now() % 1) * 1e6));
      const now = BigInt(Date.now()) * 1_000_000n + fine;
      last = now > last ? now : last + 1n;
      return last;
    },
  };
}
