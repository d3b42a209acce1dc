import type { CatalogSnapshot } from '../catalog/reader.js';
import type { WallClock } from '../lib/ports.js';
import { ok, refused, type Result } from '../lib/result.js';
import type { Timestamp } from '../service/timestamp.js';
import { entryOf, type Entry } from './entry.js';
import type { EventKind, Happening } from './event.js';
import { passes, type EventFilter } from './filter.js';
import { patchOf, type LinePatch } from './line-patch.js';
import { beliefAfter } from './replay.js';
import { Segment } from './segment.js';
import { Snapshot, type Belief, type KeptConfig, type Surroundings } from './snapshot.js';

/** Of all segments in memory, together: beyond it the oldest go, however few events there are. */
export const MAX_JOURNAL_BYTES = 64 * 1024 * 1024;
const MAX_SEGMENT = 1_000;
/** What live readers can fall behind by, where nothing is to be kept: the records of a large cluster come at once. */
const LIVE_ONLY = 4_000;
/** Happenings that wait while the journal of before is read; of more the oldest are lost. */
const MAX_EARLY = 10_000;
/** Of the events of one segment: it is full, however few they are. */
const MAX_SEGMENT_BYTES = MAX_JOURNAL_BYTES / 8;

/** Some of the events that somebody has not read yet. */
export interface Batch {
  readonly entries: readonly Entry[];
  /** Up to this event it was looked at; reading goes on after it. */
  readonly upTo: number;
}

export interface HistoryQuery extends EventFilter {
  readonly since: Timestamp | undefined;
  readonly until: Timestamp | undefined;
  /** Of what passes, the newest so many; >= 1. */
  readonly limit: number;
}

export interface History {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** When the oldest event was that is kept; undefined when none is. */
  readonly oldest: Timestamp | undefined;
  /** Older ones pass as well. */
  readonly isTruncated: boolean;
}

/** What was believed then, and by which event that is known. */
export interface PastBelief extends Belief {
  readonly event: number;
}

export type PastFault =
  | { readonly code: 'nothing-kept' }
  | { readonly code: 'before-oldest'; readonly oldest: Timestamp }
  | { readonly code: 'damaged' };

export interface JournalNumbers {
  /** Since the start of the agent. */
  readonly byKind: Readonly<Record<EventKind, number>>;
  /** Lost before the journal of before was read. */
  readonly lost: number;
  readonly events: number;
  readonly bytes: number;
  readonly oldest: Timestamp | undefined;
}

interface Early {
  readonly happening: Happening;
  readonly config: KeptConfig | undefined;
  readonly time: Timestamp;
}

/**
 * Everything that happened, in its order, within a bound of events and of bytes: the oldest goes as a whole segment. Each segment
 * begins with what was believed then, so that every state since can be told. Synchronous, and all in memory: the disk follows
 * (`journal-keeper.ts`).
 */
export class Journal {
  private readonly size: number;
  private readonly perSegment: number;
  /** Whether anything is, beyond what live readers need. */
  readonly isKept: boolean;
  private list: readonly Segment[] = [];
  private early: Early[] = [];
  private firstId: number | undefined;
  private nextId = 1;
  private config: KeptConfig | undefined;
  /** That of the newest snapshot. */
  private template: string | undefined;
  private lost = 0;
  /** The newest; undefined before the first of this process. */
  private current: Segment | undefined;
  private readonly byKind: Record<EventKind, number> = {
    ...{ service: 0, member: 0, check: 0, proxy: 0 },
    ...{ refusal: 0, 'set-aside': 0, problem: 0, agent: 0 },
  };
  private readonly listeners = new Set<() => void>();

  /** @param options.size how many events are kept, >= 0; 0: none but for who reads live */
  constructor(
    options: { readonly size: number },
    private readonly deps: {
      readonly catalog: { snapshot(): CatalogSnapshot };
      readonly surroundings: () => Surroundings;
      readonly wall: WallClock;
    },
  ) {
    this.isKept = options.size > 0;
    this.size = this.isKept ? options.size : LIVE_ONLY;
    this.perSegment = Math.max(1, Math.min(MAX_SEGMENT, Math.floor(this.size / 2)));
  }

  /** Oldest first. */
  get segments(): readonly Segment[] {
    return this.list;
  }

  /** The id that the first event of this process has, or will have; undefined until the journal is open. */
  get start(): number | undefined {
    return this.firstId;
  }

  /** The id of the newest event; 0 before the first. */
  get newest(): number {
    return this.nextId - 1;
  }

  /** The id of the oldest event that is kept; that of the next one while there is none. */
  get oldest(): number {
    return this.list[0]?.entries[0]?.id ?? this.nextId;
  }

  /**
   * Begins to give ids. Until then what happens waits.
   *
   * @param before the segments of earlier processes, oldest first
   * @param nextId greater than each id that was given before
   */
  open(before: readonly Segment[], nextId: number): void {
    this.list = before;
    this.nextId = nextId;
    this.firstId = nextId;
    for (const { happening, config, time } of this.early) this.append(happening, config, time);
    this.early = [];
  }

