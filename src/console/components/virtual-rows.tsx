import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { offsetsOf, windowOf } from './window-of.js';

/** Scrolling by less draws nothing: the margin has it. */
const STEP_PX = 128;

/**
 * The rows of a table, of which only those in sight are drawn; the page scrolls, not the list. A cell may hold what it likes, within
 * the height of its row.
 *
 * @param heightOf in rem, so that rows grow with the reader's letters
 * @param render one row, with its number from 1; it has `key` and `aria-rowindex`
 * @param onSight told of the rows that are drawn, whenever they are others
 */
export function VirtualRows<R>({
  rows,
  heightOf,
  render,
  onSight,
}: {
  readonly rows: readonly R[];
  readonly heightOf: (row: R) => number;
  readonly render: (row: R, number: number) => ComponentChildren;
  readonly onSight?: ((rows: readonly R[]) => void) | undefined;
}) {
  const list = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ top: 0, height: 1_000, rem: 16 });
  const offsets = useMemo(() => offsetsOf(rows, (row) => heightOf(row) * sight.rem), [rows, heightOf, sight.rem]);

  useLayoutEffect(() => {
    let isAsked = false;
    const look = (): void => {
      isAsked = false;
      const box = list.current;
      if (!box) return;
      const top = Math.floor(-box.getBoundingClientRect().top / STEP_PX) * STEP_PX;
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      const height = window.innerHeight;
      setSight((known) =>
        known.top === top && known.height === height && known.rem === rem ? known : { top, height, rem },
      );
    };
    const lookSoon = (): void => {
      if (isAsked) return;
      isAsked = true;
      requestAnimationFrame(look);
    };
    look();
    window.addEventListener('scroll', lookSoon, { passive: true });
    window.addEventListener('resize', lookSoon);
    return () => {
      window.removeEventListener('scroll', lookSoon);
      window.removeEventListener('resize', lookSoon);
    };
  }, [rows]);

  const { from, to, before, after } = windowOf(offsets, sight.top, sight.height, sight.height / 2);
  useEffect(() => onSight?.(rows.slice(from, to)), [onSight, rows, from, to]);
  useEffect(() => () => onSight?.([]), [onSight]);
  return (
    <div
      ref={list}
      role="rowgroup"
      class="virtual-rows"
      style={{ paddingTop: `${before}px`, paddingBottom: `${after}px` }}
    >
      {rows.slice(from, to).map((row, i) => render(row, from + i + 1))}
    </div>
  );
}
