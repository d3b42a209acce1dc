import { FLAGS, type DescribedFlag } from './flags.js';
import { ROWS } from './table.js';

/** A sub-command, as the help lists it. */
export interface CommandSummary {
  readonly name: string;
  readonly summary: string;
}

const PURPOSE = 'Finds the services of this host, checks them, and lets HAProxy route to them.';

/** The text of `--help`, and with `everySetting` of `--help-long`. */
export function helpText(commands: readonly CommandSummary[], everySetting: boolean): string {
  const lines = [
    'usage: sidecar [<flags>]             the agent',
    '       sidecar <command> [<flags>]   asks a running agent',
    '',
    PURPOSE,
    'Flags win over variables, variables over the file, the file over defaults.',
    '',
    'Flags:',
    ...FLAGS.flatMap((flag) => [
      `  ${spelling(flag)}`,
      `      ${described(flag)}`,
      ...(flag.variables.length > 0 ? [`      ${flag.variables.join(', ')}`] : []),
    ]),
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`),
  ];
  if (everySetting) {
    lines.push('', 'Settings, with their variables and defaults:');
    for (const { path, variables, setting } of ROWS)
      lines.push(
        `  ${path} (${setting.kind.type}; default ${setting.kind.show(setting.initial)})`,
        `      ${setting.help}`,
        `      ${[...variables, ...(setting.extra?.aliases ?? [])].join(', ')}`,
      );
  }
  return `${lines.join('\n')}\n`;
}

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
