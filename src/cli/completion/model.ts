import type { Argument, Command, Option } from 'commander';
import { EVENT_KINDS } from '../event.js';

/** What the agent is asked for, by the name that a value has in the help. */
export const WORD_KINDS = ['NAME', 'HOST', 'ID', 'NAME@HOST'] as const;
export type WordKind = (typeof WORD_KINDS)[number];

/** What may stand in one place of a command line. */
export interface Words {
  /** As the help calls it. */
  readonly title: string;
  readonly fixed: readonly string[];
  readonly asked: readonly WordKind[];
  readonly isFile: boolean;
}

export interface FlagModel {
  /** `--since`. */
  readonly flag: string;
  readonly summary: string;
  /** Undefined: it takes no value. */
  readonly value: Words | undefined;
}

export interface CommandModel {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly FlagModel[];
  readonly places: readonly Words[];
}

/** All that a shell can complete. */
export interface CompletionModel {
  /** What every command takes. */
  readonly flags: readonly FlagModel[];
  readonly commands: readonly CommandModel[];
}

/** Reads from the command line itself what it takes, so that no list of it can be out of date. */
export function modelOf(program: Command): CompletionModel {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    summary: command.description(),
    flags: flagsOf(command),
    places: command.registeredArguments.map(placeOf),
  }));
  const names = commands.map(({ name }) => name);
  const help: CommandModel = {
    name: 'help',
    summary: 'how a command is asked, with examples',
    flags: [],
    places: [{ title: 'COMMAND', fixed: names, asked: [], isFile: false }],
  };
  return { flags: [...flagsOf(program), HELP], commands: [...commands, help] };
}

const HELP: FlagModel = { flag: '--help', summary: 'how it is asked, with examples', value: undefined };

const flagsOf = (command: Command): readonly FlagModel[] => command.options.filter(({ hidden }) => !hidden).map(flagOf);

function flagOf({ long, flags, description, argChoices }: Option): FlagModel {
  const title = /[<[](.+)[>\]]/.exec(flags)?.[1];
  return {
    flag: long ?? flags,
    summary: description,
    value: title === undefined ? undefined : wordsOf(title, argChoices),
  };
}

const placeOf = (argument: Argument): Words => wordsOf(argument.name(), argument.argChoices);

/** `ID|NAME@HOST` is one or the other. */
function wordsOf(title: string, choices: readonly string[] | undefined): Words {
  const kinds = title.split('|');
  return {
    title,
    fixed: choices ?? (title.startsWith('KIND') ? EVENT_KINDS : []),
    asked: WORD_KINDS.filter((kind) => kinds.includes(kind)),
    isFile: kinds.includes('FILE'),
  };
}
