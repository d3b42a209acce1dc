// Brings the tables of settings in README.md up to date with those in the code; `--print` only shows it. Needs a build.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The table of settings as Markdown, one row for each of `rows` (`ROWS` of src/config/table.ts, or haproxy-api's). */
export function settingsTable(rows) {
  return [
    '| Setting | Type | Default | Environment | Flag | Meaning |',
    '|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${cellsOf(row).map(escapeCell).join(' | ')} |`),
  ].join('\n');
}

/**
 * `text` with `table` between two markers, `<!-- settings -->` for one. Throws when they are not there: the table must not get lost
 * silently.
 */
export function withSettingsTable(text, table, name = 'settings') {
  const [first, last] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const begin = text.indexOf(first);
  const end = text.indexOf(last);
  if (begin < 0 || end < begin) throw new Error(`README.md has no ${first} followed by ${last}`);
  return `${text.slice(0, begin + first.length)}\n${table}\n${text.slice(end)}`;
}

function cellsOf({ path, variables, flag, setting }) {
  const { kind, initial, v2Initial, extra, help } = setting;
  const initially = code(kind.show(initial));
  return [
    code(path),
    kind.type,
    v2Initial === undefined ? initially : `${initially}, v2: ${code(kind.show(v2Initial))}`,
    [...variables, ...(extra?.aliases ?? [])].map(code).join(', '),
    flag ? [...(flag.short ? [`-${flag.short}`] : []), `--${flag.name}`].map(code).join(', ') : '',
    help,
  ];
}

const code = (text) => `\`${text}\``;
const escapeCell = (text) => text.replaceAll('|', '\\|');

if (import.meta.filename === process.argv[1]) {
  const { ROWS } = await import('../dist/config/table.js');
  const { API_ROWS } = await import('../dist/config/haproxy-api-table.js');
  const [table, apiTable] = [settingsTable(ROWS), settingsTable(API_ROWS)];
  if (process.argv.includes('--print')) console.log(`${table}\n\n${apiTable}`);
  else {
    const readme = join(import.meta.dirname, '..', 'README.md');
    const before = readFileSync(readme, 'utf8');
    const after = withSettingsTable(withSettingsTable(before, table), apiTable, 'haproxy-api settings');
    if (after !== before) writeFileSync(readme, after);
    console.log(after === before ? 'README.md is up to date' : 'README.md is brought up to date');
  }
}
