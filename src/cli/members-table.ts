import { harmless } from '../lib/printable.js';
import type { Millis } from '../lib/ports.js';
import type { ListedMember } from './member-list.js';
import { shortDuration } from './short-duration.js';

const WIDTH = 80;
const GAP = '  ';
const UNKNOWN = '-';

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (member: ListedMember) => string;
}

/** Who it is: text as long as operators like their names, and as IPv6 needs. */
const WHO: readonly Column[] = [
  { title: 'NAME', align: 'left', cell: ({ name }) => name },
  { title: 'ADDRESS', align: 'left', cell: addressOf },
];
/** How it is: never wider than a line. */
const HOW: readonly Column[] = [
  { title: 'STATE', align: 'left', cell: ({ state }) => state },
  {
    title: 'HEARD',
    align: 'right',
    cell: ({ isSelf, lastHeardAgoMs }) => (isSelf ? 'self' : known(lastHeardAgoMs, shortDuration)),
  },
  { title: 'RTT', align: 'right', cell: ({ roundTripMs }) => known(roundTripMs, shortDuration) },
  { title: 'SKEW', align: 'right', cell: ({ isSelf, skewMs }) => (isSelf ? UNKNOWN : known(skewMs, signed)) },
  { title: 'INC', align: 'right', cell: ({ incarnation }) => known(incarnation, String) },
  { title: 'VERSIONS', align: 'left', cell: versionsOf },
];

/**
 * The members as a table for a terminal of 80 columns. Where names or addresses are too long for that, each member takes two
 * lines: who it is, and indented below how it is. Nothing is cut: names are to be copied.
 */
export function membersTable(members: readonly ListedMember[]): string {
  const oneLine = grid([...WHO, ...HOW], members);
  if (oneLine.every((line) => line.length <= WIDTH)) return oneLine.join('\n');
  const [who, how] = [grid(WHO, members), grid(HOW, members)];
  return who.flatMap((line, i) => [line, `${GAP}${how[i] ?? ''}`]).join('\n');
}

/** One line with the titles and one for each member, every column as wide as its widest cell. */
function grid(columns: readonly Column[], members: readonly ListedMember[]): readonly string[] {
  const rows = [
    columns.map(({ title }) => title),
    ...members.map((member) => columns.map(({ cell }) => harmless(cell(member)).replaceAll('\n', '\\u000a'))),
  ];
  const widths = columns.map((_, i) => rows.reduce((widest, row) => Math.max(widest, row[i]?.length ?? 0), 0));
  const aligned = (text: string, i: number): string =>
    columns[i]?.align === 'right' ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0);
  return rows.map((row) => row.map(aligned).join(GAP).trimEnd());
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
