import type { KnownInstance, ServiceGroup } from '../../data/catalog.js';
import { isIll, NO_OUTPUTS, type CheckOutputs } from '../../data/check-outputs.js';
import { keyOf, type Status } from '../../data/instance.js';
import { searchWords } from '../../words/search.js';
import { factsOf, isFound, isPresent, type GroupFacts, type Mark } from './groups.js';

/** The lines of the page, from top to bottom. */
export type Row =
  | { readonly kind: 'group'; readonly group: ServiceGroup; readonly facts: GroupFacts }
  | { readonly kind: 'mark'; readonly group: ServiceGroup; readonly mark: Mark }
  | { readonly kind: 'instance'; readonly instance: KnownInstance; readonly output: string | undefined };

/** What the address bar asks for. */
const SHOWS = ['alive', 'unhealthy', 'draining', 'unknown', 'gone', 'rolling', 'marked'] as const;
export type Show = (typeof SHOWS)[number] | '';

export interface Filter {
  readonly query: string;
  readonly show: Show;
  /** One line for each service. */
  readonly isBrief: boolean;
}

export function filterOf(query: Readonly<Record<string, string>>): Filter {
  const show = SHOWS.find((each) => each === query['show']) ?? '';
  return { query: query['q'] ?? '', show, isBrief: query['view'] === 'brief' };
}

const STATUS_SHOWN: Readonly<Partial<Record<Show, Status>>> = {
  alive: 'Alive',
  unhealthy: 'Unhealthy',
  draining: 'Draining',
  unknown: 'Unknown',
  gone: 'Tombstone',
};

/**
 * What is left of all groups. A service whose instances are all gone is shown only where it is asked for, or HAProxy holds on to it.
 *
 * @param outputs of checks on other hosts, as far as they are known
 */
export function rowsOf(
  groups: readonly ServiceGroup[],
  marks: ReadonlyMap<string, readonly Mark[]>,
  { query, show, isBrief }: Filter,
  outputs: CheckOutputs = NO_OUTPUTS,
): { readonly rows: readonly Row[]; readonly services: number } {
  const words = searchWords(query);
  const status = STATUS_SHOWN[show];
  const rows: Row[] = [];
  let services = 0;
  for (const group of withMarked(groups, marks)) {
    const facts = factsOf(group);
    const ofGroup = marks.get(group.name) ?? [];
    if (show === 'rolling' && !facts.isRolling) continue;
    if (show === 'marked' && ofGroup.length === 0) continue;
    const instances = group.instances.filter(
      (instance) => (status ? instance.status === status : isPresent(instance)) && isFound(instance, words),
    );
    const isNamed =
      status === undefined && ofGroup.length > 0 && words.every((word) => group.name.toLowerCase().includes(word));
    if (instances.length === 0 && !isNamed) continue;
    services += 1;
    rows.push({ kind: 'group', group, facts });
    rows.push(...ofGroup.map((mark): Row => ({ kind: 'mark', group, mark })));
    if (!isBrief) rows.push(...instances.map((instance) => instanceRow(instance, outputs)));
  }
  return { rows, services };
}

/** HAProxy may serve what the catalog has forgotten: that is among the others by its name, without an instance. */
function withMarked(
  groups: readonly ServiceGroup[],
  marks: ReadonlyMap<string, readonly Mark[]>,
): readonly ServiceGroup[] {
  const names = new Set(groups.map(({ name }) => name));
  const forgotten = [...marks.keys()].filter((name) => !names.has(name));
  if (forgotten.length === 0) return groups;
  const all = [...groups, ...forgotten.map((name): ServiceGroup => ({ name, instances: [] }))];
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export const instanceRow = (instance: KnownInstance, outputs: CheckOutputs): Row => ({
  kind: 'instance',
  instance,
  output: outputOf(instance, outputs),
});

/**
 * Of what is not well: what its check showed last, else what its host said when it changed.
 *
 * @param outputs of checks on other hosts, as far as they are known
 */
export function outputOf(instance: KnownInstance, outputs: CheckOutputs = NO_OUTPUTS): string | undefined {
  const { host, id, status, check, detail } = instance;
  if (status === 'Alive' || status === 'Tombstone') return undefined;
  const own = check && check.what !== 'passed' ? check.output : undefined;
  const theirs = isIll(instance) ? outputs.get(keyOf(host, id)) : undefined;
  return own ?? theirs ?? detail;
}

/** The instances among rows. */
export const instancesIn = (rows: readonly Row[]): readonly KnownInstance[] =>
  rows.flatMap((row) => (row.kind === 'instance' ? [row.instance] : []));

/**
 * In rem, as services.css has them.
 *
 * @param hasLine what HAProxy has of an instance stands on a line of its own
 */
export const heightsOf =
  (isNarrow: boolean, hasLine: boolean) =>
  (row: Row): number => {
    switch (row.kind) {
      case 'group':
        return isNarrow ? 3.75 : 2.5;
      case 'mark':
        return isNarrow ? 3 : 2;
      case 'instance':
        return (
          (isNarrow ? 3.375 : 2.125) +
          (hasLine ? (isNarrow ? 1.5 : 1.0625) : 0) +
          (row.output === undefined ? 0 : 1.0625)
        );
    }
  };
