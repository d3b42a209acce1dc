import type { MetricsRegistry } from './registry.js';
import type { StatsdNumbers } from './statsd.js';

/** Declares the figures of what is sent to a statsd server. */
export function declareStatsdFigures(registry: MetricsRegistry, read: () => StatsdNumbers): void {
  registry.declare(read, [
    {
      type: 'counter',
      name: 'sidecar_statsd_datagrams_total',
      help: 'Datagrams for the statsd server, by outcome: sent, failed.',
      label: 'outcome',
      values: ({ sent, failed }) => ({ sent, failed }),
    },
    {
      type: 'counter',
      name: 'sidecar_statsd_dropped_lines_total',
      help: 'Values that were not sent to the statsd server because too many waited.',
      value: ({ droppedLines }) => droppedLines,
    },
  ]);
}
