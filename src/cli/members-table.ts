import type { Millis } from '../lib/ports.js';
import type { ListedMember } from './member-list.js';
import { isOdd, standingCell, type ProxyStanding } from './proxy-standing.js';
import { shortDuration } from './short-duration.js';
import { table, type Column } from './table.js';
import type { Terminal } from './terminal.js';

const UNKNOWN = '-';

type Row = ListedMember & { readonly proxy: ProxyStanding | undefined };

const PROXY: Column<Row> = {
  title: 'PROXY',
  cell: ({ proxy }) => (proxy ? standingCell(proxy) : UNKNOWN),
  paint: ({ dim, red }, { proxy }) => (proxy && isOdd(proxy) ? red : dim),
};

const columns = (hasProxies: boolean): readonly Column<Row>[] => [
  { title: 'NAME', min: 12, cell: ({ name }) => name, paint: ({ bold }) => bold },
  { title: 'ADDRESS', min: 14, cell: addressOf },
  {
    title: 'STATE',
    cell: ({ state }) => state,
    paint: ({ green, dim, red }, { state }) => (state === 'alive' ? green : state === 'left' ? dim : red),
  },
  ...(hasProxies ? [PROXY] : []),
  {
    title: 'HEARD',
    align: 'right',
    cell: ({ isSelf, lastHeardAgoMs }) => (isSelf ? 'self' : known(lastHeardAgoMs, shortDuration)),
  },
  { title: 'RTT', align: 'right', isExtra: true, cell: ({ roundTripMs }) => known(roundTripMs, shortDuration) },
  { title: 'SKEW', align: 'right', cell: ({ isSelf, skewMs }) => (isSelf ? UNKNOWN : known(skewMs, signed)) },
  { title: 'INC', align: 'right', isExtra: true, cell: ({ incarnation }) => known(incarnation, String) },
  { title: 'VERSIONS', isExtra: true, cell: versionsOf },
];

/**
 * The members as people look at them, in lines that fit the terminal.
 *
 * @param standings how it stands with their proxies; empty: nobody knows
 */
export function membersTable(
  members: readonly ListedMember[],
  standings: ReadonlyMap<string, ProxyStanding>,
  terminal: Terminal,
): readonly string[] {
  const rows = members.map((member) => ({ ...member, proxy: standings.get(member.name) }));
  return table(columns(standings.size > 0), rows, terminal);
}

function addressOf({ address, port }: ListedMember): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function versionsOf({ versions }: ListedMember): string {
  if (versions === null) return UNKNOWN;
  const { pmin, pmax, pcur, dmin, dmax, dcur } = versions;
  return [pmin, pmax, pcur, dmin, dmax, dcur].join(' ');
}

const known = (value: number | null, show: (value: number) => string): string =>
  value === null ? UNKNOWN : show(value);

/** How far a clock is ahead of ours, or with a minus behind. */
const signed = (ms: Millis): string => `${ms < 0 ? '-' : '+'}${shortDuration(Math.abs(ms))}`;
