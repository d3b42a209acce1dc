import type { Millis } from '../lib/ports.js';
import type { MetricsRegistry } from './registry.js';

/** What of those who read events as they come is counted. Totals count from the start of the agent. */
export interface FeedNumbers {
  readonly readers: number;
  readonly gaps: number;
  readonly cut: number;
  readonly refused: number;
}

export interface JournalNumbers {
  readonly byKind: Readonly<Record<string, number>>;
  readonly lost: number;
  readonly events: number;
  readonly bytes: number;
  /** Undefined while there is no event. */
  readonly oldestAgeMs: Millis | undefined;
  readonly failures: number;
  readonly feed: FeedNumbers;
}

/** Declares the figures of the journal and of who reads it. */
export function declareJournalFigures(registry: MetricsRegistry, read: () => JournalNumbers): void {
  registry.declare(read, [
    {
      type: 'counter',
      name: 'sidecar_journal_events_total',
      help: 'Events since the start of the agent, by their kind.',
      label: 'kind',
      values: ({ byKind }) => byKind,
    },
    {
      type: 'counter',
      name: 'sidecar_journal_events_lost_total',
      help: 'Events that were not kept because there were too many before the journal on disk was read.',
      value: ({ lost }) => lost,
    },
    {
      type: 'gauge',
      name: 'sidecar_journal_events',
      help: 'Events that are kept.',
      value: ({ events }) => events,
    },
    {
      type: 'gauge',
      name: 'sidecar_journal_bytes',
      help: 'Memory that the journal takes, roughly.',
      value: ({ bytes }) => bytes,
    },
    {
      type: 'gauge',
      name: 'sidecar_journal_oldest_seconds',
      help: 'Age of the oldest event that is kept.',
      value: ({ oldestAgeMs }) => (oldestAgeMs === undefined ? undefined : oldestAgeMs / 1_000),
    },
    {
      type: 'counter',
      name: 'sidecar_journal_write_failures_total',
      help: 'Attempts to write the journal to disk that failed.',
      value: ({ failures }) => failures,
    },
    {
      type: 'gauge',
      name: 'sidecar_http_event_readers',
      help: 'Connections that read events as they come.',
      value: ({ feed }) => feed.readers,
    },
    {
      type: 'counter',
      name: 'sidecar_http_event_gaps_total',
      help: 'Times that a reader of events was told of a gap: what it had not read was no longer kept.',
      value: ({ feed }) => feed.gaps,
    },
    {
      type: 'counter',
      name: 'sidecar_http_event_readers_cut_total',
      help: 'Readers of events cut off because they took nothing for too long, or held memory that others need.',
      value: ({ feed }) => feed.cut,
    },
    {
      type: 'counter',
      name: 'sidecar_http_event_readers_refused_total',
      help: 'Readers of events refused because there were too many.',
      value: ({ feed }) => feed.refused,
    },
  ]);
}
