import { Command, CommanderError, type Argument } from 'commander';
import { messageOf } from '../lib/fault.js';
import type { HttpAsk } from '../lib/http-ask.js';
import type { HttpGet } from '../lib/http-get.js';
import type { Clock, WallClock } from '../lib/ports.js';
import { printable } from '../lib/printable.js';
import { askAgent, AskError, bearer, isAgent, urlOf, type Ask } from './ask.js';
import { ExitCode, type CliCommand, type CommandContext } from './command.js';
import { COMMANDS } from './commands.js';
import { examplesText, USUAL_QUESTIONS } from './help.js';
import type { Terminal } from './terminal.js';
import { wrapped } from './wrap.js';

const DEFAULT_AGENT = '127.0.0.1:7777';
/** Of help that is not for a terminal. */
const HELP_COLUMNS = 80;
const SHARED_FLAG = /^--(?:agent|json)(?:=|$)/;

type Environment = Readonly<Record<string, string | undefined>>;

/** The world of a command: what it writes to, and how it reaches the agent. */
export interface CliIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** What `out` writes to, at this moment. */
  readonly terminal: () => Terminal;
  readonly http: HttpAsk;
  readonly get: HttpGet;
  /** @throws the system's error */
  readonly readFile: (path: string, maxBytes: number) => Uint8Array;
  readonly clock: Clock;
  readonly wall: WallClock;
  /** From its first call on the signals that end a process abort this instead, and so does the end of whoever reads `out`. */
  readonly untilStopped: () => AbortSignal;
  readonly startDev: CommandContext['startDev'];
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
  const width = (): number => io.terminal().columns ?? HELP_COLUMNS;
  const program = new Command('sidecar')
    .exitOverride()
    .configureOutput({
      ...{ writeOut: io.out, writeErr: io.err, getOutHelpWidth: width, getErrHelpWidth: width },
      outputError: (text) => complain(text.trimEnd(), io),
    })
    .configureHelp({ showGlobalOptions: true, subcommandTerm: termOf })
    .usage('[options] <command>')
    .addHelpText('after', examplesText(USUAL_QUESTIONS))
    .addHelpText('after', '\nsidecar help COMMAND has examples of each; sidecar --help is about the agent.')
    .commandsGroup('Tools:')
    .helpCommand('help [COMMAND]', 'how a command is asked, with examples')
    .helpOption('-h, --help', 'how it is asked')
    .showHelpAfterError('sidecar help lists the commands')
    .option(
      '--agent <HOST:PORT>',
      `whom to ask, https://HOST:PORT if it has TLS; else SIDECAR_AGENT, else ${DEFAULT_AGENT}`,
    )
    .option('--json', 'print JSON for programs: one document, or one object on each line');
  for (const command of commands) {
    const line = program
      .command(command.name)
      .description(command.summary)
      .helpGroup(`${command.group}:`)
      .addHelpText('after', examplesText(command.examples))
      .helpOption('-h, --help', 'how it is asked')
      .showHelpAfterError(`sidecar help ${command.name} shows how it is asked`);
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
      complain(`sidecar: ${error.message}`, io);
      return ExitCode.NotAsked;
    }
    // Commander has said what is wrong; its exit code 0 means that help was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Fine : ExitCode.NotAsked;
    throw error;
  }
}

const complain = (text: string, { err, terminal }: CliIo): void => err(`${wrapped(text, terminal()).join('\n')}\n`);

/** `ls [NAME]`: what a command must or may be told. Its options are in its own help. */
const termOf = (command: Command): string =>
  [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' ');

const argumentTerm = (argument: Argument): string =>
  argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;

function start(command: CliCommand, line: Command, env: Environment, io: CliIo): Promise<ExitCode> {
  const options: Readonly<Record<string, unknown>> = line.optsWithGlobals();
  const agent = typeof options['agent'] === 'string' ? options['agent'] : env['SIDECAR_AGENT'] || DEFAULT_AGENT;
  if (!isAgent(agent))
    line.error(
      `error: the agent is ${printable(agent)}, expected HOST:PORT or https://HOST:PORT (--agent, SIDECAR_AGENT)`,
    );
  const token = env['SIDECAR_TOKEN'] || undefined;
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    line.error('error: SIDECAR_TOKEN is not a token, expected one word of printable ASCII characters');
  const askAt = (other: string): Ask => askAgent(other, token, io.http);
  const context: CommandContext = {
    agent,
    json: options['json'] === true,
    ask: askAt(agent),
    askAt,
    readText: (path, maxBytes) => textOf(() => io.readFile(path, maxBytes)),
    print: io.out,
    get terminal() {
      return io.terminal();
    },
    open: (path, headers, signal) => io.get(urlOf(agent, path), signal, { ...headers, ...bearer(token) }),
    clock: io.clock,
    wall: io.wall,
    untilStopped: io.untilStopped,
    startDev: io.startDev,
    program: line.parent ?? line,
  };
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
