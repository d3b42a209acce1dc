import type { ServiceGroup } from '../../data/catalog.js';
import type { DrainWish } from '../../data/drain.js';
import { keyOf, type Instance } from '../../data/instance.js';

/** For how long, as the agent takes it; empty: until somebody ends it. */
export const DRAIN_TIMES: readonly { readonly value: string; readonly label: string }[] = [
  { value: '', label: 'until somebody ends it' },
  { value: '5m', label: '5 minutes' },
  { value: '15m', label: '15 minutes' },
  { value: '30m', label: '30 minutes' },
  { value: '1h', label: '1 hour' },
  { value: '4h', label: '4 hours' },
  { value: '12h', label: '12 hours' },
  { value: '24h', label: '24 hours' },
];

/** The same for who has a shell. */
export function drainCommand(id: string, wish: DrainWish): string {
  const word = /^[\w.:-]+$/.test(id) ? id : `'${id.replaceAll("'", `'\\''`)}'`;
  if (wish.does === 'end') return `sidecar drain ${word} --end`;
  return `sidecar drain ${word}${wish.forTime === undefined ? '' : ` --for ${wish.forTime}`}`;
}

/** What it will do, in a sentence. */
export const effectText = (does: DrainWish['does']): string =>
  does === 'begin'
    ? 'Every HAProxy of the cluster gives it nothing new; what it has begun, it may end. This outlives a restart of the agent.'
    : 'It gets requests again, on every host, some two seconds from now.';

/** Whether nothing of the service is left for new requests. */
export const isLastAlive = (instance: Instance, group: ServiceGroup | undefined): boolean =>
  instance.status === 'Alive' &&
  group !== undefined &&
  !group.instances.some(
    (other) => other.status === 'Alive' && keyOf(other.host, other.id) !== keyOf(instance.host, instance.id),
  );
