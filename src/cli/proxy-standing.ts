import type { Millis } from '../lib/ports.js';
import { isObject } from './is-object.js';
import type { ListedMember } from './member-list.js';
import { shortDuration } from './short-duration.js';

/** What a host's HAProxy serves, compared with that of the agent that was asked. */
export interface ProxyStanding {
  /** As `/api/convergence` has it: `level`, `behind`, … */
  readonly state: string;
  readonly behindMs: Millis | null;
}

/**
 * Takes from the document of `/api/convergence` what is to be told.
 *
 * @param json whatever was answered: an older agent has no such document
 * @param members of one that has just died the document may still tell
 * @returns by host; empty when there is nothing to compare
 */
export function proxyStandings(json: unknown, members: readonly ListedMember[]): ReadonlyMap<string, ProxyStanding> {
  const there = new Set(members.flatMap(({ name, state }) => (state === 'alive' || state === 'suspect' ? name : [])));
  const hosts: readonly unknown[] = isObject(json) && Array.isArray(json['hosts']) ? json['hosts'] : [];
  return new Map(
    hosts.flatMap((host) => {
      if (!isObject(host)) return [];
      const { name, state, behindMs } = host;
      if (typeof name !== 'string' || typeof state !== 'string') return [];
      if (!there.has(name) || NOTHING_TO_TELL.has(state)) return [];
      return [[name, { state, behindMs: typeof behindMs === 'number' ? behindMs : null }] as const];
    }),
  );
}

/** In a cell of a table. */
export const standingCell = ({ state, behindMs }: ProxyStanding): string =>
  state === 'behind' && behindMs !== null ? `${shortDuration(behindMs)} behind` : state;

/** Whether somebody should look at it. */
export const isOdd = ({ state }: ProxyStanding): boolean => state === 'behind' || state === 'different';

const NOTHING_TO_TELL: ReadonlySet<string> = new Set(['silent', 'unknown']);
