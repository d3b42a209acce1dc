import { colorsOf, type Colors, type Terminal } from './terminal.js';
import { oneLine, shortened, spaceAfter, widthOf } from './text-width.js';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** Default: left. */
  readonly align?: 'left' | 'right';
  /** How many cells of it must stay where the line is too long; undefined: it is shown whole. */
  readonly min?: number;
  /** Left out, from the right, where shortening is not enough. */
  readonly isExtra?: boolean;
  /** Gives the text its colour. */
  readonly paint?: (colors: Colors, row: Row) => (text: string) => string;
}

const GAP = '  ';

/**
 * A table as lines, the titles first. No line is longer than the terminal: the longest cells are shortened, then columns left out.
 * Where there is no terminal nothing is shortened.
 */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], terminal: Terminal): string[] {
  const available = terminal.columns ?? Infinity;
  const texts = columns.map(({ title, cell }) => [title, ...rows.map((row) => oneLine(cell(row)))]);
  const natural = columns.map((column, i) => ({ column, texts: texts[i] ?? [], width: widest(texts[i] ?? []) }));
  const shown = fitting(natural, available);
  const colors = colorsOf(terminal);
  return [undefined, ...rows].map((row, at) =>
    shown
      .map(({ column, texts, width }) => {
        const text = shortened(texts[at] ?? '', width);
        const paint = row === undefined ? colors.dim : column.paint?.(colors, row);
        const painted = paint && text !== '' ? paint(text) : text;
        const space = spaceAfter(text, width);
        return column.align === 'right' ? space + painted : painted + space;
      })
      .join(GAP)
      .trimEnd(),
  );
}

interface Sized<Row> {
  readonly column: Column<Row>;
  readonly texts: readonly string[];
  readonly width: number;
}

const widest = (texts: readonly string[]): number => texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);

function fitting<Row>(natural: readonly Sized<Row>[], available: number): readonly Sized<Row>[] {
  const shrunk = shrunkTo(natural, available);
  if (totalOf(shrunk) <= available) return shrunk;
  const extra = natural.findLastIndex(({ column }) => column.isExtra === true);
  return extra < 0 ? cutTo(shrunk, available) : fitting(natural.toSpliced(extra, 1), available);
}

/** Takes from the widest columns that may be shortened, until they fit or have no more to give. */
function shrunkTo<Row>(natural: readonly Sized<Row>[], available: number): readonly Sized<Row>[] {
  const sized = natural.map((each) => ({ ...each }));
  for (let excess = totalOf(sized) - available; excess > 0; excess -= 1) {
    const givers = sized.filter(({ column, width }) => column.min !== undefined && width > column.min);
    const giver = givers.sort((a, b) => b.width - a.width)[0];
    if (giver === undefined) break;
    giver.width -= 1;
  }
  return sized;
}

const totalOf = (columns: readonly { readonly width: number }[]): number =>
  columns.reduce((sum, { width }) => sum + width, GAP.length * Math.max(0, columns.length - 1));

/** The columns from the left, as far as there is room. */
function cutTo<Row>(columns: readonly Sized<Row>[], available: number): readonly Sized<Row>[] {
  let room = available;
  return columns.flatMap((column) => {
    const width = Math.min(column.width, room);
    room -= width + GAP.length;
    return width > 0 ? [{ ...column, width }] : [];
  });
}
