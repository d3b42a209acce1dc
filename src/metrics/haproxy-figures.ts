import type { Millis } from '../lib/ports.js';
import type { Figure, MetricsRegistry } from './registry.js';

type Counts = Readonly<Record<string, number>>;

/** What of HAProxy is counted. Totals count from the start of the agent. */
export interface HaproxyNumbers {
  readonly running: boolean;
  readonly reloadsByCause: Counts;
  readonly operationsByKind: Counts;
  readonly failuresByCode: Counts;
  readonly setAside: number;
  readonly stale: number;
  readonly retiring: number;
  readonly oldProcesses: number;
  readonly endedOldProcesses: number;
  readonly driftFound: number;
  readonly driftRepaired: number;
  /** Undefined before the first. */
  readonly appliedVersion: number | undefined;
  readonly configBehind: boolean;
}

/** Seconds, from a Runtime API command to a reload that waits for others; 0.05 and 0.15 are what a change should take. */
const APPLY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const FIGURES: readonly Figure<HaproxyNumbers>[] = [
  {
    type: 'gauge',
    name: 'sidecar_haproxy_running',
    help: 'Whether an HAProxy of this agent runs.',
    value: ({ running }) => Number(running),
  },
  {
    type: 'counter',
    name: 'sidecar_haproxy_reloads_total',
    help: 'Reloads of HAProxy, by cause.',
    label: 'cause',
    values: ({ reloadsByCause }) => reloadsByCause,
  },
  {
    type: 'counter',
    name: 'sidecar_haproxy_runtime_operations_total',
    help: 'Changes of servers made through the Runtime API, by kind.',
    label: 'kind',
    values: ({ operationsByKind }) => operationsByKind,
  },
  {
    type: 'counter',
    name: 'sidecar_haproxy_apply_failures_total',
    help: 'Changes that could not be applied at the first attempt or a later one, by problem code.',
    label: 'code',
    values: ({ failuresByCode }) => failuresByCode,
  },
  {
    type: 'gauge',
    name: 'sidecar_haproxy_set_aside_services',
    help: 'Services that are not served because they would hurt others.',
    value: ({ setAside }) => setAside,
  },
  {
    type: 'gauge',
    name: 'sidecar_haproxy_stale_services',
    help: 'Services that went out of sight and are served by their last servers.',
    value: ({ stale }) => stale,
  },
  {
    type: 'gauge',
    name: 'sidecar_haproxy_retiring_servers',
    help: 'Removed servers that finish the requests they have.',
    value: ({ retiring }) => retiring,
  },
  {
    type: 'gauge',
    name: 'sidecar_haproxy_old_processes',
    help: 'HAProxy processes of before a reload that finish the connections they have.',
    value: ({ oldProcesses }) => oldProcesses,
  },
  {
    type: 'counter',
    name: 'sidecar_haproxy_old_processes_ended_total',
    help: 'Old HAProxy processes that were ended because there were more than max_old_processes.',
    value: ({ endedOldProcesses }) => endedOldProcesses,
  },
  {
    type: 'counter',
    name: 'sidecar_haproxy_drift_found_total',
    help: 'Differences found between what HAProxy runs and what it should run.',
    value: ({ driftFound }) => driftFound,
  },
  {
    type: 'counter',
    name: 'sidecar_haproxy_drift_repaired_total',
    help: 'Differences repaired.',
    value: ({ driftRepaired }) => driftRepaired,
  },
  {
    type: 'gauge',
    name: 'sidecar_haproxy_applied_version',
    help: 'Content version of the catalog that HAProxy serves.',
    value: ({ appliedVersion }) => appliedVersion,
  },
  {
    type: 'gauge',
    name: 'sidecar_haproxy_config_behind',
    help: 'Whether the configuration file is behind what HAProxy runs.',
    value: ({ configBehind }) => Number(configBehind),
  },
];

/**
 * Declares the figures of HAProxy.
 *
 * @param read what is counted, as it is now; undefined while HAProxy is not managed
 * @returns what takes in how long a change took, from its arrival to the moment when HAProxy serves it
 */
export function declareHaproxyFigures(
  registry: MetricsRegistry,
  read: () => HaproxyNumbers | undefined,
): { readonly applied: (tookMs: Millis) => void } {
  registry.declare(read, FIGURES);
  const observe = registry.histogram({
    name: 'sidecar_haproxy_apply_seconds',
    help: 'Time from a change to the moment when HAProxy serves it.',
    buckets: APPLY_BUCKETS,
  });
  return { applied: (tookMs) => observe(tookMs / 1000) };
}
