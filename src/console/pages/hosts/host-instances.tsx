import { useCallback } from 'preact/hooks';
import { ColumnHeads } from '../../components/column-heads.js';
import { Link } from '../../components/link.js';
import { StatusBadge } from '../../components/status-badge.js';
import { TimeAgo } from '../../components/time-ago.js';
import { VirtualRows } from '../../components/virtual-rows.js';
import type { KnownInstance } from '../../data/catalog.js';
import { useMedia } from '../../hooks/media.js';
import { useStore } from '../../hooks/store.js';
import { imageName, portText } from '../../words/service.js';

/** In rem, as hosts.css has them. */
const WIDE = (): number => 2.125;
const NARROW = (): number => 3.5;

const COLUMNS = ['Service', 'Status', 'Since', 'Version', 'Ports', 'Instance'];

/** The instances of one host, each on a line. */
export function HostInstances({
  host,
  instances,
}: {
  readonly host: string;
  readonly instances: readonly KnownInstance[];
}) {
  const isNarrow = useMedia('(max-width: 46rem)');
  const knownSince = useStore((state) => state.changesKnownSince);
  const render = useCallback(
    (instance: KnownInstance, number: number) => (
      <Row key={instance.id} instance={instance} number={number + 1} knownSince={knownSince} />
    ),
    [knownSince],
  );
  return (
    <div
      class="host-instances card"
      role="table"
      aria-label={`Instances of ${host}`}
      aria-rowcount={instances.length + 1}
    >
      <ColumnHeads columns={COLUMNS} />
      <VirtualRows rows={instances} heightOf={isNarrow ? NARROW : WIDE} render={render} />
    </div>
  );
}

function Row({
  instance: { id, host, service, status, changedAt, image, ports, detail },
  number,
  knownSince,
}: {
  readonly instance: KnownInstance;
  readonly number: number;
  readonly knownSince: number | undefined;
}) {
  const { name, version } = imageName(image);
  const portsText = ports.map(portText).join('  ');
  return (
    <div role="row" aria-rowindex={number} class={`row row-${status.toLowerCase()}`}>
      <div role="rowheader" class="cell-service" title={service}>
        <Link to={['services', service]}>{service}</Link>
      </div>
      <div role="cell" class="cell-status">
        <StatusBadge status={status} title={detail} />
      </div>
      <div role="cell" class="cell-since num soft">
        <TimeAgo at={changedAt} knownSince={knownSince} />
      </div>
      <div role="cell" class="cell-version" title={image}>
        {version === '' ? name : version}
      </div>
      <div role="cell" class="cell-ports num" title={portsText}>
        {portsText}
      </div>
      <div role="cell" class="cell-id mono" title={id}>
        <Link to={['instances', host, id]}>{id}</Link>
      </div>
    </div>
  );
}
