import type { Difference, HostView, Views } from '../../data/views.js';
import { count } from '../../words/service.js';

/** What hosts say alike, against the host that answers. */
export interface SharedDifference extends Difference {
  /** Who sees it so. */
  readonly hosts: readonly string[];
}

/** Differences that several hosts have alike are one; what most have comes first. */
export function sharedDifferences({ hosts }: Views): readonly SharedDifference[] {
  const byWords = new Map<string, Difference & { readonly hosts: string[] }>();
  for (const host of hosts)
    for (const difference of host.differs) {
      const key = JSON.stringify([difference.name, difference.state, difference.ours]);
      const shared = byWords.get(key) ?? { ...difference, hosts: [] };
      shared.hosts.push(host.name);
      byWords.set(key, shared);
    }
  return [...byWords.values()].sort((a, b) => b.hosts.length - a.hosts.length || (a.name < b.name ? -1 : 1));
}

/** Live members of which nobody knows what they see. */
export const silentHosts = ({ hosts }: Views): readonly HostView[] =>
  hosts.filter(({ sees, state }) => sees === undefined && (state === 'alive' || state === 'suspect'));

/** Whether all agree, in one sentence. */
export function agreementText({ hosts }: Views): string {
  const told = hosts.filter(({ sees }) => sees !== undefined);
  const differing = told.filter(({ differs, omitted }) => differs.length + omitted > 0);
  if (told.length === 1) return 'No other host says what it sees.';
  if (differing.length === 0) return `All ${count(told.length, 'host')} that could be asked see the same members.`;
  const who = differing.length === 1 ? `${differing[0]?.name ?? ''} sees` : `${differing.length} hosts see`;
  return `${who} the members otherwise than this agent, of ${count(told.length, 'host')} that could be asked.`;
}

/** The first few of many. */
export function namesText(names: readonly string[], most = 3): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ');
}
