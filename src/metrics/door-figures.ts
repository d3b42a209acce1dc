import type { MetricsRegistry } from './registry.js';

/** What of the connections to the HTTP API is counted. Totals count from the start of the agent. */
export interface DoorNumbers {
  readonly connections: number;
  readonly refused: number;
  /** By reason. */
  readonly ended: Readonly<Record<string, number>>;
}

/** Declares the figures of the connections to the HTTP API. */
export function declareDoorFigures(registry: MetricsRegistry, read: () => DoorNumbers): void {
  registry.declare(read, [
    {
      type: 'gauge',
      name: 'sidecar_http_connections',
      help: 'Open connections to the HTTP API.',
      value: ({ connections }) => connections,
    },
    {
      type: 'counter',
      name: 'sidecar_http_connections_refused_total',
      help: 'Connections to the HTTP API closed at once because too many were open.',
      value: ({ refused }) => refused,
    },
    {
      type: 'counter',
      name: 'sidecar_http_connections_ended_total',
      help: 'Connections to the HTTP API that the agent ended because of what the client did or did not do.',
      label: 'reason',
      values: ({ ended }) => ended,
    },
  ]);
}
