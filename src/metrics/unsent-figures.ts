import type { MetricsRegistry } from './registry.js';

/** What of the answers on their way to slow readers is counted. */
export interface UnsentNumbers {
  /** Of different bodies: one that several readers wait for counts once. */
  readonly bytes: number;
  /** Readers cut off, from the start. */
  readonly cut: number;
}

/** Declares the figures of answers that their readers have not taken yet. */
export function declareUnsentFigures(registry: MetricsRegistry, read: () => UnsentNumbers): void {
  registry.declare(read, [
    {
      type: 'gauge',
      name: 'sidecar_http_unsent_bytes',
      help: 'Size of the different bodies that are on their way to their readers.',
      value: ({ bytes }) => bytes,
    },
    {
      type: 'counter',
      name: 'sidecar_http_slow_readers_cut_total',
      help: 'Readers cut off because slow readers together held too many different bodies in memory.',
      value: ({ cut }) => cut,
    },
  ]);
}
