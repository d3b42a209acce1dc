import { compareBytes } from '../service/go-json.js';

/** How a member stands, in the belief of one host. */
export const BELIEFS = ['alive', 'suspect', 'dead', 'left', 'missing'] as const;
export type Belief = (typeof BELIEFS)[number];
/** By the names of members. */
export type Beliefs = ReadonlyMap<string, Belief>;

/** A member that another host sees in another state than we do; `unknown`: it is not in the list there, or here. */
export interface Difference {
  readonly name: string;
  readonly state: Belief | 'unknown';
  readonly ours: Belief | 'unknown';
}

/** What one host believes of the members, beside what we believe. */
export interface View {
  /** How many it has alive, itself included. */
  readonly sees: number;
  /** Who is there for it, of the members that we know, so that nobody can name us more than there are. */
  readonly present: ReadonlySet<string>;
  readonly differs: readonly Difference[];
  /** Differences beyond those that are listed. */
  readonly omitted: number;
}

/** No cluster that gossip carries has more; what a list has beyond is not looked at. */
const MAX_MEMBERS = 4_096;
/** Longer names are no hosts'. */
const MAX_NAME = 255;
/** Of one host. */
const MAX_DIFFERENCES = 64;

/** A suspect is there until it is declared dead. */
export const isThere = (belief: Belief | 'unknown'): boolean => belief === 'alive' || belief === 'suspect';

/**
 * Reads the list of members that another agent answers with, of which nothing is trusted.
 *
 * @param host who was asked; where another one answers now, it is not its list
 * @returns undefined for anything else
 */
export function readBeliefs(body: string, host: string): Beliefs | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isObject(json) || json['hostname'] !== host || !Array.isArray(json['members'])) return undefined;
  const listed: readonly unknown[] = json['members'];
  return new Map(listed.slice(0, MAX_MEMBERS).flatMap(beliefIn));
}

function beliefIn(listed: unknown): readonly (readonly [string, Belief])[] {
  if (!isObject(listed)) return [];
  const { name, state } = listed;
  const belief = BELIEFS.find((one) => one === state);
  return typeof name === 'string' && name.length <= MAX_NAME && belief ? [[name, belief]] : [];
}

/**
 * Compares what a host believes with what we believe. That a member is gone is said in several ways: who came later never heard of it,
 * and others forget it sooner. So only members that are there, for one of both, make a difference.
 */
export function viewOf(theirs: Beliefs, ours: Beliefs): View {
  const names = [...new Set([...ours.keys(), ...theirs.keys()])];
  const differences = names
    .map((name): Difference => ({ name, state: theirs.get(name) ?? 'unknown', ours: ours.get(name) ?? 'unknown' }))
    .filter((one) => one.state !== one.ours && (isThere(one.state) || isThere(one.ours)))
    .sort((a, b) => compareBytes(a.name, b.name));
  return {
    sees: [...theirs.values()].filter((belief) => belief === 'alive').length,
    present: new Set([...ours.keys()].filter((name) => isThere(theirs.get(name) ?? 'unknown'))),
    differs: differences.slice(0, MAX_DIFFERENCES),
    omitted: Math.max(0, differences.length - MAX_DIFFERENCES),
  };
}

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null;
