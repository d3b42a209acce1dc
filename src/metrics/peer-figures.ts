import type { MetricsRegistry } from './registry.js';

/** Declares the figures of what the agents of other hosts are asked. @param read totals from the start of the agent, by what came of it */
export function declarePeerFigures(registry: MetricsRegistry, read: () => Readonly<Record<string, number>>): void {
  registry.declare(read, [
    {
      type: 'counter',
      name: 'sidecar_peer_questions_total',
      help: 'Questions to the agents of other hosts, by what came of them.',
      label: 'outcome',
      values: (counts) => counts,
    },
  ]);
}
