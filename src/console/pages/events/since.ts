import type { ServiceGroup } from '../../data/catalog.js';
import { keyOf, type Instance, type Status } from '../../data/instance.js';
import { isPresent } from '../services/groups.js';

/** What is another for an instance than it was. */
export interface Change {
  readonly what: 'added' | 'gone' | 'changed';
  /** As it is; as it was, when it is gone. */
  readonly instance: Instance;
  readonly was: Status | undefined;
  readonly is: Status | undefined;
  /** The image that it had, when it has another one. */
  readonly imageWas: string | undefined;
}

/** What has changed since, by service, host and id. An instance that was gone is as one that was not there. */
export function changesSince(then: readonly Instance[], now: readonly ServiceGroup[]): readonly Change[] {
  const were = presentByKey(then);
  const are = presentByKey(now.flatMap(({ instances }) => instances));
  const changes: Change[] = [];
  for (const [key, was] of were) {
    const is = are.get(key);
    if (!is) {
      changes.push({ what: 'gone', instance: was, was: was.status, is: undefined, imageWas: undefined });
    } else if (is.status !== was.status || is.image !== was.image) {
      const imageWas = is.image === was.image ? undefined : was.image;
      changes.push({ what: 'changed', instance: is, was: was.status, is: is.status, imageWas });
    }
  }
  for (const [key, is] of are)
    if (!were.has(key))
      changes.push({ what: 'added', instance: is, was: undefined, is: is.status, imageWas: undefined });
  const order = ({ service, host, id }: Instance): string => [service, host, id].join('\n');
  return changes.sort((a, b) => (order(a.instance) < order(b.instance) ? -1 : 1));
}

const presentByKey = (instances: readonly Instance[]): ReadonlyMap<string, Instance> =>
  new Map(instances.filter(isPresent).map((instance) => [keyOf(instance.host, instance.id), instance]));
