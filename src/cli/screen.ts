import type { Terminal } from './terminal.js';

/** Control sequences of ECMA-48 and of DEC's terminals, which all of today's understand. */
const CSI = '\u001b[';
const [HOME, CLEAR_LINE, CLEAR_BELOW] = [`${CSI}H`, `${CSI}K`, `${CSI}J`];

/** A screen of its own, without a cursor, on which long lines are cut: a window that was made smaller does not spoil it. */
export const HIDE_SHELL = `${CSI}?1049h${CSI}?25l${CSI}?7l`;
/** What was there before. */
export const SHOW_SHELL = `${CSI}?7h${CSI}?25h${CSI}?1049l`;

/** Draws these lines in place of those of before; of more than the window has the last are counted only. */
export function frame(lines: readonly string[], { rows = Infinity }: Terminal): string {
  const hidden = lines.length - rows;
  const shown =
    hidden > 0 ? [...lines.slice(0, rows - 1), `… and ${hidden + 1} lines more, in a larger window`] : lines;
  return `${HOME}${shown.map((line) => `${line}${CLEAR_LINE}`).join('\n')}${CLEAR_BELOW}`;
}
