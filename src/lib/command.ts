import type { Millis } from './ports.js';

/** A program to run: no shell unless `file` is one. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Added to the agent's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface CommandLimits {
  /** After this long the whole process group is ended with SIGKILL. */
  readonly timeoutMs: Millis;
  /** How much of stdout and stderr together is kept; the rest is read and dropped. */
  readonly maxOutputBytes: number;
  /** Ends the whole process group at once. */
  readonly signal?: AbortSignal;
}

export interface CommandResult {
  /** `ended` by itself; `timed-out` or `aborted` and killed with its group; `not-started`: no such program, no right to run it. */
  readonly outcome: 'ended' | 'timed-out' | 'aborted' | 'not-started';
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  /** stdout and stderr as they came, cut at the limit; for `not-started` the system's words. */
  readonly output: string;
  readonly durationMs: Millis;
}

/** Runs a program to its end, never rejects. It is over when the process exits, even if a daemon it started keeps its pipes open. */
export type RunCommand = (command: Command, limits: CommandLimits) => Promise<CommandResult>;
