import type { Result } from '../lib/result.js';
import type { State } from '../service/state-codec.js';
import type { Timestamp } from '../service/timestamp.js';

export const EVENT_KINDS = ['service', 'member', 'check', 'proxy', 'refusal', 'set-aside', 'problem', 'agent'] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

/** One event of the journal. */
export interface ToldEvent {
  readonly id: number;
  readonly kind: EventKind;
  /** The event as JSON, on one line. */
  readonly text: string;
}

/** Which events are asked for; what is undefined does not matter. */
export interface EventFilter {
  readonly service: string | undefined;
  readonly host: string | undefined;
  readonly kinds: ReadonlySet<EventKind> | undefined;
}

/** What can be read as it comes. */
export interface LiveEvents {
  /** Id of the first event of this process; undefined until that is known, and then nothing can be read yet. */
  readonly start: number | undefined;
  /** Id of the newest event; 0 before the first. */
  readonly newest: number;
  /** Id of the oldest event that can be read; that of the next one while there is none. */
  readonly oldest: number;
  /** What passes of the events after one, oldest first, until it has some `maxChars`; `upTo`: as far as it was looked. */
  read(
    after: number,
    filter: EventFilter,
    maxChars: number,
  ): { readonly entries: readonly ToldEvent[]; readonly upTo: number };
  /** Called after each event; returns its end. */
  onEvent(listener: () => void): () => void;
}

export interface HistoryQuery extends EventFilter {
  readonly since: Timestamp | undefined;
  readonly until: Timestamp | undefined;
  /** Of what passes, the newest so many. */
  readonly limit: number;
}

/** What was believed at one time. */
export interface PastBelief {
  /** Id of the last event that counts. */
  readonly event: number;
  readonly catalog: State;
  /** Undefined before it was known what HAProxy had. */
  readonly config: { readonly digest: string; readonly text: string } | undefined;
  readonly template: string | undefined;
  /** The agent's, secrets masked. */
  readonly settings: string;
}

export type PastFault =
  { readonly code: 'nothing-kept' | 'damaged' } | { readonly code: 'before-oldest'; readonly oldest: Timestamp };

export type Past = Result<PastBelief, PastFault>;

export interface History {
  /** Oldest first. */
  readonly entries: readonly ToldEvent[];
  /** When the oldest event was that is kept. */
  readonly oldest: Timestamp | undefined;
  /** Older ones pass as well. */
  readonly isTruncated: boolean;
}

/** What happened, and what was believed meanwhile; perhaps in a later turn, since each answer may take tens of milliseconds. */
export interface HistoryReader {
  history(query: HistoryQuery): History | Promise<History>;
  at(time: Timestamp): Past | Promise<Past>;
}
