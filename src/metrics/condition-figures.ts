import type { MetricsRegistry } from './registry.js';

/** How the agent itself is, and how well the checks of this host's services go. */
export interface ConditionNumbers {
  readonly isReady: boolean;
  readonly checks: {
    readonly known: number;
    readonly waiting: number;
    readonly runs: number;
    readonly failures: number;
  };
}

/** Declares the figures of the agent's condition and of its health checks. */
export function declareConditionFigures(registry: MetricsRegistry, read: () => ConditionNumbers): void {
  registry.declare(read, [
    {
      type: 'gauge',
      name: 'sidecar_ready',
      help: 'Whether everything has happened that has to happen before this agent is of use.',
      value: ({ isReady }) => Number(isReady),
    },
    {
      type: 'gauge',
      name: 'sidecar_health_checks',
      help: 'Instances of this host that are checked.',
      value: ({ checks }) => checks.known,
    },
    {
      type: 'gauge',
      name: 'sidecar_health_checks_waiting',
      help: 'Checks that are due and wait because max_checks others run.',
      value: ({ checks }) => checks.waiting,
    },
    {
      type: 'counter',
      name: 'sidecar_health_check_runs_total',
      help: 'Runs of checks that have ended.',
      value: ({ checks }) => checks.runs,
    },
    {
      type: 'counter',
      name: 'sidecar_health_check_failures_total',
      help: 'Runs of checks that failed or ran out of time.',
      value: ({ checks }) => checks.failures,
    },
  ]);
}
