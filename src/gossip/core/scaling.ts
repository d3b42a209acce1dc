import type { Millis } from '../../lib/ports.js';

/** From this many members on, full exchanges are spaced out: each doubling adds one interval. */
const PUSH_PULL_SCALES_FROM = 32;

/**
 * How often one broadcast is put on the wire before it counts as spread (PROTOCOL 14).
 *
 * @param mult RetransmitMult, a positive integer
 * @param members how many are known, ourselves and the unreaped dead included
 */
export function retransmitLimit(mult: number, members: number): number {
  return mult * Math.ceil(Math.log10(members + 1));
}

/** Time between two full exchanges in a cluster of `members`, so that their sum grows slower than the cluster (PROTOCOL 15). */
export function pushPullInterval(intervalMs: Millis, members: number): Millis {
  if (members <= PUSH_PULL_SCALES_FROM) return intervalMs;
  return intervalMs * (Math.ceil(Math.log2(members) - Math.log2(PUSH_PULL_SCALES_FROM)) + 1);
}

/** The shortest time a suspect gets to refute (PROTOCOL 13): enough for the news to reach it and come back. */
export function suspicionTimeout(mult: number, members: number, probeIntervalMs: Millis): Millis {
  const scale = Math.max(1, Math.log10(Math.max(1, members)));
  return (mult * Math.floor(1000 * scale) * probeIntervalMs) / 1000;
}
