import type { Millis, WallClock } from '../lib/ports.js';

/** Unix time in whole milliseconds. */
export const nowMs = ({ wall }: { readonly wall: WallClock }): Millis => Number(wall.nowNs() / 1_000_000n);
