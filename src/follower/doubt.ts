import type { Millis } from '../lib/ports.js';
import { Status, type Service } from '../service/service.js';
import type { State } from '../service/state-codec.js';
import type { Held } from './mirror.js';

/**
 * So long an upstream that is newly met and knows nothing to route is not believed, unless as little is held: it may have just been
 * started, and without a state of ours a running HAProxy still has servers.
 */
export const EMPTY_HOLD_MS: Millis = 30_000;
export const KNOWS_NOTHING = `knows no service to route; if it still knows none after ${EMPTY_HOLD_MS / 1000} s, it is believed`;

type Records = Pick<State, 'servers'>;

/** Whether both were said by the same Sidecar: behind one address there may be several, and one may have several addresses. */
export function isSameSource(a: Pick<Held, 'from' | 'state'>, b: Pick<Held, 'from' | 'state'>): boolean {
  const [name, other] = [a.state.hostname, b.state.hostname];
  return name === '' && other === '' ? a.from === b.from : name === other;
}

/**
 * Whether `next` is what the one who said `held` had said before. Its `LastChanged` is earlier, and no record in it is later or new: an
 * original sets `LastChanged` back when it has news of an old event (contract section 13, fault 3), and that must not be missed. What
 * was held with a time of the future counts as of when it came, or a clock that was once wrong would outlast all that follows.
 */
export function isOlder(next: State, { state: held, at }: Pick<Held, 'state' | 'at'>): boolean {
  if (next.lastChanged >= held.lastChanged || next.lastChanged >= at) return false;
  for (const { name, services } of next.servers.values()) {
    const known = held.servers.get(name)?.services;
    for (const { id, updated } of services.values()) {
      const stored = known?.get(id);
      if (!stored || updated > stored.updated) return false;
    }
  }
  return true;
}

/** Whether no service of it could be reached through HAProxy. */
export function isHollow({ servers }: Records): boolean {
  for (const { services } of servers.values()) {
    for (const service of services.values()) if (isRoutable(service)) return false;
  }
  return true;
}

const isRoutable = ({ status, ports }: Service): boolean =>
  (status === Status.Alive || status === Status.Draining) &&
  (ports ?? []).some(({ type, servicePort }) => type === 'tcp' && servicePort > 0);
