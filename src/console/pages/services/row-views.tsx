import type { KnownInstance } from '../../data/catalog.js';
import { keyOf } from '../../data/instance.js';
import { Link } from '../../components/link.js';
import { MiddleCut } from '../../components/middle-cut.js';
import { StatusBadge } from '../../components/status-badge.js';
import { TimeAgo } from '../../components/time-ago.js';
import { count, imageName, portText } from '../../words/service.js';
import { worstOf } from './groups.js';
import { LoadView, ServiceLoadView } from './load-view.js';
import type { Loads } from './loads.js';
import type { Row } from './rows.js';
import { Versions } from './versions.js';

/** What stands at the top of each column; the last has no room of its own on a screen. */
const COLUMNS = ['Status', 'Since', 'Image', 'Host', 'Ports', 'HAProxy', 'Instance', 'Check'];

/** @param hasLoads HAProxy tells what it has of them */
export const columnsOf = (hasLoads: boolean): readonly string[] =>
  COLUMNS.filter((column) => hasLoads || column !== 'HAProxy');

interface RowProps {
  readonly number: number;
  /** What changed before is not known. */
  readonly knownSince: number | undefined;
  /** What HAProxy has of them; undefined where there is none. */
  readonly loads: Loads | undefined;
}

export function RowView({ row, ...rest }: RowProps & { readonly row: Row }) {
  switch (row.kind) {
    case 'group':
      return <GroupRow row={row} {...rest} />;
    case 'mark':
      return <MarkRow row={row} {...rest} />;
    case 'instance':
      return <InstanceRow instance={row.instance} output={row.output} {...rest} />;
  }
}

/** The same for the same line of another moment. */
export function rowKey(row: Row): string {
  switch (row.kind) {
    case 'group':
      return row.group.name;
    case 'mark':
      return `${row.group.name} ${row.mark.kind} ${row.mark.text}`;
    case 'instance':
      return `${row.instance.host}/${row.instance.id}`;
  }
}

function GroupRow({
  row: { group, facts },
  number,
  knownSince,
  loads,
}: RowProps & { readonly row: Extract<Row, { kind: 'group' }> }) {
  const { byStatus, present, servicePorts, changedAt } = facts;
  const alive = byStatus.Alive;
  return (
    <div role="row" aria-rowindex={number} class="row row-group">
      <div role="rowheader" aria-colspan={columnsOf(loads !== undefined).length} class="group-line">
        <Link to={['services', group.name]} class="group-name" title={group.name}>
          {group.name === '' ? '(no name)' : group.name}
        </Link>
        <span class={`tally badge badge-${worstOf(facts).toLowerCase()}`}>
          {present === 0 ? 'all gone' : alive === present ? `${alive} alive` : `${alive} of ${present} alive`}
        </span>
        <Versions facts={facts} />
        <span class="group-ports num" title={count(servicePorts.length, 'ServicePort')}>
          {servicePorts.map((port) => (
            <span key={port}>:{port}</span>
          ))}
        </span>
        {loads ? <ServiceLoadView load={loads.ofService.get(group.name)} /> : null}
        <span class="group-since">
          {changedAt === undefined && knownSince === undefined ? null : (
            <>
              changed <TimeAgo at={changedAt} knownSince={knownSince} /> ago
            </>
          )}
        </span>
      </div>
    </div>
  );
}

function MarkRow({ row: { mark }, number, loads }: RowProps & { readonly row: Extract<Row, { kind: 'mark' }> }) {
  return (
    <div role="row" aria-rowindex={number} class="row row-mark">
      <div role="cell" aria-colspan={columnsOf(loads !== undefined).length} title={mark.text}>
        <span class={`tag tag-${mark.kind}`}>{mark.label}</span> <span class="mark-text">{mark.text}</span>
        {mark.since === undefined ? null : (
          <span class="soft">
            {' '}
            for <TimeAgo at={mark.since} />
          </span>
        )}
      </div>
    </div>
  );
}

function InstanceRow({
  instance,
  output,
  number,
  knownSince,
  loads,
}: RowProps & { readonly instance: KnownInstance; readonly output: string | undefined }) {
  const { status, changedAt, image, host, ports, id, detail } = instance;
  const { name, version } = imageName(image);
  const portsText = ports.map(portText).join('  ');
  return (
    <div role="row" aria-rowindex={number} class={`row row-instance row-${status.toLowerCase()}`}>
      <div role="cell" class="cell-status">
        <StatusBadge status={status} title={detail} />
      </div>
      <div role="cell" class="cell-since num">
        <TimeAgo at={changedAt} knownSince={knownSince} />
      </div>
      <div role="cell" class="cell-image" title={image}>
        {version === '' ? (
          name
        ) : (
          <>
            <span class="image-name">{name}:</span>
            {version}
          </>
        )}
      </div>
      <div class="place">
        <div role="cell" class="cell-host" title={host}>
          <Link to={['hosts', host]}>
            <MiddleCut text={host} />
          </Link>
        </div>
        <div role="cell" class="cell-ports num" title={portsText}>
          {portsText}
        </div>
      </div>
      {loads ? (
        <div role="cell" class="cell-haproxy">
          <LoadView load={loads.ofInstance.get(keyOf(host, id))} />
        </div>
      ) : null}
      <div role="cell" class="cell-instance mono" title={id}>
        <Link to={['instances', host, id]}>{id}</Link>
      </div>
      {output === undefined ? null : (
        <div role="cell" class="cell-output" title={output}>
          {output}
        </div>
      )}
    </div>
  );
}
