import { useCallback, useMemo } from 'preact/hooks';
import { VirtualRows } from '../../components/virtual-rows.js';
import { useMedia } from '../../hooks/media.js';
import { useStore } from '../../hooks/store.js';
import { LoadHead } from './load-view.js';
import type { Loads } from './loads.js';
import { columnsOf, rowKey, RowView } from './row-views.js';
import { heightsOf, type Row } from './rows.js';

export function ServicesTable({
  rows,
  label,
  loads,
  onSight,
}: {
  readonly rows: readonly Row[];
  readonly label: string;
  /** Told of the rows that are drawn, whenever they are others. */
  readonly onSight?: (rows: readonly Row[]) => void;
  /** What HAProxy has of them; undefined where there is none. */
  readonly loads?: Loads | undefined;
}) {
  const hasLoads = loads !== undefined;
  const isNarrow = useMedia('(max-width: 46rem)');
  const isFolded = useMedia('(max-width: 68rem)') && hasLoads;
  const heightOf = useMemo(() => heightsOf(isNarrow, isFolded), [isNarrow, isFolded]);
  const knownSince = useStore((state) => state.changesKnownSince);
  const render = useCallback(
    (row: Row, number: number) => (
      <RowView key={rowKey(row)} row={row} number={number + 1} knownSince={knownSince} loads={loads} />
    ),
    [knownSince, loads],
  );
  const isBrief = !rows.some(({ kind }) => kind === 'instance');
  return (
    <div
      class={`services-table${isBrief ? ' services-table-brief' : ''}${hasLoads ? ' services-table-loads' : ''}`}
      role="table"
      aria-label={label}
      aria-rowcount={rows.length + 1}
    >
      <div role="rowgroup" class="columns">
        <div role="row" aria-rowindex={1} class="row">
          {columnsOf(hasLoads).map((column) => (
            <div key={column} role="columnheader" class={`cell-${column.toLowerCase()}`}>
              {column === 'HAProxy' ? <LoadHead /> : column}
            </div>
          ))}
        </div>
      </div>
      <VirtualRows rows={rows} heightOf={heightOf} render={render} onSight={onSight} />
    </div>
  );
}
