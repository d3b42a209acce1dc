import type { HttpStream, HttpStreamAsk } from '../lib/http-stream.js';
import type { Component } from '../lib/lifecycle.js';
import type { Clock, Millis } from '../lib/ports.js';
import { aborted } from '../lib/sleep.js';
import type { RelayOutcomes } from '../metrics/relay-figures.js';
import { OtherCluster, type ClusterStanding, type NamedUrl } from './other-cluster.js';
import { Pace } from './pace.js';
import { EVENTS, MAX_BYTES, passableHead, TOO_LONG, type PassableHead } from './passable.js';
import { BUSY, faultAt, UnfitAnswer, type RelayFault } from './relay-fault.js';

/** Questions at once, and how many of them to one cluster: one that is silent must not keep readers from the others. */
const MAX_QUESTIONS = 32;
const MAX_OF_ONE = 16;
/** Streams of events at once, beside them. */
const MAX_STREAMS = 64;
/** Of all answers together, far more than pages ask for: gossip has its turns also while a cluster sends without an end. */
const BYTES_PER_SECOND = 32 * 1024 * 1024;
/** How long another cluster may be silent: before the head of its answer, and within it. */
const SILENCE_MS: Millis = 5_000;
/** Within a stream of events, which tells every 15 s at least that it is still there. */
const STREAM_SILENCE_MS: Millis = 60_000;
/** A reader that has not taken a piece for so long is cut off. */
const TAKE_MS: Millis = 20_000;

/** What a reader asks of another cluster. */
export interface RelayQuestion {
  readonly cluster: string;
  /** One of `PASSABLE_PATHS`. */
  readonly path: string;
  /** With its question mark; empty for none. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Who an answer goes to. */
export interface RelayReader {
  /** Calls `act` once the reader is gone, or has everything. */
  readonly onOver: (act: () => void) => void;
  /** @returns whether it wants the body */
  readonly begin: (head: PassableHead) => boolean;
  /** Resolves when the piece is on its way, perhaps never when the reader is gone. */
  readonly send: (piece: Uint8Array) => Promise<void>;
  readonly end: () => void;
  /** Ends the connection, so that what has come does not pass for the whole. */
  readonly cut: () => void;
}

/** Why a passage was ended from this side. */
type Cause = 'timed-out' | 'reader-gone' | 'ending';

/** One answer on its way from another cluster to its reader. */
interface Passage {
  readonly cluster: OtherCluster;
  readonly isStream: boolean;
  readonly began: Millis;
  readonly connection: AbortController;
  readonly end: (cause: Cause) => void;
  cause: Cause | undefined;
  /** What the reader has of it, once it has begun. */
  head: PassableHead | undefined;
}

/**
 * Asks other clusters for readers of this agent, who need to reach nobody but this one. Answers are passed on as they come, piece by
 * piece: the next is read when the reader has taken the one before.
 */
export class ClusterRelay implements Component {
  readonly name = 'cluster-relay';
  private readonly clusters: ReadonlyMap<string, OtherCluster>;
  private readonly passages = new Set<Passage>();
  private readonly pace: Pace;
  private readonly outcomes: Record<keyof RelayOutcomes, number> = {
    ...{ answered: 0, unreachable: 0, 'timed-out': 0, unfit: 0, refused: 0, 'reader-gone': 0 },
  };
  private hasEnded = false;

  /** @param own the name of this agent's cluster */
  constructor(
    private readonly options: { readonly own: string; readonly clusters: readonly NamedUrl[] },
    private readonly deps: { readonly ask: HttpStreamAsk; readonly clock: Clock },
  ) {
    this.pace = new Pace(BYTES_PER_SECOND, deps.clock);
    this.clusters = new Map(options.clusters.map((named) => [named.name, new OtherCluster(named)]));
  }

  /** Until its signal aborts; then streams end, and other answers are cut off. */
  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    ready();
    await aborted(signal);
    this.hasEnded = true;
    for (const { end } of this.passages) end('ending');
  }

  /** The own cluster first, the others in the order of the setting. */
  list(): readonly ClusterStanding[] {
    const now = this.deps.clock.now();
    const own: ClusterStanding = { name: this.options.own, isSelf: true, state: 'reachable', lastAnswerAgoMs: 0 };
    return [own, ...[...this.clusters.values()].map((cluster) => cluster.standing(now))];
  }

  get totals(): RelayOutcomes {
    return this.outcomes;
  }

