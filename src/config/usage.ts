import { FLAGS, type DescribedFlag } from './flags.js';
import { API_FLAGS } from './haproxy-api-load.js';
import { API_ROWS } from './haproxy-api-table.js';
import type { Row } from './rows.js';
import { ROWS } from './table.js';

/** A sub-command, as the help lists it. */
export interface CommandSummary {
  readonly name: string;
  readonly summary: string;
  /** Its heading. */
  readonly group: string;
}

const ORDER = 'Flags win over variables, variables over the file, the file over defaults.';
const PURPOSE = 'Finds the services of this host, checks them, and lets HAProxy route to them.';

/** The text of `--help`, and with `everySetting` of `--help-long`. */
export function helpText(commands: readonly CommandSummary[], everySetting: boolean): string {
  const lines = [
    'usage: sidecar [<flags>]             the agent',
    '       sidecar <command> [<flags>]   asks a running agent',
    '',
    PURPOSE,
    ORDER,
    ...flagLines(FLAGS),
    ...[...new Set(commands.map(({ group }) => group))].flatMap((heading) => commandLines(heading, commands)),
    '',
    'sidecar help COMMAND has examples of each.',
    ...(everySetting ? settingLines(ROWS) : []),
  ];
  return `${lines.join('\n')}\n`;
}

const commandLines = (heading: string, commands: readonly CommandSummary[]): readonly string[] => [
  '',
  `${heading}:`,
  ...commands.filter(({ group }) => group === heading).map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`),
];

/** The text of haproxy-api's `--help`, and with `everySetting` of its `--help-long`. */
export function apiHelpText(everySetting: boolean): string {
  const lines = [
    'usage: haproxy-api [<flags>]',
    '',
    'Drives an HAProxy by the state of an agent that it follows, or that is posted.',
    ORDER,
    ...flagLines(API_FLAGS),
    ...(everySetting ? settingLines(API_ROWS) : []),
  ];
  return `${lines.join('\n')}\n`;
}

const flagLines = (flags: readonly DescribedFlag[]): readonly string[] => [
  '',
  'Flags:',
  ...flags.flatMap((flag) => [
    `  ${spelling(flag)}`,
    `      ${described(flag)}`,
    ...(flag.variables.length > 0 ? [`      ${flag.variables.join(', ')}`] : []),
  ]),
];

const settingLines = (rows: readonly Row[]): readonly string[] => [
  '',
  'Settings, with their variables and defaults:',
  ...rows.flatMap(({ path, variables, setting }) => [
    `  ${path} (${setting.kind.type}; default ${setting.kind.show(setting.initial)})`,
    `      ${setting.help}`,
    `      ${[...variables, ...(setting.extra?.aliases ?? [])].join(', ')}`,
  ]),
];

/** The text of `--help-man`: a manual page for `man -l`. */
export function manualPage(commands: readonly CommandSummary[]): string {
  const entry = (term: string, text: string): string[] => ['.TP', `\\fB${roff(term)}\\fR`, roff(text)];
  return `${[
    '.TH sidecar 1',
    '.SH NAME',
    'sidecar \\- service discovery agent that drives HAProxy',
    '.SH SYNOPSIS',
    '.B sidecar',
    '[\\fIflags\\fR]',
    '.br',
    '.B sidecar',
    '\\fIcommand\\fR [\\fIflags\\fR]',
    '.SH DESCRIPTION',
    roff(PURPOSE),
    '.SH OPTIONS',
    ...FLAGS.flatMap((flag) => entry(spelling(flag), described(flag))),
    '.SH COMMANDS',
    ...commands.flatMap(({ name, summary }) => entry(name, summary)),
    '.SH SETTINGS',
    ...ROWS.flatMap(({ path, setting }) => entry(path, `${setting.help} (${setting.kind.type})`)),
  ].join('\n')}\n`;
}

function spelling({ name, short, value, takes }: DescribedFlag): string {
  const negatable = takes === 'nothing' && !/^(help|version|check)/.test(name) ? '[no-]' : '';
  return `${short ? `-${short}, ` : '    '}--${negatable}${name}${value ? `=${value}` : ''}`;
}

const described = ({ help, takes }: DescribedFlag): string => `${help}${takes === 'values' ? '; may be repeated' : ''}`;

/** A line must not begin with a request of roff, and a hyphen must stay one. */
const roff = (text: string): string =>
  text.trim().replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/, '\\&$&');
