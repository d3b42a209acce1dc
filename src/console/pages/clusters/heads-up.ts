import type { ClusterFacts } from '../../data/overview.js';
import { count, numberText } from '../../words/service.js';
import { countsOf, isPresent } from '../services/groups.js';

/** One figure of a cluster: `3`, `hosts`. */
export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly tone: 'plain' | 'bad' | 'warn';
  /** More of it, for who points at it. */
  readonly more: string;
}

/** What somebody wants to know of a cluster at a glance. What its agent does not tell is left out. */
export function figuresOf({ services, members, problems, convergence }: ClusterFacts): readonly Figure[] {
  const { Alive, Unhealthy, Draining, Unknown } = countsOf(services);
  const all = Alive + Unhealthy + Draining + Unknown;
  const present = services.filter(({ instances }) => instances.some(isPresent)).length;
  const figures: Figure[] = [
    { label: present === 1 ? 'service' : 'services', value: numberText(present), tone: 'plain', more: '' },
    {
      label: 'instances alive',
      value: Alive === all ? numberText(all) : `${numberText(Alive)} of ${numberText(all)}`,
      tone: Unhealthy > 0 ? 'bad' : Alive === all ? 'plain' : 'warn',
      more: Unhealthy > 0 ? `${Unhealthy} unhealthy` : '',
    },
  ];
  figures.push(hostsFigure(services, members));
  if (problems)
    figures.push({
      label: problems.length === 1 ? 'problem' : 'problems',
      value: numberText(problems.length),
      tone: problems.length > 0 ? 'warn' : 'plain',
      more: problems.map(({ code, subject }) => [code, subject].filter(Boolean).join(' ')).join(', '),
    });
  if (convergence) {
    const behind = convergence.hosts.filter(({ state }) => state === 'behind' || state === 'different');
    figures.push({
      label: 'behind',
      value: numberText(behind.length),
      tone: behind.length > 0 ? 'warn' : 'plain',
      more: behind.map(({ name, state }) => `${name} is ${state}`).join(', '),
    });
  }
  return figures;
}

/** Of who does not tell its members, those that run something. */
function hostsFigure(services: ClusterFacts['services'], members: ClusterFacts['members']): Figure {
  if (!members) {
    const hosts = new Set(services.flatMap(({ instances }) => instances.filter(isPresent).map(({ host }) => host)));
    return { label: hosts.size === 1 ? 'host' : 'hosts', value: numberText(hosts.size), tone: 'plain', more: '' };
  }
  const there = members.filter(({ state }) => state !== 'left');
  const alive = there.filter(({ state }) => state === 'alive').length;
  const away = there.filter(({ state }) => state !== 'alive');
  return {
    label: there.length === 1 ? 'host' : 'hosts',
    value: away.length === 0 ? numberText(alive) : `${alive} of ${there.length}`,
    tone: away.length === 0 ? 'plain' : 'bad',
    more: away.map(({ name, state }) => `${name} is ${state}`).join(', '),
  };
}

/** `5 clusters, 4 of them answer`. */
export function summaryOf(clusters: readonly { readonly facts: unknown; readonly away: unknown }[]): string {
  const asked = clusters.filter(({ facts, away }) => facts !== undefined || away !== undefined);
  const away = clusters.filter((each) => each.away !== undefined).length;
  const all = count(clusters.length, 'cluster');
  if (asked.length < clusters.length) return all;
  return away === 0 ? `${all}, all of them answer` : `${all}, ${clusters.length - away} of them answer`;
}
