import { table, type Column } from './table.js';
import type { Terminal } from './terminal.js';
import { isAgreed, type HostView, type Views } from './views.js';
import { wrapped } from './wrap.js';

/** Of one group, and of hosts without an answer. */
const MAX_NAMED = 5;

interface Row {
  readonly host: HostView;
  readonly member: string;
  readonly there: string;
  readonly here: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'HOST', min: 12, cell: ({ host }) => host.name, paint: ({ bold }) => bold },
  { title: 'ALIVE', align: 'right', cell: ({ host }) => String(host.sees ?? '-') },
  { title: 'MEMBER', min: 12, cell: ({ member }) => member },
  {
    title: 'THERE',
    cell: ({ there }) => there,
    paint: ({ green, red }, { there }) => (there === 'alive' ? green : red),
  },
  { title: 'HERE', cell: ({ here }) => here, paint: ({ green, red }, { here }) => (here === 'alive' ? green : red) },
];

/** Who sees the members otherwise than the host that was asked, in lines that fit the terminal; one sentence when nobody does. */
export function viewsPage(views: Views, terminal: Terminal): readonly string[] {
  const { clusterName, hosts } = views;
  const self = hosts.find(({ asked }) => asked === 'self')?.name ?? '-';
  const told = hosts.filter(({ sees }) => sees !== null);
  const differing = told.filter(({ differs }) => differs.length > 0);
  const sentence =
    differing.length > 0
      ? `${differing.length} of ${told.length} hosts ${differing.length === 1 ? 'sees' : 'see'} the members otherwise`
      : `${told.length} ${told.length === 1 ? 'host says what it sees' : 'hosts see the same members'}`;
  const rows = differing.flatMap((host) =>
    host.differs.map((one): Row => ({ host, member: one.name, there: one.state, here: one.ours })),
  );
  const title = wrapped(`${clusterName}, seen from ${self}: ${sentence}`, terminal);
  const listing = rows.length > 0 ? ['', ...table(COLUMNS, rows, terminal)] : [];
  return [...title, ...listing, ...remarks(views, terminal)];
}

function remarks(views: Views, terminal: Terminal): readonly string[] {
  const omitted = views.hosts.reduce((sum, host) => sum + host.omitted, 0);
  const texts: string[] = [];
  if (omitted > 0) texts.push(`${omitted} more differences are not listed`);
  if (views.partitions.length > 1)
    texts.push(`Groups that do not see each other: ${views.partitions.map((group) => some(group, ', ')).join(' | ')}`);
  const silent = views.hosts.filter(({ state, sees }) => sees === null && (state === 'alive' || state === 'suspect'));
  if (silent.length > 0) {
    const why = silent.map(({ name, message }) => `${name} (${message ?? 'no answer'})`);
    texts.push(`No view of ${some(why, '; ')}`);
  }
  if (!isAgreed(views)) texts.push('sidecar members --agent HOST:PORT shows all that one of them sees');
  return texts.flatMap((text) => ['', ...wrapped(text, terminal)]);
}

function some(words: readonly string[], between: string): string {
  const more = words.length > MAX_NAMED ? ` and ${words.length - MAX_NAMED} more` : '';
  return `${words.slice(0, MAX_NAMED).join(between)}${more}`;
}
