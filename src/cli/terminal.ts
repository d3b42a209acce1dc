import picocolors from 'picocolors';

/** What stdout is: somebody who looks at it, or a file or program that takes every character. */
export interface Terminal {
  /** How many cells a line has; undefined: no terminal, and no limit. */
  readonly columns: number | undefined;
  /** How many lines are seen at once; undefined: no terminal, or one where nothing can be drawn over what is there. */
  readonly rows: number | undefined;
  readonly hasColor: boolean;
}

/** What Node tells of stdout. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Where a text is not for a terminal. */
export const NO_TERMINAL: Terminal = { columns: undefined, rows: undefined, hasColor: false };

/** Of terminals that do not tell. */
const USUAL = { columns: 80, rows: 24 };
/** Less than this is a terminal that does not know its size. */
const MIN_COLUMNS = 20;

/**
 * Reads how to write to stdout. `COLUMNS` wins over what the terminal says, `NO_COLOR` means no colour, `TERM=dumb` no control
 * sequences at all; none of them counts where there is no terminal.
 */
export function terminalOf(stream: OutputStream, env: Readonly<Record<string, string | undefined>>): Terminal {
  if (stream.isTTY !== true) return NO_TERMINAL;
  const isDumb = env['TERM'] === 'dumb';
  const asked = /^\d{1,4}$/.test(env['COLUMNS'] ?? '') ? Number(env['COLUMNS']) : stream.columns;
  return {
    columns: asked === undefined || asked < 1 ? USUAL.columns : Math.max(MIN_COLUMNS, asked),
    rows: isDumb ? undefined : stream.rows || USUAL.rows,
    hasColor: !env['NO_COLOR'] && !isDumb,
  };
}

export type Colors = ReturnType<typeof picocolors.createColors>;

/** The colours of a terminal; without any each leaves a text as it is. */
export const colorsOf = ({ hasColor }: Terminal): Colors => (hasColor ? COLORED : PLAIN);

const COLORED = picocolors.createColors(true);
const PLAIN = picocolors.createColors(false);
