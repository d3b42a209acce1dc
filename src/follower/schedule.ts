import { Status } from '../service/service.js';

/**
 * Whether a posted change has HAProxy brought to the state that came with it (contract section 10.5). What is not scheduled reaches
 * HAProxy with the next change that is.
 *
 * @param previous the status before the change
 */
export function isScheduled(previous: Status, next: Status): boolean {
  switch (next) {
    case Status.Alive:
    case Status.Tombstone:
    case Status.Draining: // as v2's receiver; the original haproxy-api is older than this status
      return true;
    case Status.Unhealthy:
    case Status.Unknown:
      return previous === Status.Alive;
    default:
      return false;
  }
}
