import { harmless } from '../lib/printable.js';

const WIDTH = 80;

/**
 * Text of unknown origin on lines of a terminal of 80 columns. Breaks at spaces only: a word that is too long stays whole, since
 * it is to be copied.
 *
 * @param first what the first line begins with
 * @param indent what the others begin with
 */
export function wrapped(text: string, first = '', indent = ' '.repeat(first.length)): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const paragraph of harmless(text).split('\n')) {
    for (const word of paragraph.split(' ')) {
      if (!isEmpty && line.length + 1 + word.length > WIDTH) {
        lines.push(line);
        [line, isEmpty] = [indent, true];
      }
      line += isEmpty ? word : ` ${word}`;
      isEmpty = false;
    }
    lines.push(line);
    [line, isEmpty] = [indent, true];
  }
  return lines.map((each) => each.trimEnd());
}