  /** @returns when the reader has what it gets, or is gone; with a fault where the reader was sent nothing */
  async pass(
    { cluster: name, path, query, headers }: RelayQuestion,
    reader: RelayReader,
  ): Promise<RelayFault | undefined> {
    const cluster = this.clusters.get(name);
    if (!cluster) return { status: 404, code: 'cluster-unknown', message: this.unknown(name) };
    const passage = this.begin(cluster, path === EVENTS);
    if (!passage) {
      this.outcomes.refused += 1;
      return BUSY;
    }
    reader.onOver(() => passage.end('reader-gone'));
    const { signal } = passage.connection;
    try {
      const answer = await this.soon(passage, this.deps.ask(cluster.url + path + query, headers, signal), SILENCE_MS);
      await this.passOn(passage, passableHead(path, answer), answer, reader);
      this.outcomes.answered += 1;
      return undefined;
    } catch (error) {
      passage.connection.abort();
      return this.failed(passage, error, reader);
    } finally {
      this.passages.delete(passage);
    }
  }

  /** @returns undefined when there are too many, or all are ending */
  private begin(cluster: OtherCluster, isStream: boolean): Passage | undefined {
    const alike = [...this.passages].filter((other) => other.isStream === isStream);
    const ofThis = alike.filter((other) => other.cluster === cluster);
    const isFull = isStream
      ? alike.length >= MAX_STREAMS
      : alike.length >= MAX_QUESTIONS || ofThis.length >= MAX_OF_ONE;
    if (this.hasEnded || isFull) return undefined;
    const connection = new AbortController();
    const passage: Passage = {
      ...{ cluster, isStream, began: this.deps.clock.now(), connection, cause: undefined, head: undefined },
      end: (cause) => {
        if (!this.passages.has(passage)) return; // it is over
        passage.cause ??= cause;
        connection.abort();
      },
    };
    this.passages.add(passage);
    return passage;
  }

  private async passOn(
    passage: Passage,
    head: PassableHead | string,
    answer: HttpStream,
    reader: RelayReader,
  ): Promise<void> {
    if (typeof head === 'string') throw new UnfitAnswer(head);
    passage.cluster.answered(this.deps.clock.now());
    passage.head = head;
    if (!reader.begin(head)) {
      passage.connection.abort();
      reader.end();
      return;
    }
    const silenceMs = head.isEndless ? STREAM_SILENCE_MS : SILENCE_MS;
    let bytes = 0;
    for (;;) {
      if (!this.pace.mayPass()) await this.pace.turn(passage.connection.signal);
      const piece = await this.soon(passage, answer.read(), silenceMs);
      if (!piece) break;
      passage.cluster.answered(this.deps.clock.now());
      bytes += piece.length;
      this.pace.passed(piece.length);
      if (!head.isEndless && bytes > MAX_BYTES) throw new UnfitAnswer(TOO_LONG);
      await this.soon(passage, reader.send(piece), TAKE_MS, 'reader-gone');
    }
    reader.end();
  }

  /** Rejects when nothing comes of `what` within `withinMs`, or when the passage is ended before. */
  private soon<T>(passage: Passage, what: Promise<T>, withinMs: Millis, late: Cause = 'timed-out'): Promise<T> {
    const { signal } = passage.connection;
    const cancel = this.deps.clock.after(withinMs, () => passage.end(late));
    let stop = (): void => undefined;
    const ended = new Promise<never>((_, reject) => {
      stop = () => reject(new Error('ended'));
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
    });
    return Promise.race([ended, what]).finally(() => {
      cancel();
      signal.removeEventListener('abort', stop);
    });
  }

  /** @returns what the reader is to be told, if it still can be */
  private failed(passage: Passage, error: unknown, reader: RelayReader): RelayFault | undefined {
    const fault = this.judged(passage, error);
    if (fault && !passage.head) return fault;
    if (passage.cause === 'ending' && passage.head?.isEndless) reader.end();
    else reader.cut();
    return undefined;
  }

  /** @returns undefined when it is nobody's fault */
  private judged({ cluster, cause, began }: Passage, error: unknown): RelayFault | undefined {
    if (cause === 'reader-gone') {
      this.outcomes['reader-gone'] += 1;
      return undefined;
    }
    if (cause === 'ending') {
      this.outcomes.refused += 1;
      return BUSY;
    }
    const { fault, outcome } = faultAt(cluster, cause && SILENCE_MS, error);
    this.outcomes[outcome] += 1;
    cluster.failed(fault.message, began);
    return fault;
  }

  private unknown(name: string): string {
    if (name === this.options.own) return `${name} is the cluster of this agent: ask it without /api/clusters/${name}`;
    const known = [...this.clusters.keys()].join(', ');
    return `no other cluster is called ${name}: console.clusters ${known === '' ? 'names none' : `has ${known}`}`;
  }
}
