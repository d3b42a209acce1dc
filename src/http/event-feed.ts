import type { Component } from '../lib/lifecycle.js';
import type { Clock, Millis } from '../lib/ports.js';
import { aborted } from '../lib/sleep.js';
import type { FeedNumbers } from '../metrics/journal-figures.js';
import type { EventFilter, LiveEvents, ToldEvent } from './journal.js';
import type { UnsentBodies } from './unsent-bodies.js';
import type { WatchSink } from './watchers.js';

/** Readers at once, where the system lets this process open enough files. */
const MAX_READERS = 1_000;
/** Events of so short a time are sent together. */
const PACE_MS: Millis = 50;
/** Writing to all at once would keep gossip waiting; after so many it has its turn. */
const SENDS_PER_TURN = 64;
/** Of events that are sent together. */
const MAX_CHARS = 64 * 1024;
/** So often a silent stream says that it is still there. */
const BEAT_MS: Millis = 15_000;
const BEAT = Buffer.from(': still here\n\n');
/** A client that was cut off comes back after so long. */
const HELLO = Buffer.from('retry: 2000\n\n');

interface Reader {
  readonly filter: EventFilter;
  readonly sink: WatchSink;
  /** The last event that it has, or need not have; else which one it begins with: the oldest, or the first of this process. */
  cursor: number | 'oldest' | 'start';
  /** Something is on its way to it, for so many beats. */
  beatsUnsent: number;
  /** Undefined while nothing is. */
  release: (() => void) | undefined;
}

/**
 * Everyone who reads events as they come (server-sent events). At most one piece is on its way to each; who is slow reads on from
 * the journal, and is told of a gap when that has gone on too far. A reader at rest costs its connection.
 */
export class EventFeed implements Component {
  readonly name = 'event-feed';
  private readonly max: number;
  private readonly readers = new Set<Reader>();
  /** Whose turn to read on is near. */
  private readonly due = new Set<Reader>();
  /** What is read in this moment, by the place in the journal and the filter: many read the same. */
  private readonly pieces = new Map<string, { readonly bytes: Buffer; readonly upTo: number }>();
  private readonly totals = { gaps: 0, cut: 0, refused: 0 };
  private readonly ignoreJournal: () => void;
  private lastRoundAt: Millis = -Infinity;
  private cancelRound: (() => void) | undefined;
  private cancelTurn: (() => void) | undefined;
  private cancelBeat: (() => void) | undefined;
  private hasEnded = false;

  /** @param fileLimit how many files this process may open: readers get an eighth of them; undefined = unlimited */
  constructor(
    { fileLimit = Infinity }: { readonly fileLimit: number | undefined },
    private readonly deps: { readonly events: LiveEvents; readonly unsent: UnsentBodies; readonly clock: Clock },
  ) {
    this.max = Math.min(MAX_READERS, Math.floor(fileLimit / 8));
    this.ignoreJournal = deps.events.onEvent(() => this.changed());
  }

