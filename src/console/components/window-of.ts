/** Which rows of a long list are in sight, and how much room the others take. */
export interface RowWindow {
  /** First row to draw, and the one after the last. */
  readonly from: number;
  readonly to: number;
  readonly before: number;
  readonly after: number;
}

/** Where each row begins, and as the last where the list ends; in the unit of `heightOf`. */
export function offsetsOf<R>(rows: readonly R[], heightOf: (row: R) => number): readonly number[] {
  const offsets = [0];
  let end = 0;
  for (const row of rows) {
    end += heightOf(row);
    offsets.push(end);
  }
  return offsets;
}

/**
 * @param top where the sight begins, from the beginning of the list; negative while the list begins below
 * @param height of what is in sight
 * @param margin drawn beyond it, so that scrolling finds something there
 */
export function windowOf(offsets: readonly number[], top: number, height: number, margin: number): RowWindow {
  const last = offsets.length - 1;
  const from = Math.max(0, firstAbove(offsets, top - margin) - 1);
  const to = Math.min(last, firstAbove(offsets, top + height + margin));
  const end = offsets[last] ?? 0;
  return { from: Math.min(from, to), to, before: offsets[Math.min(from, to)] ?? 0, after: end - (offsets[to] ?? end) };
}

/** Index of the first offset that is greater, by halving. */
function firstAbove(offsets: readonly number[], value: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
