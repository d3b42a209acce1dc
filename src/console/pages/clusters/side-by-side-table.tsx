import { useCallback } from 'preact/hooks';
import { Link } from '../../components/link.js';
import { VirtualRows } from '../../components/virtual-rows.js';
import type { ClusterView } from '../../data/overview.js';
import { useMedia } from '../../hooks/media.js';
import { count } from '../../words/service.js';
import { worstOf } from '../services/groups.js';
import { byVersion, placesOf, type Cell, type ServiceRow } from './side-by-side.js';

/** In rem, as clusters.css has them. */
const ROW = 2.25;
const LINE = 1.625;
const LINES_AROUND = { wide: 0.75, narrow: 2.625 };
/** Of more columns none could be read. */
const FITTING = 6;

/** Services by cluster, with the versions that run; where there is no room for that, by version, with the clusters. */
export function SideBySideTable({
  rows,
  clusters,
}: {
  readonly rows: readonly ServiceRow[];
  readonly clusters: readonly ClusterView[];
}) {
  const isNarrow = useMedia('(max-width: 46rem)');
  const label = 'Services and the versions that run in each cluster';
  return isNarrow || clusters.length > FITTING ? (
    <ByVersion rows={rows} label={label} around={isNarrow ? LINES_AROUND.narrow : LINES_AROUND.wide} />
  ) : (
    <ByCluster rows={rows} label={label} clusters={clusters} />
  );
}

interface TableProps {
  readonly rows: readonly ServiceRow[];
  readonly label: string;
}

function ByCluster({ rows, label, clusters }: TableProps & { readonly clusters: readonly ClusterView[] }) {
  const heightOf = useCallback(() => ROW, []);
  const render = useCallback(
    (row: ServiceRow, number: number) => <ClustersRow key={row.service} row={row} number={number + 1} />,
    [],
  );
  return (
    <div class="card side-by-side" role="table" aria-label={label} aria-rowcount={rows.length + 1}>
      <div role="rowgroup" class="columns">
        <div role="row" aria-rowindex={1} class="row">
          <div role="columnheader">Service</div>
          {clusters.map(({ name, away }) => (
            <div key={name} role="columnheader" title={name}>
              {name}
              {away ? <span class="tag tag-stale">old</span> : null}
            </div>
          ))}
        </div>
      </div>
      <VirtualRows rows={rows} heightOf={heightOf} render={render} />
    </div>
  );
}

function ByVersion({ rows, label, around }: TableProps & { readonly around: number }) {
  const heightOf = useCallback((row: ServiceRow) => around + LINE * byVersion(row).length, [around]);
  const render = useCallback(
    (row: ServiceRow, number: number) => <VersionsRow key={row.service} row={row} number={number} />,
    [],
  );
  return (
    <div class="card versions-list" role="table" aria-label={label} aria-rowcount={rows.length}>
      <VirtualRows rows={rows} heightOf={heightOf} render={render} />
    </div>
  );
}

interface RowProps {
  readonly row: ServiceRow;
  readonly number: number;
}

const Name = ({ row: { service, differs } }: { readonly row: ServiceRow }) => (
  <>
    <Link to={['services', service]} query={{ cluster: undefined }} class="service-name" title={service}>
      {service}
    </Link>
    {differs ? <span class="tag tag-accent">differs</span> : null}
  </>
);

function ClustersRow({ row, number }: RowProps) {
  return (
    <div role="row" aria-rowindex={number} class="row">
      <div role="rowheader" class="cell-name">
        <Name row={row} />
      </div>
      {row.cells.map((cell) => (
        <div key={cell.cluster.name} role="cell" class={classOf(cell)} title={titleOf(cell)}>
          {cell.facts ? (
            <Link to={['services', row.service]} query={{ cluster: parameterOf(cell) }}>
              {cell.version}
            </Link>
          ) : (
            <span class="soft">–</span>
          )}
          <Tally cell={cell} />
        </div>
      ))}
    </div>
  );
}

function VersionsRow({ row, number }: RowProps) {
  return (
    <div role="row" aria-rowindex={number} class="row">
      <div role="rowheader" class="cell-name">
        <Name row={row} />
      </div>
      <div role="cell">
        {byVersion(row).map(({ version, cells }) => (
          <div key={version} class={cells.some(({ isOdd }) => isOdd) ? 'version-line is-odd' : 'version-line'}>
            <span class={version === '' ? 'soft' : 'version-name'}>{version === '' ? 'not there' : version}</span>
            <Places service={row.service} cells={cells} />
          </div>
        ))}
      </div>
    </div>
  );
}

/** The clusters of a version; of many those that are not well, and how many others. */
function Places({ service, cells }: { readonly service: string; readonly cells: readonly Cell[] }) {
  const { named, others } = placesOf(cells);
  return (
    <span class="version-clusters">
      {named.map((cell) => (
        <span key={cell.cluster.name} class="version-cluster">
          <Link to={['services', service]} query={{ cluster: parameterOf(cell) }}>
            {cell.cluster.name}
          </Link>
          <Tally cell={cell} />
        </span>
      ))}
      {others.length === 0 ? null : (
        <span class="version-cluster" title={others.map(({ cluster }) => cluster.name).join(', ')}>
          {named.length === 0 ? count(others.length, 'cluster') : `${others.length} more`}
        </span>
      )}
    </span>
  );
}

/** How many are alive, where that is not all of them, or where several versions run. */
function Tally({ cell: { facts } }: { readonly cell: Cell }) {
  if (!facts || (facts.byStatus.Alive === facts.present && !facts.isRolling)) return null;
  return (
    <span class={`tally badge badge-${worstOf(facts).toLowerCase()}`}>
      {facts.byStatus.Alive} of {facts.present}
    </span>
  );
}

const parameterOf = ({ cluster }: Cell): string | undefined => (cluster.isSelf ? undefined : cluster.name);

const classOf = ({ isOdd, cluster }: Cell): string =>
  ['version', isOdd ? 'is-odd' : '', cluster.away ? 'is-old' : ''].filter(Boolean).join(' ');

function titleOf({ facts, cluster }: Cell): string {
  if (!facts) return `${cluster.name} does not have it`;
  const versions = facts.versions.map(({ image, instances, alive }) => `${image}: ${alive} of ${instances} alive`);
  return [cluster.name, ...versions].join('\n');
}
