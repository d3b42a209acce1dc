import type { MetricsRegistry } from './registry.js';

/** What of all listeners together is counted. */
export interface ListenerNumbers {
  readonly byState: Readonly<Record<'ok' | 'retrying' | 'away', number>>;
  /** Events that wait now. */
  readonly pending: number;
  /** From the start of the agent. */
  readonly totals: { readonly delivered: number; readonly skipped: number; readonly failures: number };
}

/** Declares the figures of listeners. */
export function declareListenerFigures(registry: MetricsRegistry, read: () => ListenerNumbers): void {
  registry.declare(read, [
    {
      type: 'gauge',
      name: 'sidecar_listeners',
      help: 'Listeners that are told of changes, by state: ok, retrying, or away.',
      label: 'state',
      values: ({ byState }) => byState,
    },
    {
      type: 'gauge',
      name: 'sidecar_listener_pending_events',
      help: 'Events that wait to be taken by a listener.',
      value: ({ pending }) => pending,
    },
    {
      type: 'counter',
      name: 'sidecar_listener_delivered_events_total',
      help: 'Events that a listener has taken.',
      value: ({ totals }) => totals.delivered,
    },
    {
      type: 'counter',
      name: 'sidecar_listener_skipped_events_total',
      help: 'Events that a listener was not told of, since newer ones were waiting.',
      value: ({ totals }) => totals.skipped,
    },
    {
      type: 'counter',
      name: 'sidecar_listener_failures_total',
      help: 'Attempts to tell a listener of an event that went wrong.',
      value: ({ totals }) => totals.failures,
    },
  ]);
}
