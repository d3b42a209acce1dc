import { instancesOf, isGone, portsOf, statusWord, type Instance, type State } from './instance.js';
import { keyOf } from './instances-table.js';

/** How one instance differs between two states of the catalog. */
export interface InstanceChange {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly service: string;
  readonly host: string;
  readonly instance: string;
  /** What it is, or was; or what of it is different now. */
  readonly text: string;
}

/** What differs, by service; those that are gone count as if they were not there. */
export function changesBetween(before: State, after: State): readonly InstanceChange[] {
  const [old, young] = [livingIn(before), livingIn(after)];
  const removed = [...old].flatMap(([key, instance]) =>
    young.has(key) ? [] : [change('removed', instance, brief(instance))],
  );
  const others = [...young].flatMap(([key, instance]) => {
    const previous = old.get(key);
    if (previous === undefined) return [change('added', instance, brief(instance))];
    const text = differences(previous, instance).join(', ');
    return text === '' ? [] : [change('changed', instance, text)];
  });
  return [...removed, ...others].sort((a, b) => (a.service < b.service ? -1 : a.service > b.service ? 1 : 0));
}

const livingIn = (state: State): ReadonlyMap<string, Instance> =>
  new Map(instancesOf(state).flatMap((instance) => (isGone(instance) ? [] : [[keyOf(instance), instance]])));

const change = (kind: InstanceChange['kind'], { Name, Hostname, ID }: Instance, text: string): InstanceChange => ({
  kind,
  service: Name,
  host: Hostname,
  instance: ID,
  text,
});

const brief = (instance: Instance): string =>
  [statusWord(instance.Status), portsOf(instance), instance.Image]
    .filter((word) => word !== '' && word !== '-')
    .join(' ');

function differences(before: Instance, after: Instance): readonly string[] {
  const facts = (instance: Instance): readonly string[] => {
    const { Name, Status, Image, ProxyMode } = instance;
    return [Name, statusWord(Status), portsOf(instance), Image, ProxyMode];
  };
  const old = facts(before);
  return facts(after).flatMap((now, i) => (now === old[i] ? [] : [`${old[i] ?? ''} → ${now}`]));
}
