import { harmless } from '../lib/printable.js';
import type { Terminal } from './terminal.js';
import { headOf, widthOf } from './text-width.js';

/** Where less is left beside the indent, nothing is indented. */
const MIN_ROOM = 8;

/**
 * Text of unknown origin as lines that fit the terminal. Breaks at spaces, and within a word only where the word is longer than a
 * line. Where there is no terminal only its own line breaks count.
 *
 * @param first what the first line begins with
 * @param indent what the others begin with
 */
export function wrapped(
  text: string,
  terminal: Terminal,
  first = '',
  indent = ' '.repeat(widthOf(first)),
): readonly string[] {
  const { columns = Infinity } = terminal;
  if (Math.max(widthOf(first), widthOf(indent)) + MIN_ROOM > columns && first + indent !== '')
    return wrapped(first + text, terminal, '', '');
  const lines: string[] = [];
  let [line, isEmpty] = [first, true];
  const end = (): void => {
    lines.push(line.trimEnd());
    [line, isEmpty] = [indent, true];
  };
  for (const paragraph of harmless(text).split('\n')) {
    for (const word of paragraph.split(' ')) {
      if (!isEmpty && widthOf(line) + 1 + widthOf(word) > columns) end();
      let rest = isEmpty ? word : ` ${word}`;
      while (widthOf(line) + widthOf(rest) > columns) {
        const head = headOf(rest, columns - widthOf(line));
        if (head === '') break; // not even one character fits beside the indent
        line += head;
        rest = rest.slice(head.length);
        end();
      }
      line += rest;
      isEmpty = false;
    }
    end();
  }
  return lines;
}
