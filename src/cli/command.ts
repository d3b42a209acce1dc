import type { Command as CommandLine } from 'commander';
import type { HttpResponse } from '../lib/http-get.js';
import type { Clock, WallClock } from '../lib/ports.js';
import type { Ask } from './ask.js';
import type { Terminal } from './terminal.js';

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
  /** What stdout is at this moment: the window of a terminal may be another size a moment later. */
  readonly terminal: Terminal;
  /**
   * Asks the agent for an answer that comes bit by bit, such as server-sent events.
   *
   * @returns as soon as its head is there; rejects with the system's words
   */
  readonly open: (
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ) => Promise<HttpResponse>;
  readonly clock: Clock;
  readonly wall: WallClock;
  /** Aborts when somebody ends the command: Ctrl-C, SIGTERM, or whoever read its output is gone. Without it these end the process. */
  readonly untilStopped: () => AbortSignal;
  /** Runs an agent for this machine alone to its end. @param follow URL of an agent whose services it borrows */
  readonly startDev: (follow: string | undefined) => Promise<ExitCode>;
  /** The whole command line, of which this command is a part. */
  readonly program: CommandLine;
}

/** The headings of the help, in its order. */
export const COMMAND_GROUPS = ['Look', 'Understand', 'Act', 'Tools'] as const;

/** A command line that works, without `sidecar`, and what it is good for. */
export type Example = readonly [line: string, purpose: string];

/** One word after `sidecar`. */
export interface CliCommand {
  readonly name: string;
  /** One line for the help: with the name before it, it fits 80 columns. */
  readonly summary: string;
  /** Under which heading the help lists it. */
  readonly group: (typeof COMMAND_GROUPS)[number];
  /** Two to four; they stand below its own help. */
  readonly examples: readonly Example[];
  /**
   * Adds arguments and options of its own. What the shell completes follows from the names of their values: NAME is a service, HOST
   * a host, ID an instance, NAME@HOST both, FILE a file; `A|B` is one or the other.
   */
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
