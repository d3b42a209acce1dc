import assert from 'node:assert/strict';
import { shortOrigin } from './origin.js';
import type { Row } from './rows.js';
import { ROWS } from './table.js';
import type { SourcedValue } from './weigh.js';

const WIDTH = 80;
/** Leaves room for most origins; a longer value gets its origin on the line before it. */
const LONGEST_BESIDE = 54;

/**
 * The whole configuration as TOML, with the origin of each value beside it. It can be used as a configuration file, but for
 * secrets, which are masked.
 *
 * @param rows the settings of the program, in the order to print them
 */
export function printConfig(
  { sourced, file }: { readonly sourced: ReadonlyMap<string, SourcedValue>; readonly file: string | undefined },
  rows: readonly Row[] = ROWS,
): string {
  const lines = [`# effective configuration${file === undefined ? ', without a file' : `; "file" is ${file}`}`];
  for (const table of new Set(rows.map((row) => row.table))) {
    const ofTable = rows.filter((row) => row.table === table);
    const keyWidth = Math.max(...ofTable.map(({ tomlKey }) => tomlKey.length));
    const shown = ofTable.map(({ tomlKey, path, setting }) => {
      const found = sourced.get(path);
      assert(found, `${path} was loaded`);
      const { value, origin } = found;
      return { text: `${tomlKey.padEnd(keyWidth)} = ${setting.kind.show(value)}`, origin: `# ${shortOrigin(origin)}` };
    });
    const column = Math.max(...shown.map(({ text }) => (text.length > LONGEST_BESIDE ? 0 : text.length)));
    lines.push('', `[${table}]`);
    for (const { text, origin } of shown) {
      const isBeside = text.length <= column && column + 2 + origin.length <= WIDTH;
      lines.push(...(isBeside ? [`${text.padEnd(column)}  ${origin}`] : [origin, text]));
    }
  }
  return `${lines.join('\n')}\n`;
}
