import type { Command as CommandLine } from 'commander';
import type { Ask } from './ask.js';

/** What `sidecar <command>` ends with. */
export const ExitCode = {
  /** The agent answered, and all is well. */
  Fine: 0,
  /** The agent answered no. */
  No: 1,
  /** There was no answer to use, or no question: wrong flags, no agent, not an agent. */
  NotAsked: 2,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What a command is handed to do its work. */
export interface CommandContext {
  /** `host:port` of the agent, or `https://host:port`. */
  readonly agent: string;
  /** Print one JSON document instead of lines for people. */
  readonly json: boolean;
  readonly ask: Ask;
  /** Asks another agent than `agent`, written in the same way. */
  readonly askAt: (agent: string) => Ask;
  /** A text file of the caller, at most `maxBytes`. @throws AskError */
  readonly readText: (path: string, maxBytes: number) => string;
  /** Writes to stdout. */
  readonly print: (text: string) => void;
}

/** One word after `sidecar`. */
export interface CliCommand {
  readonly name: string;
  /** One line for the help. */
  readonly summary: string;
  /** Adds arguments and options of its own. */
  readonly configure?: (line: CommandLine) => void;
  /**
   * @param args the positional arguments
   * @param options its own options, by their names in camel case
   * @throws AskError when the agent gave no answer to use; it is printed, and the exit code is `NotAsked`
   */
  readonly run: (
    context: CommandContext,
    args: readonly string[],
    options: Readonly<Record<string, unknown>>,
  ) => Promise<ExitCode>;
}
