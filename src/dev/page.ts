import { table, type Column } from '../cli/table.js';
import { colorsOf, type Terminal } from '../cli/terminal.js';
import { wrapped } from '../cli/wrap.js';
import type { Row } from './overview.js';
import type { Found } from './surroundings.js';

/** All that is told at one moment. */
export interface Overview {
  readonly found: readonly Found[];
  readonly rows: readonly Row[];
  /** Sentences on what is wrong beside what rows and `found` say. */
  readonly problems: readonly string[];
  /** Everything has been looked at, and the proxy has all of it: what is told now is more than a moment between two others. */
  readonly isSettled: boolean;
}

/** What makes the first service appear. */
export const HINT: readonly string[] = [
  'No service is here yet. This one would appear, at http://127.0.0.1:8080:',
  '',
  '  docker run --rm -p 80 \\',
  '    --label ServiceName=web --label ServicePort_80=8080 nginx',
];

const COLUMNS: readonly Column<Row>[] = [
  { title: 'SERVICE', cell: ({ service }) => service, min: 12 },
  { title: 'ADDRESS', cell: ({ address }) => address || '-' },
  { title: 'INSTANCES', cell: ({ alive, total }) => `${alive} of ${total}` },
  {
    title: 'STATE',
    cell: ({ state, isBorrowed }) => (isBorrowed ? `${state}, borrowed` : state),
    paint: (colors, { state }) => (state === 'ready' || state === 'direct' ? colors.green : colors.yellow),
  },
];

const LABEL_WIDTH = 9;

/** Of the table, with its titles. */
const MIN_TABLE_LINES = 8;

/** The overview as lines that fit the terminal. Of a long list the end is left out, so that what is to be done is seen below it. */
export function pageOf({ found, rows, problems, isSettled }: Overview, terminal: Terminal): readonly string[] {
  const colors = colorsOf(terminal);
  const notes = rows.filter(({ note }) => note !== '').map(({ service, note }) => `${service}: ${note}`);
  const head = [
    `${colors.bold('sidecar dev')}${colors.dim('  services on this machine; Ctrl-C ends it')}`,
    '',
    ...found.flatMap(({ what, text }) => wrapped(text, terminal, what.padEnd(LABEL_WIDTH))),
    '',
  ];
  const below = [...paragraph(notes, terminal), ...paragraph(problems, terminal)];
  const room = (terminal.rows ?? Infinity) - head.length - below.length;
  const empty = isSettled ? HINT : ['Looking for services.'];
  return [...head, ...(rows.length > 0 ? begun(table(COLUMNS, rows, terminal), room) : empty), ...below];
}

/** A table without what does not fit. */
function begun(lines: readonly string[], room: number): readonly string[] {
  const most = Math.max(MIN_TABLE_LINES, room);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `… and ${lines.length - most + 1} more, which sidecar ls lists`];
}

const paragraph = (sentences: readonly string[], terminal: Terminal): readonly string[] =>
  sentences.length === 0 ? [] : ['', ...sentences.flatMap((sentence) => wrapped(sentence, terminal, '', '  '))];
