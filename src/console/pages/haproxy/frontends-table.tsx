import { useCallback } from 'preact/hooks';
import { Chart } from '../../components/chart.js';
import { Link } from '../../components/link.js';
import { VirtualRows } from '../../components/virtual-rows.js';
import type { Rates, Recent } from '../../data/rates.js';
import { useMedia } from '../../hooks/media.js';
import { rateText } from '../../words/proxy.js';
import { count, numberText } from '../../words/service.js';
import { chartLabel, spanOf } from './chart-label.js';
import { isDown, type FrontendRow, type Sort } from './frontends.js';

const COLUMNS: readonly { readonly name: string; readonly key: string; readonly sort?: Sort }[] = [
  { name: 'Frontend', key: 'name', sort: '' },
  { name: 'Servers', key: 'servers' },
  { name: 'Sessions', key: 'sessions' },
  { name: 'Requests /s', key: 'requests', sort: 'requests' },
  { name: 'Errors /s', key: 'errors', sort: 'errors' },
];

/** In rem, as haproxy.css has them. */
const WIDE = (): number => 2.75;
const NARROW = (): number => 5.25;

/** One line for each, with what it does drawn over the last minutes; only those in sight are. */
export function FrontendsTable({
  rows,
  rates,
  sort,
}: {
  readonly rows: readonly FrontendRow[];
  readonly rates: Rates;
  readonly sort: Sort;
}) {
  const isNarrow = useMedia('(max-width: 46rem)');
  const render = useCallback(
    (row: FrontendRow, number: number) => (
      <FrontendLine key={row.frontend.name} row={row} rates={rates} number={number + 1} />
    ),
    [rates],
  );
  return (
    <div class="frontends" role="table" aria-label="Frontends of HAProxy" aria-rowcount={rows.length + 1}>
      <div role="rowgroup" class="columns">
        <div role="row" aria-rowindex={1} class="row">
          {COLUMNS.map(({ name, key, sort: by }) => (
            <div
              key={key}
              role="columnheader"
              class={`cell-${key}`}
              aria-sort={by === sort ? (by === '' ? 'ascending' : 'descending') : undefined}
            >
              {name}
            </div>
          ))}
        </div>
      </div>
      <VirtualRows rows={rows} heightOf={isNarrow ? NARROW : WIDE} render={render} />
    </div>
  );
}

function FrontendLine({
  row,
  rates,
  number,
}: {
  readonly row: FrontendRow;
  readonly rates: Rates;
  readonly number: number;
}) {
  const { frontend, ports, servers, up, queued, requests, errors } = row;
  const { name, service, servicePort, status, sessions } = frontend;
  const line = rates.lines.get(name);
  const isTcp = frontend.requests === undefined;
  return (
    <div role="row" aria-rowindex={number} class="row">
      <div role="rowheader" class="cell-name">
        {service === undefined ? (
          <span class="frontend-name soft">{name}</span>
        ) : (
          <Link to={['services', service]} class="frontend-name" title={name}>
            {service}
          </Link>
        )}
        <Ports of={servicePort} ports={ports} />
        {isTcp ? <span class="tag">tcp</span> : null}
        {status === 'OPEN' ? null : <span class="tag tag-set-aside">{status.toLowerCase()}</span>}
      </div>
      <div role="cell" class="cell-servers">
        {service === undefined && servers === 0 ? (
          <span class="soft">–</span>
        ) : (
          <span
            class={isDown(row) ? 'badge badge-unhealthy' : up < servers ? 'badge badge-draining' : 'badge badge-alive'}
          >
            {servers === 0 ? 'no server' : up === servers ? `${up} up` : `${up} of ${servers} up`}
          </span>
        )}
      </div>
      <div role="cell" class="cell-sessions num">
        {numberText(sessions)}
        {queued > 0 ? (
          <span class="queued" title={`${count(queued, 'request')} wait for a server`}>
            {' '}
            +{numberText(queued)} wait
          </span>
        ) : (
          <span class="only-narrow"> {sessions === 1 ? 'session' : 'sessions'}</span>
        )}
      </div>
      <div role="cell" class="cell-requests">
        <Now recent={requests} unit={isTcp ? 'conn/s' : 'req/s'} isTold={isTcp} />
        <Chart
          times={rates.times}
          lines={[{ tone: (requests?.most ?? 0) > 0 ? 'accent' : 'idle', values: line?.requests ?? [] }]}
          spanMs={spanOf(rates.times)}
          class="chart-small"
          label={chartLabel(isTcp ? 'Connections' : 'Requests', name, requests)}
        />
      </div>
      <div role="cell" class="cell-errors">
        <Now recent={errors} unit="errors/s" isBad />
        <Chart
          times={rates.times}
          lines={[{ tone: (errors?.most ?? 0) > 0 ? 'bad' : 'idle', values: line?.errors ?? [] }]}
          spanMs={spanOf(rates.times)}
          class="chart-small"
          label={chartLabel('Errors', name, errors)}
        />
      </div>
    </div>
  );
}

function Now({
  recent,
  unit,
  isTold = false,
  isBad = false,
}: {
  readonly recent: Recent | undefined;
  readonly unit: string;
  /** It is another one than the head of the column says. */
  readonly isTold?: boolean;
  readonly isBad?: boolean;
}) {
  const now = recent?.now;
  const title =
    recent && `least ${rateText(recent.least)}, mean ${rateText(recent.mean)}, most ${rateText(recent.most)}`;
  return (
    <span
      class={`now num ${now === undefined || now === 0 ? 'soft' : isBad ? 'now-bad' : ''}`}
      title={title}
      aria-hidden="true"
    >
      {now === undefined ? '–' : rateText(now)}
      <span class={isTold ? 'unit' : 'unit only-narrow'}> {unit}</span>
    </span>
  );
}

/** `8080→32768`, as everywhere; of several ports behind it the first, and how many more. */
function Ports({ of, ports }: { readonly of: number | undefined; readonly ports: readonly number[] }) {
  if (of === undefined) return null;
  const [first, ...others] = ports;
  return (
    <span class="num soft" title={ports.length === 0 ? undefined : `${of}→${ports.join(', ')}`}>
      {first === undefined ? `:${of}` : `${of}→${first}`}
      {others.length > 0 ? ` +${others.length}` : ''}
    </span>
  );
}
