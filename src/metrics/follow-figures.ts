import type { Millis } from '../lib/ports.js';
import type { MetricsRegistry } from './registry.js';

/** How it goes with the upstreams of haproxy-api. */
export interface FollowNumbers {
  readonly connected: boolean;
  /** Undefined before the first state. */
  readonly stateAgeMs: Millis | undefined;
  /** Ends of a connection, and attempts that led to none, since the start. */
  readonly failures: number;
}

/** Declares the figures of following an agent. */
export function declareFollowFigures(registry: MetricsRegistry, read: () => FollowNumbers): void {
  registry.declare(read, [
    {
      type: 'gauge',
      name: 'sidecar_follow_connected',
      help: 'Whether an upstream is followed now.',
      value: ({ connected }) => Number(connected),
    },
    {
      type: 'gauge',
      name: 'sidecar_follow_state_age_seconds',
      help: 'Time since the held state was received last.',
      value: ({ stateAgeMs }) => stateAgeMs && stateAgeMs / 1000,
    },
    {
      type: 'counter',
      name: 'sidecar_follow_failures_total',
      help: 'Ends of a connection to an upstream, and attempts that led to none.',
      value: ({ failures }) => failures,
    },
  ]);
}
