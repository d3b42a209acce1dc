import type { Millis } from '../lib/ports.js';
import type { StrangerFacts } from './facts.js';

/** Who knocks at our cluster and says that it is of another one. */
export function foreignWords({ name, clusterName }: StrangerFacts, ours: string): string {
  const theirs = clusterName === '' ? 'no cluster name' : `cluster ${clusterName}`;
  return `${name} says ${theirs}, and this is cluster ${ours}`;
}

/** Characters of what a check said in a sentence: six lines of a terminal. */
const MAX_SAID = 400;

/** What a check said, as far as a sentence holds it; the facts of its step have all of it. */
export const excerpt = (output: string): string =>
  output.length <= MAX_SAID ? output : `${output.slice(0, MAX_SAID - 1)}…`;

/** A span for people, with two digits or so: `12 ms`, `4.1 s`, `3 min`, `5 h`. */
export function span(ms: Millis): string {
  const size = Math.abs(ms);
  if (size < 1_000) return `${Math.round(ms)} ms`;
  if (size < 60_000) return `${(ms / 1_000).toFixed(size < 10_000 ? 1 : 0)} s`;
  return size < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
