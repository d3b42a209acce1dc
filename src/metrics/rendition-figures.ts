import type { MetricsRegistry } from './registry.js';

/** What of the configurations for HAProxys elsewhere is counted. */
export interface RenditionNumbers {
  readonly renders: number;
  readonly waiting: number;
  readonly kept: number;
  readonly dropped: number;
  readonly refused: Readonly<Record<string, number>>;
}

/** Declares the figures of the configurations that others fetch. */
export function declareRenditionFigures(registry: MetricsRegistry, read: () => RenditionNumbers): void {
  registry.declare(read, [
    {
      type: 'counter',
      name: 'sidecar_haproxy_cfg_renders_total',
      help: 'Configurations rendered for HAProxys elsewhere.',
      value: ({ renders }) => renders,
    },
    {
      type: 'gauge',
      name: 'sidecar_haproxy_cfg_waiting_clients',
      help: 'Clients that wait for a change of their configuration.',
      value: ({ waiting }) => waiting,
    },
    {
      type: 'gauge',
      name: 'sidecar_haproxy_cfg_kept',
      help: 'Different configurations that are kept because somebody has asked for them.',
      value: ({ kept }) => kept,
    },
    {
      type: 'counter',
      name: 'sidecar_haproxy_cfg_dropped_total',
      help: 'Kept configurations that made room for others.',
      value: ({ dropped }) => dropped,
    },
    {
      type: 'counter',
      name: 'sidecar_haproxy_cfg_refused_total',
      help: 'Requests for a configuration that could not be answered then, by reason.',
      label: 'reason',
      values: ({ refused }) => refused,
    },
  ]);
}