  /** Until its signal aborts; then all are told that no more comes. */
  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    ready();
    await aborted(signal);
    this.end();
  }

  /**
   * @param after the last event that it has; 0: it begins with the oldest; undefined: with the next one
   * @returns what to call when the connection is gone; undefined, and nothing is sent, when there are too many, or all are ending
   */
  add(filter: EventFilter, after: number | undefined, sink: WatchSink): (() => void) | undefined {
    if (this.hasEnded || this.readers.size >= this.max) {
      this.totals.refused += 1;
      return undefined;
    }
    const { newest, start } = this.deps.events;
    const next = start === undefined ? 'start' : newest;
    const reader: Reader = {
      filter,
      sink,
      cursor: after === 0 ? 'oldest' : (after ?? next),
      beatsUnsent: 0,
      release: undefined,
    };
    this.readers.add(reader);
    this.cancelBeat ??= this.deps.clock.after(BEAT_MS, () => this.beat());
    this.send(reader, HELLO);
    return () => this.remove(reader);
  }

  numbers(): FeedNumbers {
    return { readers: this.readers.size, ...this.totals };
  }

  private changed(): void {
    if (this.readers.size === 0) return;
    const { clock } = this.deps;
    this.cancelRound ??= clock.after(Math.max(0, this.lastRoundAt + PACE_MS - clock.now()), () => this.round());
  }

  private round(): void {
    this.cancelRound = undefined;
    this.lastRoundAt = this.deps.clock.now();
    for (const reader of this.readers) if (!reader.release) this.due.add(reader);
    this.cancelTurn ??= this.deps.clock.after(0, () => this.turn());
  }

  private turn(): void {
    this.cancelTurn = undefined;
    this.pieces.clear();
    let sends = 0;
    for (const reader of this.due) {
      if (sends === SENDS_PER_TURN) {
        this.cancelTurn = this.deps.clock.after(0, () => this.turn());
        break;
      }
      sends += 1;
      this.due.delete(reader);
      this.readOn(reader);
    }
    this.pieces.clear();
  }

  private readOn(reader: Reader): void {
    const { newest, oldest, start } = this.deps.events;
    if (start === undefined) return; // the first event is near
    const before = { oldest: oldest - 1, start: start - 1 };
    const cursor = typeof reader.cursor === 'number' ? reader.cursor : before[reader.cursor];
    if (cursor > newest || cursor < before.oldest) {
      // An id that was never given here, or by an earlier process of which nothing is left: nobody knows how far that one came.
      const isUnknown = cursor > newest || (cursor < before.start && oldest >= start);
      const lost = isUnknown ? null : before.oldest - cursor;
      this.totals.gaps += 1;
      reader.cursor = before.oldest;
      this.send(reader, Buffer.from(`event: gap\ndata: ${JSON.stringify({ lost, oldest })}\n\n`));
      return;
    }
    const piece = this.pieceFor(cursor, reader.filter);
    reader.cursor = piece.upTo;
    if (piece.bytes.length > 0) this.send(reader, piece.bytes);
  }

  private pieceFor(cursor: number, filter: EventFilter): { readonly bytes: Buffer; readonly upTo: number } {
    const key = JSON.stringify([cursor, filter.service, filter.host, [...(filter.kinds ?? [])]]);
    const known = this.pieces.get(key);
    if (known) return known;
    const { entries, upTo } = this.deps.events.read(cursor, filter, MAX_CHARS);
    const piece = { bytes: Buffer.from(entries.map(frameOf).join('')), upTo };
    this.pieces.set(key, piece);
    return piece;
  }

  private send(reader: Reader, bytes: Buffer): void {
    reader.beatsUnsent = 0;
    reader.release = this.deps.unsent.hold(bytes, bytes.length, () => this.cut(reader));
    reader.sink.send(bytes, () => this.taken(reader));
  }

  private taken(reader: Reader): void {
    if (!reader.release) return;
    reader.release();
    reader.release = undefined;
    if (reader.cursor !== this.deps.events.newest) this.readLater(reader);
  }

  private readLater(reader: Reader): void {
    this.due.add(reader);
    this.cancelTurn ??= this.deps.clock.after(0, () => this.turn());
  }

  /** Who has not taken a piece in the time of two beats is given up. One timer for all, armed only while there are readers. */
  private beat(): void {
    this.cancelBeat = this.deps.clock.after(BEAT_MS, () => this.beat());
    for (const reader of this.readers) {
      if (!reader.release) this.send(reader, BEAT);
      else if (reader.beatsUnsent === 2) this.cut(reader);
      else reader.beatsUnsent += 1;
    }
  }

  private cut(reader: Reader): void {
    this.totals.cut += 1;
    this.remove(reader);
    reader.sink.destroy();
  }

  private remove(reader: Reader): void {
    this.readers.delete(reader);
    this.due.delete(reader);
    reader.release?.();
    reader.release = undefined;
    if (this.readers.size > 0) return;
    this.cancelBeat?.();
    this.cancelBeat = undefined;
  }

  private end(): void {
    this.hasEnded = true;
    this.ignoreJournal();
    for (const cancel of [this.cancelRound, this.cancelTurn]) cancel?.();
    for (const reader of this.readers) {
      reader.sink.end();
      this.remove(reader);
    }
  }
}

const frameOf = ({ id, kind, text }: ToldEvent): string => `id: ${id}\nevent: ${kind}\ndata: ${text}\n\n`;
