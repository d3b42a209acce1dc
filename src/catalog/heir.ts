import { Status, type Service } from '../service/service.js';

/**
 * The later version of a record, with what it must not lose of the one before: its extras, which an original on the way drops, and
 * that it drains, which originals go on to announce as alive (contract section 6.3).
 *
 * @param isFromOrigin whether it comes from its own host, which alone can say that a draining is over
 */
export function heirOf(stored: Service, incoming: Service, isFromOrigin: boolean): Service {
  const drains = stored.status === Status.Draining && incoming.status === Status.Alive && !isFromOrigin;
  const status = drains ? Status.Draining : incoming.status;
  const ext = incoming.ext ?? stored.ext;
  if (status === incoming.status && ext === incoming.ext) return incoming;
  return { ...incoming, status, ...(ext === undefined ? {} : { ext }) };
}
