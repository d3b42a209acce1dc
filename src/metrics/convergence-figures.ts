import type { Millis } from '../lib/ports.js';
import type { MetricsRegistry } from './registry.js';

/** How long changes take to every proxy, and who is behind. Totals count from the start of the agent. */
export interface ConvergenceNumbers {
  /** Undefined while no change came to every proxy within the last hour. */
  readonly delayMs: Readonly<Record<'p50' | 'p99' | 'last', Millis | undefined>>;
  readonly waiting: number;
  readonly hostsByState: Readonly<Record<string, number>>;
  /** Of the host that is furthest behind; 0 for none. */
  readonly behindMs: Millis;
  readonly contestedPorts: number;
  readonly counters: {
    readonly matched: number;
    readonly untold: number;
    readonly dropped: number;
    readonly announcements: number;
  };
}

/** Declares the figures of convergence. */
export function declareConvergenceFigures(registry: MetricsRegistry, read: () => ConvergenceNumbers): void {
  registry.declare(read, [
    {
      type: 'gauge',
      name: 'sidecar_convergence_delay_seconds',
      help: 'From a change until every HAProxy of the cluster serves it: of the last 1,000 changes, and of the last one.',
      label: 'of',
      values: ({ delayMs }) =>
        Object.fromEntries(
          Object.entries(delayMs).flatMap(([of, ms]) => (ms === undefined ? [] : [[of, ms / 1000] as const])),
        ),
    },
    {
      type: 'gauge',
      name: 'sidecar_convergence_waiting_changes',
      help: 'Changes that some HAProxy serves, and that not every host has told of yet.',
      value: ({ waiting }) => waiting,
    },
    {
      type: 'counter',
      name: 'sidecar_convergence_changes_total',
      help: 'Changes that came to every HAProxy, and those of which some host never told.',
      label: 'outcome',
      values: ({ counters: { matched, untold, dropped } }) => ({ matched, untold, dropped }),
    },
    {
      type: 'gauge',
      name: 'sidecar_convergence_hosts',
      help: 'Members by what their HAProxy serves, compared with that of this host.',
      label: 'state',
      values: ({ hostsByState }) => hostsByState,
    },
    {
      type: 'gauge',
      name: 'sidecar_convergence_behind_max_seconds',
      help: 'How far the host is behind that is furthest behind.',
      value: ({ behindMs }) => behindMs / 1000,
    },
    {
      type: 'gauge',
      name: 'sidecar_convergence_contested_ports',
      help: 'ServicePorts that not every host gives to the same service.',
      value: ({ contestedPorts }) => contestedPorts,
    },
    {
      type: 'counter',
      name: 'sidecar_convergence_announcements_total',
      help: 'Updates of the own member metadata.',
      value: ({ counters: { announcements } }) => announcements,
    },
  ]);
}
