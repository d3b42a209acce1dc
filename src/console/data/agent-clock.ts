/** An answer says its time to a second, and was on its way; a clock that differs by less from what is known is the same. */
const SAME_CLOCK_MS = 2_000;

/**
 * How far the agent's clock is ahead of this browser's.
 *
 * @param known   what is known of that; it stays until it is surely another
 * @param agentTime when the agent answered, by its own clock
 */
export function aheadOf(known: number, agentTime: number | undefined, now: number): number {
  if (agentTime === undefined || Math.abs(agentTime - now - known) < SAME_CLOCK_MS) return known;
  return Math.abs(agentTime - now) < SAME_CLOCK_MS ? 0 : agentTime - now;
}
