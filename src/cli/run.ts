import { Command, CommanderError } from 'commander';
import { messageOf } from '../lib/fault.js';
import type { HttpAsk } from '../lib/http-ask.js';
import { printable } from '../lib/printable.js';
import { askAgent, AskError, type Ask } from './ask.js';
import { ExitCode, type CliCommand } from './command.js';
import { COMMANDS } from './commands.js';

const DEFAULT_AGENT = '127.0.0.1:7777';
const AGENT = /^(?:https?:\/\/)?(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/;
const SHARED_FLAG = /^--(?:agent|json)(?:=|$)/;

type Environment = Readonly<Record<string, string | undefined>>;

/** The world of a command: what it writes to, and how it reaches the agent. */
export interface CliIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly http: HttpAsk;
  /** @throws the system's error */
  readonly readFile: (path: string, maxBytes: number) => Uint8Array;
}

/**
 * Whether a command line is for a sub-command; otherwise it is for the agent, which takes flags only.
 *
 * @param argv without the program and the script
 */
export function isForCli(argv: readonly string[]): boolean {
  const first = argv[0];
  return first !== undefined && (!first.startsWith('-') || SHARED_FLAG.test(first));
}

/**
 * Runs one sub-command to its end.
 *
 * @param argv without the program and the script
 * @param env `SIDECAR_AGENT` and `SIDECAR_TOKEN` are read; the token has no flag, since other users can see those
 * @returns the exit code; rejects only for faults of our own
 */
export async function runCli(
  argv: readonly string[],
  env: Environment,
  io: CliIo,
  commands: readonly CliCommand[] = COMMANDS,
): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.NotAsked;
  const program = new Command('sidecar')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .configureHelp({ showGlobalOptions: true })
    .option(
      '--agent <HOST:PORT>',
      `the agent to ask, https://HOST:PORT if it has TLS (or SIDECAR_AGENT; else ${DEFAULT_AGENT})`,
    )
    .option('--json', 'print one JSON document');
  for (const command of commands) {
    const line = program.command(command.name).description(command.summary);
    command.configure?.(line);
    line.action(async () => {
      exitCode = await start(command, line, env, io);
    });
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof AskError) {
      io.err(`sidecar: ${error.message}\n`);
      return ExitCode.NotAsked;
    }
    // Commander has said what is wrong; its exit code 0 means that help was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Fine : ExitCode.NotAsked;
    throw error;
  }
}

function start(command: CliCommand, line: Command, env: Environment, io: CliIo): Promise<ExitCode> {
  const options: Readonly<Record<string, unknown>> = line.optsWithGlobals();
  const agent = typeof options['agent'] === 'string' ? options['agent'] : env['SIDECAR_AGENT'] || DEFAULT_AGENT;
  if (!AGENT.test(agent))
    line.error(
      `error: the agent is ${printable(agent)}, expected HOST:PORT or https://HOST:PORT (--agent, SIDECAR_AGENT)`,
    );
  const token = env['SIDECAR_TOKEN'] || undefined;
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    line.error('error: SIDECAR_TOKEN is not a token, expected one word of printable ASCII characters');
  const askAt = (other: string): Ask => askAgent(other, token, io.http);
  const readText = (path: string, maxBytes: number): string => textOf(() => io.readFile(path, maxBytes));
  const context = { agent, json: options['json'] === true, ask: askAt(agent), askAt, readText, print: io.out };
  return command.run(context, line.args, options);
}

/** @throws AskError when there is no file to read */
function textOf(read: () => Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(read());
  } catch (error) {
    throw new AskError({ code: 'FILE_UNREADABLE', reason: messageOf(error) });
  }
}
