import { harmless } from '../lib/printable.js';
import { colorsOf, type Terminal } from './terminal.js';
import { shortened } from './text-width.js';

const TAB = '    ';

/** A unified diff as people look at it: what comes is green, what goes is red, and on a terminal no line is too long. */
export function diffLines(diff: string, terminal: Terminal): readonly string[] {
  const { columns } = terminal;
  const colors = colorsOf(terminal);
  return diff
    .replace(/^=+\n/, '') // above its first line `createTwoFilesPatch` draws one
    .trimEnd()
    .split('\n')
    .map((line) => {
      const cells = line.split('\t').map(harmless);
      // Without a terminal it stays a text that `patch` takes.
      const text = columns === undefined ? cells.join('\t') : shortened(cells.join(TAB).trimEnd(), columns);
      if (/^(?:\+\+\+|---) /.test(line)) return colors.bold(text);
      if (line.startsWith('+')) return colors.green(text);
      if (line.startsWith('-')) return colors.red(text);
      return line.startsWith('@@') ? colors.cyan(text) : text;
    });
}
