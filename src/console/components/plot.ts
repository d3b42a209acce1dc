import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clockText } from '../words/time.js';
import { rateText } from '../words/proxy.js';

/** What is drawn: one moment after the other, and a value of each line at each of them; null is a gap. */
export interface PlotData {
  /** Milliseconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly (readonly (number | null)[])[];
  /** How far back it shows, from the last moment on. */
  readonly spanMs: number;
}

export interface Plot {
  readonly show: (data: PlotData) => void;
  /** Takes it away. */
  readonly end: () => void;
}

const AXIS_FONT_PX = 11;
/** How wide a time to the second is, about. */
const LABEL_PX = 48;

/**
 * Draws into a box, as large as that is. Values begin at 0.
 *
 * @param box its colour is that of axes; each `.ink` in it has the colour of a line
 * @param onMoment told at which moment the reader points; undefined: at none, and without `hasAxes` never
 */
export function plotInto(
  box: HTMLElement,
  { hasAxes, onMoment }: { readonly hasAxes: boolean; readonly onMoment?: (index: number | undefined) => void },
): Plot {
  const inks = [...box.querySelectorAll('.ink')];
  const inkOf = (element: Element): string => getComputedStyle(element).color;
  const grid = { stroke: () => washOf(inkOf(box), 0.16), width: 1 };
  const axis = {
    font: `${AXIS_FONT_PX}px ${getComputedStyle(box).fontFamily}`,
    stroke: () => inkOf(box),
    ticks: { show: false },
  };
  let spanMs = 1;
  const plot = new uPlot(
    {
      width: box.clientWidth,
      height: box.clientHeight,
      ms: 1,
      legend: { show: false },
      cursor: hasAxes ? { y: false, drag: { x: false, y: false }, points: { size: 7 } } : { show: false },
      padding: hasAxes ? [6, 8, 0, 0] : [2, 1, 1, 1],
      scales: {
        x: { range: (_, __, newest) => [newest - spanMs, newest] },
        y: { range: (_, __, most) => [0, Math.max(1, most * 1.08)] },
      },
      axes: hasAxes
        ? [
            {
              ...axis,
              grid: { show: false },
              size: 22,
              gap: 4,
              space: 90,
              splits: (_, __, from, to, stepMs) => multiplesOf(stepMs, from, to),
              values: (drawn, at, __, ___, stepMs) =>
                at.map((time) => (hasRoom(drawn, time) ? momentOf(stepMs, time) : null)),
            },
            { ...axis, grid, size: 44, gap: 6, space: 32, values: (_, at) => at.map(rateText) },
          ]
        : [{ show: false }, { show: false }],
      series: [
        {},
        ...inks.map((ink) => ({
          stroke: () => inkOf(ink),
          fill: () => washOf(inkOf(ink), 0.13),
          width: 1.5,
          points: { show: false },
        })),
      ],
      hooks: { setCursor: [({ cursor }) => onMoment?.(cursor.idx ?? undefined)] },
    },
    [[], ...inks.map(() => [])],
    box,
  );
  const resizes = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: box.clientHeight }));
  resizes.observe(box);
  const unwatch = onOtherColors(() => plot.redraw(false));
  return {
    show: (data) => {
      ({ spanMs } = data);
      plot.setData([[...data.times], ...data.lines.map((line) => [...line])]);
    },
    end: () => {
      resizes.disconnect();
      unwatch();
      plot.destroy();
    },
  };
}

/** Calls `act` when the page goes from light to dark or back, which what is drawn does not follow by itself. @returns its end */
function onOtherColors(act: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = new MutationObserver(act);
  system.addEventListener('change', act);
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    system.removeEventListener('change', act);
    chosen.disconnect();
  };
}

/** Round times, at which labels stay while it moves on. */
function multiplesOf(step: number, from: number, to: number): number[] {
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, i) => (first + i) * step);
}

/** To the minute, and to the second where marks are closer. */
const momentOf = (stepMs: number, time: number): string => clockText(time).slice(0, stepMs < 60_000 ? 8 : 5);

/** For a label in the middle below: at the edges it would be cut, or touch those of the other axis. */
function hasRoom(plot: uPlot, time: number): boolean {
  const at = plot.valToPos(time, 'x');
  return at >= LABEL_PX / 2 && at <= plot.bbox.width / devicePixelRatio - LABEL_PX / 2;
}

/** A colour as the browser has reckoned it, `rgb(…)`, with only so much of it. */
const washOf = (color: string, share: number): string => color.replace(/^rgb\((.*)\)$/, `rgba($1, ${share})`);
