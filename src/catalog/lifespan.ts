import type { Millis } from '../lib/ports.js';
import { Status } from '../service/service.js';

/**
 * How long a record lives without news of it (contract section 6.5). Unhealthy and unknown records expire like alive ones: the
 * original kept those of a vanished host for ever.
 */
export const LIFESPANS = {
  live: 80_000,
  draining: 10 * 60_000,
  tombstone: 3 * 3_600_000,
} as const satisfies Record<string, Millis>;

export function lifespanOf(status: Status): Millis {
  if (status === Status.Tombstone) return LIFESPANS.tombstone;
  return status === Status.Draining ? LIFESPANS.draining : LIFESPANS.live;
}
