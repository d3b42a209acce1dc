import type { Timestamp } from '../service/timestamp.js';

const NS_PER_TENTH = 100_000_000n;
/** Each unit with its length in tenths of a second. */
const UNITS = [
  ['day', 864_000],
  ['hour', 36_000],
  ['min', 600],
] as const;

/**
 * How long ago `time` was, as the original prints it: `1.0 sec ago`, `10.0 secs ago`, `2.5 mins ago`. A time that never was
 * (1970 or before) reads `never`; one that is still to come, as of a host whose clock is ahead, `0.0 secs ago`.
 */
export function ago(time: Timestamp, now: Timestamp): string {
  if (time <= 0n) return 'never';
  const tenths = Math.max(0, Number((now - time) / NS_PER_TENTH));
  const [unit, length] = UNITS.find(([, atLeast]) => tenths >= atLeast) ?? ['sec', 10];
  const count = (tenths / length).toFixed(1);
  return `${count} ${unit}${count === '1.0' ? '' : 's'} ago`;
}
