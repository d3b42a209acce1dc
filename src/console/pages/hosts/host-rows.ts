import type { Member } from '../../data/answers.js';
import type { KnownInstance, ServiceGroup } from '../../data/catalog.js';
import type { Convergence, Standing } from '../../data/convergence.js';
import { searchWords } from '../../words/search.js';
import { count, numberText } from '../../words/service.js';
import { isPresent } from '../services/groups.js';
import { clockWords, standingWords, stateText } from './host-words.js';

/** One member with all that is shown of it in a line. */
export interface HostRow {
  readonly member: Member;
  /** Undefined while not known. */
  readonly standing: Standing | undefined;
  readonly load: Load;
}

/** What runs on a host, of what is not gone. */
export interface Load {
  readonly services: number;
  readonly instances: number;
  readonly alive: number;
  /** Somebody wants it so. */
  readonly draining: number;
}

/** `6 instances of 4 services, 5 alive`. */
export function loadText({ services, instances, alive }: Load): string {
  const all = `${count(instances, 'instance')} of ${count(services, 'service')}`;
  return alive < instances ? `${all}, ${numberText(alive)} alive` : all;
}

const NO_LOAD: Load = { services: 0, instances: 0, alive: 0, draining: 0 };

/** Some of what runs there is neither alive nor drained. */
export const isAiling = ({ instances, alive, draining }: Load): boolean => alive + draining < instances;

/** By host. */
export function loadsOf(services: readonly ServiceGroup[]): ReadonlyMap<string, Load> {
  const loads = new Map<string, { -readonly [K in keyof Load]: Load[K] }>();
  for (const { instances } of services) {
    const counted = new Set<string>();
    for (const instance of instances.filter(isPresent)) {
      const load = loads.get(instance.host) ?? { ...NO_LOAD };
      load.instances += 1;
      if (instance.status === 'Alive') load.alive += 1;
      if (instance.status === 'Draining') load.draining += 1;
      if (!counted.has(instance.host)) load.services += 1;
      counted.add(instance.host);
      loads.set(instance.host, load);
    }
  }
  return loads;
}

/** In the order of the members. */
export function hostRows(
  members: readonly Member[],
  services: readonly ServiceGroup[],
  convergence: Convergence | undefined,
): readonly HostRow[] {
  const loads = loadsOf(services);
  const standings = new Map(convergence?.hosts.map((standing) => [standing.name, standing]));
  return members.map((member) => ({
    member,
    standing: standings.get(member.name),
    load: loads.get(member.name) ?? NO_LOAD,
  }));
}

export const HOST_SHOWS = ['trouble', 'alive', 'away'] as const;
export type HostShow = (typeof HOST_SHOWS)[number] | '';

const SHOWN: Readonly<Record<(typeof HOST_SHOWS)[number], (row: HostRow) => boolean>> = {
  trouble: isTroubled,
  alive: ({ member }) => member.state === 'alive',
  away: ({ member }) => member.state !== 'alive',
};

export const isShown = (row: HostRow, show: HostShow): boolean => show === '' || SHOWN[show](row);

/** Whether each word is found in its name, address, state or what its HAProxy serves. */
export function isHostFound({ member, standing }: HostRow, query: string): boolean {
  const { name, address, state } = member;
  const text = [name, address, stateText(state), standingWords(standing).text].join('\n').toLowerCase();
  return searchWords(query).every((word) => text.includes(word));
}

/** Whether somebody should look at it. Who left did so by its own word, and is not missed. */
function isTroubled({ member, standing, load }: HostRow): boolean {
  if (member.state === 'left') return false;
  const words = [clockWords(member), standingWords(standing)];
  return member.state !== 'alive' || isAiling(load) || words.some(({ tone }) => tone === 'warn' || tone === 'bad');
}

/** Of one host, by service; what is gone last. */
export function instancesOn(host: string, services: readonly ServiceGroup[]): readonly KnownInstance[] {
  const all = services.flatMap(({ instances }) => instances.filter((instance) => instance.host === host));
  return [...all.filter(isPresent), ...all.filter((instance) => !isPresent(instance))];
}
