import stringWidth from 'string-width';
import { harmless } from '../lib/printable.js';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How many cells of a terminal a line takes: wide characters take two, combining ones none. */
export const widthOf = (text: string): number => stringWidth(text);

/** Text of unknown origin for one cell of a table: it cannot command the terminal, nor begin a line. */
export const oneLine = (text: string): string => harmless(text).replaceAll('\n', '\\u000a');

/** As much of the text as fits, with an ellipsis where something is left out. @param width cells, >= 0 */
export function shortened(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width < 1 ? '' : `${headOf(text, width - 1)}…`;
}

/** The longest beginning of the text that fits. @param width cells, >= 0 */
export function headOf(text: string, width: number): string {
  let head = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment);
    if (used > width) break;
    head += segment;
  }
  return head;
}

/** The spaces that bring the text to `width` cells; none for a longer one. */
export const spaceAfter = (text: string, width: number): string => ' '.repeat(Math.max(0, width - widthOf(text)));
