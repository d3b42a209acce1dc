import { Command, Option } from 'commander';
import { nearest } from '../lib/nearest.js';
import { printable } from '../lib/printable.js';
import { meant, type Finding } from './finding.js';
import type { Row } from './rows.js';
import type { Flag } from './setting.js';
import { ROWS } from './table.js';

/** A flag with what the help says of it. */
export interface DescribedFlag extends Flag {
  readonly takes: 'value' | 'values' | 'nothing';
  readonly variables: readonly string[];
  readonly help: string;
}

const PROCESS_FLAGS: readonly DescribedFlag[] = [
  {
    name: 'config-file',
    short: 'f',
    value: 'FILE',
    takes: 'value',
    variables: ['SIDECAR_CONFIG_FILE'],
    help: 'the configuration; sidecar.toml unless given',
  },
  {
    name: 'cpuprofile',
    short: 'p',
    takes: 'nothing',
    variables: ['SIDECAR_CPUPROFILE'],
    help: 'write sidecar.cpu.prof',
  },
  { name: 'check-config', takes: 'nothing', variables: [], help: 'check and print the configuration, then end' },
  { name: 'help', takes: 'nothing', variables: [], help: 'this' },
  { name: 'help-long', takes: 'nothing', variables: [], help: 'this and every setting' },
  { name: 'help-man', takes: 'nothing', variables: [], help: 'a manual page' },
  { name: 'version', takes: 'nothing', variables: [], help: 'the version' },
];

/** Every flag of the agent. */
export const FLAGS: readonly DescribedFlag[] = [...PROCESS_FLAGS, ...flagsOf(ROWS)];

/** The flags that settings have. */
export function flagsOf(rows: readonly Row[]): readonly DescribedFlag[] {
  return rows.flatMap(({ flag, setting, variables }): DescribedFlag[] => {
    if (!flag) return [];
    const takes = setting.kind.isList ? 'values' : flag.value === undefined ? 'nothing' : 'value';
    return [{ ...flag, takes, variables: setting.extra?.aliases ?? variables, help: setting.help }];
  });
}

export type ProgramAction = 'run' | 'check-config' | 'help' | 'help-long' | 'help-man' | 'version';

/** The command line of the agent, or of haproxy-api. */
export interface ProgramFlags {
  readonly action: ProgramAction;
  /** What was given, by the flag's long name: its value, all its values, or whether it is on. */
  readonly values: ReadonlyMap<string, string | readonly string[] | boolean>;
  readonly problems: readonly Finding[];
}

const ACTIONS: readonly ProgramAction[] = ['help', 'help-long', 'help-man', 'version', 'check-config'];

/**
 * Reads a program's flags: `--flag=value`, `--flag value`, `-f value`, `-fvalue`, `--no-flag` for those without a value. An empty
 * value counts as not given.
 *
 * @param argv without the program and the script
 * @param known every flag of the program
 */
export function parseFlags(argv: readonly string[], known: readonly DescribedFlag[] = FLAGS): ProgramFlags {
  const values = new Map<string, string | readonly string[] | boolean>();
  const problems: Finding[] = [];
  const command = new Command().helpOption(false);
  for (const flag of known) {
    const names = flag.short ? `-${flag.short}, --${flag.name}` : `--${flag.name}`;
    if (flag.takes === 'nothing') {
      command.addOption(new Option(names)).addOption(new Option(`--no-${flag.name}`));
      command.on(`option:${flag.name}`, () => values.set(flag.name, true));
      command.on(`option:no-${flag.name}`, () => values.set(flag.name, false));
      continue;
    }
    // Optional for commander, so that it goes on after a missing value and everything wrong is found at once.
    command.addOption(new Option(`${names} [value]`));
    command.on(`option:${flag.name}`, (value: string | null) => {
      if (value === null) problems.push({ code: 'FLAG_NEEDS_VALUE', message: `--${flag.name} needs a value after it` });
      else if (value !== '') values.set(flag.name, flag.takes === 'value' ? value : [...listed(values, flag), value]);
    });
  }
  const { operands, unknown } = command.parseOptions([...argv]);
  problems.push(...operands.map(unexpected), ...unknownFlags(unknown, known));
  return { action: ACTIONS.find((action) => values.get(action) === true) ?? 'run', values, problems };
}

function listed(values: ProgramFlags['values'], { name }: Flag): readonly string[] {
  const soFar = values.get(name);
  return typeof soFar === 'object' ? soFar : [];
}

const unexpected = (seen: string): Finding => ({
  code: 'ARGUMENT_UNEXPECTED',
  message: `unexpected argument ${printable(seen)}: only flags are taken`,
});

/** @param tokens the first unknown flag and all after it that no flag took */
function unknownFlags(tokens: readonly string[], known: readonly DescribedFlag[]): Finding[] {
  return tokens.flatMap((token, i): Finding[] => {
    // A word right after an unknown flag was probably meant as its value.
    if (!token.startsWith('-')) return tokens[i - 1]?.startsWith('-') ? [] : [unexpected(token)];
    const name = token.replace(/^-+/, '').replace(/=.*$/s, '');
    if (known.some((flag) => flag.takes === 'nothing' && flag.name === name))
      return [{ code: 'FLAG_TAKES_NO_VALUE', message: `--${name} takes no value; use --${name} or --no-${name}` }];
    const near = nearest(
      name,
      known.map((flag) => flag.name),
    );
    const hint = meant(near && `--${near}`) || '; see --help';
    // Without its value, which may be a secret that was thought to belong here.
    return [{ code: 'FLAG_UNKNOWN', message: `unknown flag ${printable(token.replace(/=.*$/s, ''))}${hint}` }];
  });
}
