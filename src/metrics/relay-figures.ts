import type { MetricsRegistry } from './registry.js';

/** What came of questions to other clusters, from the start of the agent. */
export type RelayOutcomes = Readonly<
  Record<'answered' | 'unreachable' | 'timed-out' | 'unfit' | 'refused' | 'reader-gone', number>
>;

/** Declares the figure of questions to other clusters. */
export function declareRelayFigures(registry: MetricsRegistry, read: () => RelayOutcomes): void {
  registry.declare(read, [
    {
      type: 'counter',
      name: 'sidecar_http_cluster_questions_total',
      help: 'Questions passed on to other clusters that have ended, by what came of them; refused ones were too many at once.',
      label: 'outcome',
      values: (outcomes) => outcomes,
    },
  ]);
}
