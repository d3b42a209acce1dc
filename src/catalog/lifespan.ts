import { Status } from '../service/service.js';
import { nsFromMs } from '../service/timestamp.js';

/**
 * How long a record lives without news of it (contract section 6.5), in nanoseconds. Unhealthy and unknown records expire
 * like alive ones: the original kept those of a vanished host for ever.
 */
export const LIFESPANS = {
  live: nsFromMs(80_000),
  draining: nsFromMs(10 * 60_000),
  tombstone: nsFromMs(3 * 3_600_000),
} as const;

export function lifespanOf(status: Status): bigint {
  if (status === Status.Tombstone) return LIFESPANS.tombstone;
  return status === Status.Draining ? LIFESPANS.draining : LIFESPANS.live;
}
