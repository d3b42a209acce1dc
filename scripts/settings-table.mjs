// Brings the table of settings in README.md up to date with the one in the code; `--print` only shows it. Needs a build.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BEGIN = '<!-- settings -->';
const END = '<!-- /settings -->';

/** The table of settings as Markdown, one row for each of `rows` (`ROWS` of src/config/table.ts). */
export function settingsTable(rows) {
  return [
    '| Setting | Type | Default | Environment | Flag | Meaning |',
    '|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${cellsOf(row).map(escapeCell).join(' | ')} |`),
  ].join('\n');
}

/** `text` with `table` between the two markers. Throws when they are not there: the table must not get lost silently. */
export function withSettingsTable(text, table) {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`README.md has no ${BEGIN} followed by ${END}`);
  return `${text.slice(0, begin + BEGIN.length)}\n${table}\n${text.slice(end)}`;
}

function cellsOf({ path, variables, flag, setting }) {
  const { kind, initial, v2Initial, extra, help, later } = setting;
  const initially = code(kind.show(initial));
  return [
    code(path),
    kind.type,
    v2Initial === undefined ? initially : `${initially}, v2: ${code(kind.show(v2Initial))}`,
    [...variables, ...(extra?.aliases ?? [])].map(code).join(', '),
    flag ? [...(flag.short ? [`-${flag.short}`] : []), `--${flag.name}`].map(code).join(', ') : '',
    later ? `${help} *(later)*` : help,
  ];
}

const code = (text) => `\`${text}\``;
const escapeCell = (text) => text.replaceAll('|', '\\|');

if (import.meta.filename === process.argv[1]) {
  const { ROWS } = await import('../dist/config/table.js');
  const table = settingsTable(ROWS);
  if (process.argv.includes('--print')) console.log(table);
  else {
    const readme = join(import.meta.dirname, '..', 'README.md');
    const before = readFileSync(readme, 'utf8');
    const after = withSettingsTable(before, table);
    if (after !== before) writeFileSync(readme, after);
    console.log(after === before ? 'README.md is up to date' : 'README.md is brought up to date');
  }
}
