import { useCallback } from 'preact/hooks';
import { ColumnHeads } from '../../components/column-heads.js';
import { Link } from '../../components/link.js';
import { VirtualRows } from '../../components/virtual-rows.js';
import { useMedia } from '../../hooks/media.js';
import { addressText } from '../../words/member.js';
import { numberText } from '../../words/service.js';
import { isAiling, type HostRow, type Load } from './host-rows.js';
import {
  clockWords,
  exactMs,
  hashText,
  heardText,
  roundTripText,
  standingText,
  standingWords,
  type Words,
} from './host-words.js';
import { MemberState } from './member-state.js';

/** In rem, as hosts.css has them. */
const WIDE = (): number => 2.25;
const NARROW = (): number => 5;

const COLUMNS = [
  'Host',
  'Address',
  'State',
  'Last heard',
  'Round trip',
  'Clock',
  'HAProxy serves',
  'Services',
  'Instances',
];

export function HostsTable({
  rows,
  odd,
  asker,
}: {
  readonly rows: readonly HostRow[];
  /** What hosts speak that do not speak what most do. */
  readonly odd: ReadonlyMap<string, string>;
  /** The host that answers. */
  readonly asker: string;
}) {
  const isNarrow = useMedia('(max-width: 60rem)');
  const render = useCallback(
    (row: HostRow, number: number) => (
      <Row key={row.member.name} row={row} number={number + 1} odd={odd.get(row.member.name)} asker={asker} />
    ),
    [odd, asker],
  );
  return (
    <div class="hosts-table card" role="table" aria-label="Members of the cluster" aria-rowcount={rows.length + 1}>
      <ColumnHeads columns={COLUMNS} />
      <VirtualRows rows={rows} heightOf={isNarrow ? NARROW : WIDE} render={render} />
    </div>
  );
}

function Row({
  row: { member, standing, load },
  number,
  odd,
  asker,
}: {
  readonly row: HostRow;
  readonly number: number;
  readonly odd: string | undefined;
  readonly asker: string;
}) {
  const { name, address, port, state, isSelf, roundTripMs, skewMs } = member;
  const clock = clockWords(member);
  const serves = standingWords(standing);
  const isWell = load.alive === load.instances;
  return (
    <div role="row" aria-rowindex={number} class={`row host-row host-row-${state}`}>
      <div role="rowheader" class="host-name" title={name}>
        <Link to={['hosts', name]}>{name}</Link>
        {odd === undefined ? null : (
          <span class="tag" title={odd}>
            other version<span class="visually-hidden">: {odd}</span>
          </span>
        )}
      </div>
      <div role="cell" class="host-address num">
        {addressText(address)}
        <span class="host-port">:{port}</span>
      </div>
      <div role="cell" class="host-state">
        <MemberState state={state} />
      </div>
      <div role="cell" class="host-heard num">
        {isSelf ? <span class="tag tag-accent">this agent</span> : heardText(member)}
      </div>
      <div role="cell" class="host-trip num" title={exactMs(roundTripMs)}>
        {roundTripText(member)}
      </div>
      <div role="cell" class="host-clock num" title={exactMs(skewMs)}>
        {isSelf ? null : <Label text="clock" />}
        <span class={`tone-${clock.tone}`}>
          <Toned words={clock} />
        </span>
      </div>
      <div role="cell" class="host-serves" title={standing ? standingText(standing, asker) : undefined}>
        <span class={`tone-${serves.tone}`}>
          <Toned words={serves} />
        </span>
        {standing?.viewHash === undefined ? null : <span class="mono soft"> {hashText(standing)}</span>}
      </div>
      <div role="cell" class="host-services num">
        {numberText(load.services)}
      </div>
      <div role="cell" class="host-count num">
        {isWell ? (
          numberText(load.instances)
        ) : (
          <b class={isAiling(load) ? 'tone-bad' : 'tone-warn'}>{aliveText(load)}</b>
        )}
        {isWell ? <Label text={load.instances === 1 ? 'instance' : 'instances'} /> : null}
      </div>
    </div>
  );
}

const aliveText = ({ alive, instances }: Load): string => `${numberText(alive)} of ${numberText(instances)} alive`;

/** The title of the column where there are no columns; it has its own to who listens. */
const Label = ({ text }: { readonly text: string }) => (
  <span class="host-label" aria-hidden="true">
    {text}
  </span>
);

/** What somebody should look at has a mark, and not only another colour. */
const Toned = ({ words: { text, tone } }: { readonly words: Words }) => (
  <>
    {tone === 'bad' || tone === 'warn' ? <span aria-hidden="true">▲ </span> : null}
    {text}
  </>
);
