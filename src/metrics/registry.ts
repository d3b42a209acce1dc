import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** More values of a label than these are added up as the one value `other`: a figure must not grow with what comes from outside. */
export const MAX_LABEL_VALUES = 50;
const OTHER = 'other';

/** One figure that is computed from facts of type `T` whenever somebody looks. */
export type Figure<T> = {
  /** A counter only rises while the process lives, and its name ends with `_total`. */
  readonly type: 'counter' | 'gauge';
  /** Prometheus' rules: snake case, with the unit. */
  readonly name: string;
  readonly help: string;
} & (
  | {
      /** Undefined where there is nothing to say. */
      readonly value: (facts: T) => number | undefined;
    }
  | {
      readonly label: string;
      /** By value of the label. */
      readonly values: (facts: T) => Readonly<Record<string, number>>;
    }
);

/** A distribution. */
export interface HistogramFigure {
  readonly name: string;
  readonly help: string;
  /** Upper bounds, rising, in the unit of the name. */
  readonly buckets: readonly number[];
}

/**
 * prom-client measures these with a timer of its own that would wake an agent at rest a hundred times a second, calls a number of
 * the moment a total, or spends 27 series on parts of the heap.
 */
const NOT_OURS = [
  ...['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map((word) => `nodejs_eventloop_lag_${word}_seconds`),
  ...['handles', 'requests', 'resources'].map((word) => `nodejs_active_${word}_total`),
  ...['total', 'used', 'available'].map((word) => `nodejs_heap_space_size_${word}_bytes`),
];

/** Every figure of the agent. Rooms declare theirs; nothing is computed until somebody looks, but the distributions. */
export class MetricsRegistry {
  private readonly registry = new Registry();
  private readonly refreshes: (() => void)[] = [];

  /** Of the text. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /**
   * Declares figures that come from one read of the same facts.
   *
   * @param read called once per look; undefined: there are no facts now, and so no samples
   * @throws Error if a name is taken, or is none in Prometheus' sense: a bug of the caller
   */
  declare<T>(read: () => T | undefined, figures: readonly Figure<T>[]): void {
    const setters = figures.map((figure) => this.setterOf(figure));
    this.refreshes.push(() => {
      const facts = read();
      for (const set of setters) set(facts);
    });
  }

  /** Declares a distribution. @returns what takes one observation in */
  histogram({ name, help, buckets }: HistogramFigure): (value: number) => void {
    const histogram = new Histogram({ name, help, buckets: [...buckets], registers: [this.registry] });
    return (value) => histogram.observe(value);
  }

  /** Declares what is to be known of the process itself, under the names that Prometheus' dashboards expect. */
  declareProcess(): void {
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 1000 });
    for (const name of NOT_OURS) this.registry.removeSingleMetric(name);
  }

  /** All figures as they are now, in Prometheus' text format. */
  text(): Promise<string> {
    for (const refresh of this.refreshes) refresh();
    return this.registry.metrics();
  }

  private setterOf<T>(figure: Figure<T>): (facts: T | undefined) => void {
    const labelNames = 'label' in figure ? [figure.label] : [];
    const { name, help } = figure;
    const metric = new { counter: Counter, gauge: Gauge }[figure.type]({
      ...{ name, help, labelNames },
      registers: [this.registry],
    });
    const bounded = boundedValues();
    return (facts) => {
      metric.reset();
      metric.remove({}); // a figure without labels is 0 after a reset, which would be a claim
      if (facts === undefined) return;
      if ('label' in figure) {
        for (const [value, count] of bounded(figure.values(facts))) metric.inc({ [figure.label]: value }, count);
        return;
      }
      const value = figure.value(facts);
      if (value !== undefined) metric.inc({}, value);
    };
  }
}

/** Lets the first `MAX_LABEL_VALUES` values of a label through, for good, and adds up the others. */
function boundedValues(): (counts: Readonly<Record<string, number>>) => ReadonlyMap<string, number> {
  const known = new Set<string>();
  return (counts) => {
    const bounded = new Map<string, number>();
    for (const [value, count] of Object.entries(counts)) {
      if (known.size < MAX_LABEL_VALUES) known.add(value);
      const shown = known.has(value) ? value : OTHER;
      bounded.set(shown, (bounded.get(shown) ?? 0) + count);
    }
    return bounded;
  };
}
