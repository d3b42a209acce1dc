import assert from 'node:assert/strict';
import type { LoadedConfig } from './load.js';
import { shortOrigin } from './origin.js';
import { ROWS } from './table.js';

const WIDTH = 80;
/** Leaves room for most origins; a longer value gets its origin on the line before it. */
const LONGEST_BESIDE = 54;

/**
 * The whole configuration as TOML, with the origin of each value beside it. It can be used as a configuration file, but for
 * secrets, which are masked.
 */
export function printConfig({ sourced, file }: LoadedConfig): string {
  const lines = [`# effective configuration${file === undefined ? ', without a file' : `; "file" is ${file}`}`];
  for (const table of new Set(ROWS.map((row) => row.table))) {
    const rows = ROWS.filter((row) => row.table === table);
    const keyWidth = Math.max(...rows.map(({ tomlKey }) => tomlKey.length));
    const shown = rows.map(({ tomlKey, path, setting }) => {
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
