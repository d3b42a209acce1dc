import type { ClusterView } from '../../data/overview.js';
import { searchWords } from '../../words/search.js';
import { factsOf, type GroupFacts } from '../services/groups.js';

/** What one cluster runs of a service. */
export interface Cell {
  readonly cluster: ClusterView;
  /** Undefined: nothing, as far as is known. */
  readonly facts: GroupFacts | undefined;
  /** The versions, the old one first as far as that is known: `2.1 / 2.2`; empty where there is nothing. */
  readonly version: string;
  /** It runs something else than most. */
  readonly isOdd: boolean;
}

export interface ServiceRow {
  readonly service: string;
  /** One for each cluster that is known, in their order. */
  readonly cells: readonly Cell[];
  /** Not all clusters that have it run the same. */
  readonly differs: boolean;
  readonly isRolling: boolean;
  readonly isUnwell: boolean;
  /** Some clusters have it, and some that are known do not. */
  readonly isMissing: boolean;
}

const SHOWS = ['different', 'rolling', 'unwell', 'missing'] as const;
export type Show = (typeof SHOWS)[number] | '';

export interface Filter {
  readonly query: string;
  readonly show: Show;
}

export function filterOf(query: Readonly<Record<string, string>>): Filter {
  return { query: query['q'] ?? '', show: SHOWS.find((each) => each === query['show']) ?? '' };
}

/** All services of all clusters, by name. Clusters of which nothing is known are left out. */
export function sideBySide(clusters: readonly ClusterView[]): readonly ServiceRow[] {
  const known = clusters.filter(({ facts }) => facts !== undefined);
  const byCluster = known.map(
    (cluster) =>
      new Map(
        cluster.facts?.services
          .map((group): readonly [string, GroupFacts] => [group.name, factsOf(group)])
          .filter(([, { present }]) => present > 0),
      ),
  );
  const names = [...new Set(byCluster.flatMap((services) => [...services.keys()]))].sort();
  return names.map((service) => {
    const found = known.map((cluster, i) => {
      const facts = byCluster[i]?.get(service);
      return { cluster, facts, version: facts === undefined ? '' : versionText(facts) };
    });
    const present = found.filter(({ facts }) => facts !== undefined);
    const usual = mostOf(present.map(({ version }) => version));
    return {
      service,
      cells: found.map((cell) => ({ ...cell, isOdd: cell.facts !== undefined && cell.version !== usual })),
      differs: present.some(({ version }) => version !== usual),
      isRolling: present.some(({ facts }) => facts?.isRolling),
      isUnwell: found.some(isAiling),
      isMissing: present.length < found.length,
    };
  });
}

export function isShown(
  { service, cells, differs, isRolling, isUnwell, isMissing }: ServiceRow,
  { query, show }: Filter,
): boolean {
  const isMeant = { '': true, different: differs, rolling: isRolling, unwell: isUnwell, missing: isMissing }[show];
  const text = [service, ...cells.map(({ version }) => version)].join('\n').toLowerCase();
  return isMeant && searchWords(query).every((word) => text.includes(word));
}

/** What runs where, for where there is no room for a column for each cluster: by version, the most usual first. */
export function byVersion({
  cells,
}: ServiceRow): readonly { readonly version: string; readonly cells: readonly Cell[] }[] {
  const versions = new Map<string, Cell[]>();
  for (const cell of cells) versions.set(cell.version, [...(versions.get(cell.version) ?? []), cell]);
  return [...versions]
    .map(([version, of]) => ({ version, cells: of }))
    .sort((a, b) => Number(a.version === '') - Number(b.version === '') || b.cells.length - a.cells.length);
}

/** The clusters of a version, those first that are not well. Of many these are named, and some of those that differ; others are counted. */
export function placesOf(cells: readonly Cell[]): {
  readonly named: readonly Cell[];
  readonly others: readonly Cell[];
} {
  const isFew = cells.length <= MOST_NAMED;
  const ailing = cells.filter(isAiling);
  const well = cells.filter((cell) => (isFew || cell.isOdd) && !ailing.includes(cell));
  const named = [...ailing, ...well].slice(0, MOST_NAMED);
  return { named, others: cells.filter((cell) => !named.includes(cell)) };
}

const MOST_NAMED = 4;

const isAiling = ({ facts }: Pick<Cell, 'facts'>): boolean =>
  facts !== undefined && facts.byStatus.Alive < facts.present;

const versionText = ({ versions }: GroupFacts): string =>
  versions.map(({ version }) => (version === '' ? 'no image' : version)).join(' / ');

/** The most frequent; of several the first. */
function mostOf(texts: readonly string[]): string | undefined {
  const times = new Map<string, number>();
  for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
  return [...times].sort(([, a], [, b]) => b - a)[0]?.[0];
}
