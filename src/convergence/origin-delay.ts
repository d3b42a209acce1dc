import type { Millis } from '../lib/ports.js';
import { msFromNs, type Timestamp } from '../service/timestamp.js';

/**
 * The skew of a host is known from its records: their time less ours at their receipt, at most that of the quickest one. So what makes
 * a clock seem behind may be nothing but the way, which takes some hops of 200 ms in a large cluster, while nothing but the clock makes
 * it seem ahead.
 */
const WAY_MS: Millis = 500;

/**
 * How long a change took from its origin to here. An origin that is ahead is corrected by what is known of it, one that is behind only
 * if the way cannot explain it: otherwise the way of the quickest record would be taken off each delay.
 *
 * @param updated the change's time by its origin's clock
 * @param nowNs   our wall time
 * @param skewMs  how far the origin's clock seems ahead of ours; undefined: nothing is known, or it is ours
 * @returns >= 0
 */
export function originDelayMs(updated: Timestamp, nowNs: Timestamp, skewMs: Millis | undefined): Millis {
  const aheadMs = skewMs === undefined || (skewMs < 0 && skewMs >= -WAY_MS) ? 0 : skewMs;
  return Math.max(0, msFromNs(nowNs - updated) + aheadMs);
}
