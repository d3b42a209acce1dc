import type { KnownInstance, ServiceGroup } from '../../data/catalog.js';
import { STATUSES, type Instance, type Status } from '../../data/instance.js';
import type { Proxy } from '../../data/proxy.js';
import { count, imageName, numberText, portText, STATUS_WORDS } from '../../words/service.js';
import { inOrder, type Dated } from './version-order.js';

/** What is shown of a service as a whole. */
export interface GroupFacts {
  readonly byStatus: Readonly<Record<Status, number>>;
  /** Instances that are not gone. */
  readonly present: number;
  /** Of those that are present, from the old one to the new one. */
  readonly versions: readonly VersionFacts[];
  /** Their order is known, and not only a guess. */
  readonly isOrderSure: boolean;
  /** Several versions run side by side: a deployment is on its way, or was left half done. */
  readonly isRolling: boolean;
  /** Where HAProxy offers it, rising. */
  readonly servicePorts: readonly number[];
  /** When any of it last changed; undefined: longer ago than is known. */
  readonly changedAt: number | undefined;
}

export interface VersionFacts {
  readonly version: string;
  readonly image: string;
  readonly instances: number;
  readonly alive: number;
}

const known = new WeakMap<ServiceGroup, GroupFacts>();

/** Worked out once for each group, which is another one when anything in it changes. */
export function factsOf(group: ServiceGroup): GroupFacts {
  const facts = known.get(group) ?? workOut(group.instances);
  known.set(group, facts);
  return facts;
}

function workOut(instances: readonly KnownInstance[]): GroupFacts {
  const of = (status: Status): number => instances.filter((instance) => instance.status === status).length;
  const byStatus = {
    ...{ Alive: of('Alive'), Unhealthy: of('Unhealthy'), Draining: of('Draining'), Unknown: of('Unknown') },
    Tombstone: of('Tombstone'),
  };
  const present = instances.filter(isPresent);
  const { versions, isSure } = versionsOf(present);
  const ports = (present.length > 0 ? present : instances).flatMap((instance) => instance.ports);
  const changes = instances.map(({ changedAt }) => changedAt).filter((time) => time !== undefined);
  return {
    byStatus,
    present: present.length,
    versions,
    isOrderSure: isSure,
    isRolling: versions.length > 1,
    servicePorts: [...new Set(ports.map(({ servicePort }) => servicePort))]
      .filter((port) => port > 0)
      .sort((a, b) => a - b),
    changedAt: changes.length === 0 ? undefined : Math.max(...changes),
  };
}

export const isPresent = ({ status }: { readonly status: Status }): boolean => status !== 'Tombstone';

function versionsOf(present: readonly KnownInstance[]): ReturnType<typeof inOrder<VersionFacts & Dated>> {
  const byImage = new Map<string, KnownInstance[]>();
  for (const instance of present) byImage.set(instance.image, [...(byImage.get(instance.image) ?? []), instance]);
  return inOrder(
    [...byImage].map(([image, instances]) => ({
      version: imageName(image).version || imageName(image).name,
      image,
      instances: instances.length,
      alive: instances.filter(({ status }) => status === 'Alive').length,
      created: instances.map(({ created }) => created),
    })),
  );
}

/** The status that asks most for somebody's eyes, of those that are present. */
export function worstOf({ byStatus, present }: GroupFacts): Status {
  if (present === 0) return 'Tombstone';
  const order: readonly Status[] = ['Unhealthy', 'Unknown', 'Draining', 'Alive'];
  return order.find((status) => byStatus[status] > 0) ?? 'Alive';
}

/** What HAProxy of the agent's host does otherwise than the catalog says. */
export interface Mark {
  readonly kind: 'set-aside' | 'stale';
  /** A word or two. */
  readonly label: string;
  readonly text: string;
  readonly code: string | undefined;
  readonly since: number | undefined;
}

/** By service. @param now by the agent's clock, for what tells only its age */
export function marksOf(
  proxy: Pick<Proxy, 'setAside' | 'stale'> | 'none' | undefined,
  now: number,
): ReadonlyMap<string, readonly Mark[]> {
  const marks = new Map<string, Mark[]>();
  if (proxy === undefined || proxy === 'none') return marks;
  const add = (service: string, mark: Mark): void => void marks.set(service, [...(marks.get(service) ?? []), mark]);
  for (const { service, servicePort, code, message, since } of proxy.setAside) {
    const text = servicePort === undefined ? message : `ServicePort ${servicePort}: ${message}`;
    add(service, { kind: 'set-aside', label: 'Set aside', text, code, since });
  }
  for (const { service, servicePort, servers, sinceMs } of proxy.stale) {
    const where = servicePort === undefined ? '' : ` at ServicePort ${servicePort}`;
    const text = `out of sight, and served by its last ${servers === 1 ? 'server' : `${servers} servers`}${where}`;
    add(service, {
      kind: 'stale',
      label: 'Stale',
      text,
      code: undefined,
      since: sinceMs === undefined ? undefined : now - sinceMs,
    });
  }
  return marks;
}

const haystacks = new WeakMap<Instance, string>();

/** All that a search may find an instance by, in small letters. */
function haystackOf(instance: Instance): string {
  const { service, host, id, image, status, ports } = instance;
  const text =
    haystacks.get(instance) ??
    [service, host, id, image, STATUS_WORDS[status], ...ports.map(portText)].join('\n').toLowerCase();
  haystacks.set(instance, text);
  return text;
}

/** Whether each word is found somewhere in it. */
export const isFound = (instance: Instance, words: readonly string[]): boolean =>
  words.every((word) => haystackOf(instance).includes(word));

/** How many instances have each status. */
export function countsOf(groups: readonly ServiceGroup[]): Readonly<Record<Status, number>> {
  const counts = { Alive: 0, Unhealthy: 0, Draining: 0, Unknown: 0, Tombstone: 0 };
  for (const group of groups) for (const status of STATUSES) counts[status] += factsOf(group).byStatus[status];
  return counts;
}

/** All of them in a line. */
export function summaryOf(services: readonly ServiceGroup[]): string {
  const present = services.filter((group) => group.instances.some(isPresent)).length;
  const { Alive, Unhealthy, Draining, Unknown } = countsOf(services);
  const instances = Alive + Unhealthy + Draining + Unknown;
  return `${count(present, 'service')}, ${numberText(Alive)} of ${count(instances, 'instance')} alive`;
}
