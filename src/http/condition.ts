import type { Problem } from '../lib/problems.js';

/** How the agent itself is, as far as it may be asked. */
export interface Condition {
  /** What is wrong now around the agent, oldest first, and how much more did not fit the list. */
  readonly problems: { list(): readonly Problem[]; readonly dropped: number };
  /** What the agent still waits for, as sentences without a full stop; empty = ready. */
  readiness(): readonly string[];
  /** What stops the agent from doing its work, as sentences; empty = it works. */
  vitals(): readonly string[];
}
