import type { Millis } from '../lib/ports.js';
import { nearest } from '../lib/nearest.js';
import { ago } from './ago.js';
import { instancesOf, isGone, portsOf, statusWord, type Instance, type State } from './instance.js';
import { counted, countsOf, countsText } from './services-table.js';
import { table, type Column } from './table.js';
import type { Colors, Terminal } from './terminal.js';
import { wrapped } from './wrap.js';

/** Since when instances have had their status, Unix time by `host/id`. */
export type StatusTimes = ReadonlyMap<string, Millis>;

/** The instances of one service as people look at them. */
export function instancesPage(
  instances: readonly Instance[],
  { name, since, nowMs }: { readonly name: string; readonly since: StatusTimes; readonly nowMs: Millis },
  terminal: Terminal,
): readonly string[] {
  const hosts = new Set(instances.map(({ Hostname }) => Hostname)).size;
  const title = `${name}: ${countsText(countsOf(instances))}, on ${counted(hosts, 'host')}`;
  const age = (ms: Millis | undefined): string => (ms === undefined ? '-' : ago(nowMs - ms));
  const columns: readonly Column<Instance>[] = [
    { title: 'HOST', min: 8, cell: ({ Hostname }) => Hostname },
    { title: 'ID', min: 8, cell: ({ ID }) => ID },
    {
      title: 'STATUS',
      cell: ({ Status }) => statusWord(Status),
      paint: (colors, { Status }) => paintOf(colors, Status),
    },
    { title: 'SINCE', cell: (instance) => age(since.get(keyOf(instance))) },
    { title: 'UPDATED', isExtra: true, cell: ({ Updated }) => age(Date.parse(Updated)) },
    { title: 'PORTS', min: 12, cell: portsOf },
    { title: 'IMAGE', min: 8, isExtra: true, cell: ({ Image }) => Image || '-' },
  ];
  return [...wrapped(title, terminal), '', ...table(columns, instances, terminal)];
}

/** What there is to say when no instance of a name is to be shown. */
export function nothingToShow(name: string, state: State): string {
  const all = instancesOf(state);
  const gone = all.filter((instance) => instance.Name === name).length;
  if (gone > 0)
    return `${name} has no instance any more: ${counted(gone, 'instance')} of it ${gone === 1 ? 'is' : 'are'} gone. sidecar ls ${name} --all shows them, sidecar history --service ${name} what happened`;
  const near = nearest(name, new Set(all.filter((each) => !isGone(each)).map(({ Name }) => Name)));
  const advice = near === undefined ? 'sidecar ls lists what is' : `did you mean ${near}?`;
  return `no service called ${name} is known in ${state.ClusterName}, seen from ${state.Hostname}: ${advice}`;
}

export const keyOf = ({ Hostname, ID }: Instance): string => `${Hostname}/${ID}`;

function paintOf({ green, red, yellow, dim }: Colors, status: number): (text: string) => string {
  switch (statusWord(status)) {
    case 'alive':
      return green;
    case 'unhealthy':
      return red;
    case 'gone':
      return dim;
    default:
      return yellow;
  }
}
