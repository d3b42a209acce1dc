import type { ClusterView } from '../../data/overview.js';
import { factsOf, isPresent } from '../services/groups.js';

/** A service that goes from a version to another one in a cluster; while `isSure` is false perhaps the other way. */
export interface Deployment {
  readonly cluster: string;
  /** As `?cluster=` has it; undefined: the own one. */
  readonly clusterParameter: string | undefined;
  readonly service: string;
  readonly from: string;
  readonly to: string;
  readonly isSure: boolean;
  /** Instances of the new version that are alive, of all that are there. */
  readonly done: number;
  readonly all: number;
  /** When the first instance of the new version was made, by its host's clock. */
  readonly since: number | undefined;
  /** When it was seen to be over, by the own agent's clock. */
  readonly endedAt: number | undefined;
}

/** What is over is shown for so long. */
const SHOWN_FOR_MS = 15 * 60_000;
const MOST_ENDED = 50;

/**
 * What is being deployed, and what was while somebody looked, the newest first.
 *
 * @param known what this returned before
 * @param sole the version that ran alone last, or surely is the old one, by cluster and service; it is brought up to date
 * @param now by the own agent's clock
 */
export function followDeployments(
  known: readonly Deployment[],
  sole: Map<string, string>,
  clusters: readonly ClusterView[],
  now: number,
): readonly Deployment[] {
  const running: Deployment[] = [];
  const ended: Deployment[] = [];
  for (const { name, isSelf, facts } of clusters) {
    const where = { cluster: name, clusterParameter: isSelf ? undefined : name };
    for (const group of facts?.services ?? []) {
      const { versions, isOrderSure, present, isRolling } = factsOf(group);
      const key = `${name}\n${group.name}`;
      const before = sole.get(key);
      // What was alone before is the old one, whatever the hosts say of its age.
      const ordered = versions.at(-1)?.version === before ? [...versions].reverse() : versions;
      const [from, to] = [ordered[0], ordered.at(-1)];
      if (!from || !to) continue;
      const of = { ...where, service: group.name, to: to.version, done: to.alive, all: present };
      const isSure = isOrderSure || from.version === before;
      const since = isSure ? sinceOf(group.instances.filter(isPresent), to.image) : undefined;
      const deployment = { ...of, from: from.version, isSure, since, endedAt: undefined };
      if (isRolling) {
        running.push(deployment);
        if (before === undefined && isSure) sole.set(key, from.version);
      } else {
        const left = before ?? otherOf(known, deployment);
        if (left !== undefined && left !== to.version)
          ended.push({ ...deployment, isSure: true, from: left, endedAt: now });
        sole.set(key, to.version);
      }
    }
  }
  const still = known.filter(
    ({ cluster, service, endedAt }) =>
      endedAt !== undefined &&
      now - endedAt < SHOWN_FOR_MS &&
      ![...running, ...ended].some((each) => each.cluster === cluster && each.service === service),
  );
  const newest = (a: Deployment, b: Deployment): number => (b.since ?? 0) - (a.since ?? 0);
  return [...running.sort(newest), ...[...ended, ...still].slice(0, MOST_ENDED)];
}

/** The version that was seen beside the one that is alone now. */
function otherOf(known: readonly Deployment[], { cluster, service, to }: Deployment): string | undefined {
  const seen = known.find((each) => each.endedAt === undefined && each.cluster === cluster && each.service === service);
  return seen?.to === to ? seen.from : seen?.to;
}

function sinceOf(
  instances: readonly { readonly image: string; readonly created: number | undefined }[],
  image: string,
): number | undefined {
  const times = instances.filter((each) => each.image === image).flatMap(({ created }) => created ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}
