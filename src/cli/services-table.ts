import { instancesOf, isGone, statusWord, type Instance, type State } from './instance.js';
import { table } from './table.js';
import type { Terminal } from './terminal.js';
import { wrapped } from './wrap.js';

/** One service of the cluster. */
export interface ServiceSummary {
  readonly name: string;
  /** ServicePorts, rising. */
  readonly ports: readonly number[];
  /** How many instances by status. */
  readonly instances: Readonly<Record<string, number>>;
  /** Where they are. */
  readonly hosts: readonly string[];
}

/** Every service by name. @param withGone whether instances that are gone count as well */
export function summariesOf(state: State, withGone: boolean): readonly ServiceSummary[] {
  const groups = new Map<string, Instance[]>();
  for (const instance of instancesOf(state)) {
    if (!withGone && isGone(instance)) continue;
    const group = groups.get(instance.Name);
    if (group) group.push(instance);
    else groups.set(instance.Name, [instance]);
  }
  return [...groups].map(([name, instances]) => ({
    name,
    ports: distinct(instances.flatMap(({ Ports }) => (Ports ?? []).map(({ ServicePort }) => ServicePort)))
      .filter((port) => port > 0)
      .sort((a, b) => a - b),
    instances: countsOf(instances),
    hosts: distinct(instances.map(({ Hostname }) => Hostname)),
  }));
}

/** The services as people look at them. */
export function servicesPage(state: State, withGone: boolean, terminal: Terminal): readonly string[] {
  const services = summariesOf(state, withGone);
  const where = `${state.ClusterName}, seen from ${state.Hostname}`;
  if (services.length === 0)
    return wrapped(
      `${where}: no service is known. Name one in the static file, or start a container with labels; sidecar status says whether something is wrong`,
      terminal,
    );
  const hosts = new Set(services.flatMap((service) => service.hosts)).size;
  const all = services.reduce((sum, { instances }) => sum + totalOf(instances), 0);
  const title = `${where}: ${counted(services.length, 'service')}, ${counted(all, 'instance')} on ${counted(hosts, 'host')}`;
  const lines = table<ServiceSummary>(
    [
      { title: 'SERVICE', min: 12, cell: ({ name }) => name, paint: ({ bold }) => bold },
      { title: 'PORTS', min: 9, cell: ({ ports }) => ports.join(' ') || '-' },
      {
        title: 'INSTANCES',
        min: 9,
        cell: ({ instances }) => countsText(instances),
        paint: ({ green, red, yellow }, { instances }) =>
          instances['alive'] === undefined ? red : Object.keys(instances).length > 1 ? yellow : green,
      },
      { title: 'HOSTS', min: 8, isExtra: true, cell: ({ hosts }) => hosts.join(' ') },
    ],
    services,
    terminal,
  );
  return [...wrapped(title, terminal), '', ...lines];
}

const distinct = <T>(items: readonly T[]): T[] => [...new Set(items)];

export function countsOf(instances: readonly Instance[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { Status } of instances) counts[statusWord(Status)] = (counts[statusWord(Status)] ?? 0) + 1;
  return counts;
}

/** `2 alive, 1 unhealthy`. */
export const countsText = (counts: Readonly<Record<string, number>>): string =>
  ['alive', 'draining', 'unhealthy', 'unknown', 'gone']
    .flatMap((word) => (counts[word] === undefined ? [] : [`${counts[word]} ${word}`]))
    .join(', ');

const totalOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** `1 host`, `3 hosts`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
