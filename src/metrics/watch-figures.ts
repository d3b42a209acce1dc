import type { MetricsRegistry } from './registry.js';

/** What of those who watch the catalog is counted. Totals count from the start of the agent. */
export interface WatchNumbers {
  readonly watchers: number;
  /** Of the objects that are on their way; an object that goes to several counts for each. */
  readonly unsentBytes: number;
  readonly sent: number;
  readonly skipped: number;
  readonly cut: number;
  readonly refused: number;
}

/** Declares the figures of `/watch`. */
export function declareWatchFigures(registry: MetricsRegistry, read: () => WatchNumbers): void {
  registry.declare(read, [
    {
      type: 'gauge',
      name: 'sidecar_http_watchers',
      help: 'Connections that watch the catalog.',
      value: ({ watchers }) => watchers,
    },
    {
      type: 'gauge',
      name: 'sidecar_http_watch_unsent_bytes',
      help: 'Size of the objects that watchers have not taken yet, at most one for each watcher.',
      value: ({ unsentBytes }) => unsentBytes,
    },
    {
      type: 'counter',
      name: 'sidecar_http_watch_objects_total',
      help: 'Objects sent to watchers.',
      value: ({ sent }) => sent,
    },
    {
      type: 'counter',
      name: 'sidecar_http_watch_objects_skipped_total',
      help: 'Objects that a slow watcher did not get because a newer one came first.',
      value: ({ skipped }) => skipped,
    },
    {
      type: 'counter',
      name: 'sidecar_http_watchers_cut_total',
      help: 'Watchers cut off because they took nothing for too long, or held memory that others need.',
      value: ({ cut }) => cut,
    },
    {
      type: 'counter',
      name: 'sidecar_http_watchers_refused_total',
      help: 'Watchers refused because there were too many.',
      value: ({ refused }) => refused,
    },
  ]);
}