  /** @param config what HAProxy has since then, if it is another configuration */
  record(happening: Happening, config?: KeptConfig): void {
    const time = this.deps.wall.nowNs();
    this.byKind[happening.kind] += 1;
    if (this.firstId !== undefined) {
      this.append(happening, config, time);
      return;
    }
    this.early.push({ happening, config, time });
    if (this.early.length <= MAX_EARLY) return;
    this.early.shift();
    this.lost += 1;
  }

  /** Called after each event; returns its end. */
  onEvent(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** What passes of the events after one, oldest first. It is cheap near the end, where live readers are. */
  read(after: number, filter: EventFilter, maxChars: number): Batch {
    const entries: Entry[] = [];
    let [upTo, chars] = [after, 0];
    for (const entry of this.after(after)) {
      if (chars >= maxChars) break;
      upTo = entry.id;
      if (!passes(filter, entry)) continue;
      entries.push(entry);
      chars += entry.text.length;
    }
    return { entries, upTo };
  }

  history(query: HistoryQuery): History {
    const found: Entry[] = [];
    let isTruncated = false;
    for (const entry of this.backwards()) {
      if (!isWithin(query, entry.time) || !passes(query, entry)) continue;
      isTruncated = found.length === query.limit;
      if (isTruncated) break;
      found.push(entry);
    }
    const oldest = this.isKept ? this.list[0]?.entries[0]?.time : undefined;
    return { entries: found.reverse(), oldest, isTruncated };
  }

  /** What was believed at a time: after the last event that was not later. */
  at(time: Timestamp): Result<PastBelief, PastFault> {
    const oldest = this.list[0]?.entries[0];
    if (!this.isKept || !oldest) return refused({ code: 'nothing-kept' });
    for (const segment of [...this.list].reverse()) {
      const last = segment.entries.findLast((entry) => entry.time <= time);
      if (!last) continue;
      if (time > last.time && segment.isBrokenAfter(last.id)) return refused({ code: 'damaged' });
      const belief = beliefAfter(segment, last.id);
      return belief.ok ? ok({ ...belief.value, event: last.id }) : refused({ code: 'damaged' });
    }
    return refused({ code: 'before-oldest', oldest: oldest.time });
  }

  numbers(): JournalNumbers {
    return {
      byKind: this.byKind,
      lost: this.lost,
      events: this.list.reduce((sum, { entries }) => sum + entries.length, 0),
      bytes: this.list.reduce((sum, { bytes }) => sum + bytes, 0),
      oldest: this.list[0]?.entries[0]?.time,
    };
  }

  private append(happening: Happening, config: KeptConfig | undefined, time: Timestamp): void {
    const change = this.changeTo(config);
    this.config = config ?? this.config;
    const { current } = this;
    const isNew = change === 'too-much' || !current || isFull(current, this.perSegment);
    const segment = isNew ? this.begin() : current;
    const patch = isNew || change === 'none' ? undefined : change;
    segment.add(entryOf({ ...happening, id: this.nextId, time }, patch));
    this.nextId += 1;
    for (const listener of this.listeners) listener();
  }

  /** How what HAProxy has becomes another configuration. */
  private changeTo(config: KeptConfig | undefined): LinePatch | 'none' | 'too-much' {
    if (!config || !this.isKept || config.digest === this.config?.digest) return 'none';
    if (this.deps.surroundings().template !== this.template) return 'too-much';
    const patch = this.config && patchOf(this.config.text, config.text);
    return patch ?? 'too-much';
  }

  /** A segment that begins with what is believed now; the oldest make room for it. */
  private begin(): Segment {
    const { catalog, surroundings } = this.deps;
    const around = surroundings();
    const { servers, lastChanged, clusterName, hostname } = catalog.snapshot();
    const believed = { servers, lastChanged, clusterName, hostname };
    const snapshot = this.isKept ? new Snapshot({ ...around, catalog: believed, config: this.config }) : undefined;
    this.template = around.template;
    const segment = new Segment(this.nextId, snapshot);
    this.list = [...this.withinBounds(), segment];
    this.current = segment;
    return segment;
  }

  private withinBounds(): readonly Segment[] {
    let { events, bytes } = this.numbers();
    let gone = 0;
    for (const segment of this.list) {
      if (events + this.perSegment <= this.size && bytes <= MAX_JOURNAL_BYTES) break;
      events -= segment.entries.length;
      bytes -= segment.bytes;
      gone += 1;
    }
    return this.list.slice(gone);
  }

  private *after(id: number): Iterable<Entry> {
    const first = this.list.findLastIndex((segment) => segment.first <= id);
    for (const { entries } of this.list.slice(Math.max(0, first)))
      yield* entries.slice(entries.findLastIndex((entry) => entry.id <= id) + 1);
  }

  /** Newest first. */
  private *backwards(): Iterable<Entry> {
    if (!this.isKept) return;
    for (const { entries } of [...this.list].reverse()) yield* [...entries].reverse();
  }
}

const isFull = ({ entries, eventBytes }: Segment, perSegment: number): boolean =>
  entries.length >= perSegment || eventBytes >= MAX_SEGMENT_BYTES;

const isWithin = ({ since, until }: HistoryQuery, time: Timestamp): boolean =>
  (since === undefined || time >= since) && (until === undefined || time <= until);
