import type { MetricsRegistry } from './registry.js';

/** How many posted updates came to what end. */
export interface ReceiverNumbers {
  readonly applied: number;
  readonly withheld: number;
  readonly outdated: number;
  readonly refused: number;
}

/** Declares the figure of what came of the updates that were posted to haproxy-api. */
export function declareReceiverFigures(registry: MetricsRegistry, read: () => ReceiverNumbers): void {
  registry.declare(read, [
    {
      type: 'counter',
      name: 'sidecar_updates_total',
      help: 'Posted updates: applied, withheld until the next, outdated, refused.',
      label: 'outcome',
      values: (numbers) => ({ ...numbers }),
    },
  ]);
}
