import { useEffect, useRef } from 'preact/hooks';
import { noteLoaded } from '../hooks/build.js';
import type { Plot, PlotData, plotInto } from './plot.js';

/** A line of a chart, with the colour it has. */
export interface ChartLine {
  readonly tone: 'accent' | 'bad' | 'idle';
  /** Null is a gap. */
  readonly values: readonly (number | null)[];
}

let loading: Promise<typeof plotInto | undefined> | undefined;

/** What draws comes with the first chart. Where it cannot be had, the words beside the charts have to do. */
const loadPlots = (): Promise<typeof plotInto | undefined> =>
  (loading ??= import('./plot.js').then(
    (plots) => {
      noteLoaded(true);
      return plots.plotInto;
    },
    () => {
      noteLoaded(false);
      return (loading = undefined);
    },
  ));

/**
 * How something went over the last minutes, drawn; as large as its class says.
 *
 * @param label the same in words, for who does not see it
 * @param onMoment told at which moment the reader points, where there are axes
 */
export function Chart({
  times,
  lines,
  spanMs,
  label,
  hasAxes = false,
  class: className = '',
  onMoment,
}: {
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly spanMs: number;
  readonly label: string;
  readonly hasAxes?: boolean;
  readonly class?: string;
  readonly onMoment?: (index: number | undefined) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | undefined>(undefined);
  const data: PlotData = { times, lines: lines.map(({ values }) => values), spanMs };
  const newest = useRef(data);
  newest.current = data;
  useEffect(() => {
    let isGone = false;
    void loadPlots().then((draw) => {
      if (isGone || !draw || !box.current) return;
      plot.current = draw(box.current, { hasAxes, ...(onMoment ? { onMoment } : {}) });
      plot.current.show(newest.current);
    });
    return () => {
      isGone = true;
      plot.current?.end();
      plot.current = undefined;
    };
  }, [hasAxes, onMoment]);
  useEffect(() => plot.current?.show(newest.current), [times]);
  return (
    <div ref={box} class={`chart ${className}`} role="img" aria-label={label}>
      {lines.map(({ tone }, i) => (
        <i key={i} class={`ink ink-${tone}`} />
      ))}
    </div>
  );
}
