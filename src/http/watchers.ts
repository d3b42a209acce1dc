import type { CatalogReader, ChangeEvent } from '../catalog/reader.js';
import type { Component } from '../lib/lifecycle.js';
import type { Clock, Millis } from '../lib/ports.js';
import { aborted } from '../lib/sleep.js';
import type { WatchNumbers } from '../metrics/watch-figures.js';
import type { UnsentBodies } from './unsent-bodies.js';
import type { CatalogViews } from './views.js';

/** What a watcher is sent: the two objects of contract section 7.6, and the state with what only our own agents know. */
export type WatchForm = 'by-service' | 'state' | 'extended-state';

/** The connection of one watcher. */
export interface WatchSink {
  /** Sends one object; `taken` is called once when the system has taken all of it, and not if the connection is lost. */
  send(object: Buffer, taken: () => void): void;
  /** No object follows. */
  end(): void;
  /** Cuts the connection, whatever has not been sent. */
  destroy(): void;
}

/** Watchers at once, where the system lets this process open enough files. */
const MAX_WATCHERS = 10_000;
/**
 * Of a burst of changes every watcher gets the first and the last state, and between them one so often. It bounds, with the limit
 * below, how many different objects can be unsent at once.
 */
const PACE_MS: Millis = 50;
/** Writing to all at once would keep gossip waiting; after so many it has its turn. */
const SENDS_PER_TURN = 64;
/** Who has not taken an object as a whole after so long is given up. */
const UNSENT_LIMIT_MS: Millis = 30_000;

/** An object on its way. */
interface Unsent {
  readonly since: Millis;
  readonly bytes: number;
  readonly release: () => void;
}

interface Watcher {
  readonly form: WatchForm;
  readonly sink: WatchSink;
  /** How many changes its last object had in it. */
  seen: number;
  /** There is a newer object than the one it has not taken yet. */
  isBehind: boolean;
}

/**
 * Everyone who watches the catalog. Each gets the current state at once and then the newest one after every change, as fast as it
 * reads: at most one object is on its way to it, and those that came and went meanwhile are skipped. A watcher at rest costs its
 * connection and nothing else.
 */
export class Watchers implements Component {
  readonly name = 'watchers';
  private readonly max: number;
  private readonly watchers = new Set<Watcher>();
  /** Whose turn to be sent the newest object is near. */
  private readonly due = new Set<Watcher>();
  /** Who has not taken its object yet: the longest ago first. */
  private readonly unsent = new Map<Watcher, Unsent>();
  /** How many changes there were, by what they show in. */
  private readonly changes: Record<WatchForm, number> = { 'by-service': 0, state: 0, 'extended-state': 0 };
  private readonly totals = { sent: 0, skipped: 0, cut: 0, refused: 0 };
  private readonly ignoreCatalog: () => void;
  private lastRoundAt: Millis = -Infinity;
  private cancelRound: (() => void) | undefined;
  private cancelTurn: (() => void) | undefined;
  private cancelSweep: (() => void) | undefined;
  private hasEnded = false;

  /** @param fileLimit how many files this process may open: watchers get a quarter of them; undefined = unlimited */
  constructor(
    { fileLimit = Infinity }: { readonly fileLimit: number | undefined },
    private readonly deps: {
      readonly catalog: CatalogReader;
      readonly views: CatalogViews;
      readonly unsent: UnsentBodies;
      readonly clock: Clock;
    },
  ) {
    this.max = Math.min(MAX_WATCHERS, Math.floor(fileLimit / 4));
    this.ignoreCatalog = deps.catalog.onChange((event) => this.changed(event));
  }

  /** Until its signal aborts; then every watcher that keeps up gets the last state, and all are told that no more comes. */
  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    ready();
    await aborted(signal);
    this.end();
  }

  /**
   * Sends the first object at once.
   *
   * @returns what to call when the connection is gone; undefined, and nothing is sent, when there are too many, or all are ending
   */
  add(form: WatchForm, sink: WatchSink): (() => void) | undefined {
    if (this.hasEnded || this.watchers.size >= this.max) {
      this.totals.refused += 1;
      return undefined;
    }
    const watcher = { form, sink, seen: 0, isBehind: false };
    this.watchers.add(watcher);
    this.send(watcher);
    return () => this.remove(watcher);
  }

  numbers(): WatchNumbers {
    const unsentBytes = [...this.unsent.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    return { watchers: this.watchers.size, unsentBytes, ...this.totals };
  }

  private changed({ kind }: ChangeEvent): void {
    if (kind === 'added' || kind === 'status') {
      this.changes['by-service'] += 1;
      this.changes.state += 1;
    }
    this.changes['extended-state'] += 1;
    if (this.watchers.size === 0) return;
    const { clock } = this.deps;
    this.cancelRound ??= clock.after(Math.max(0, this.lastRoundAt + PACE_MS - clock.now()), () => this.round());
  }

  private round(): void {
    this.cancelRound = undefined;
    this.lastRoundAt = this.deps.clock.now();
    for (const watcher of this.watchers) {
      if (!this.hasNews(watcher)) continue;
      if (!this.unsent.has(watcher)) {
        this.due.add(watcher);
        continue;
      }
      if (watcher.isBehind) this.totals.skipped += 1;
      watcher.isBehind = true;
    }
    if (!this.cancelTurn) this.turn();
  }

  private turn(): void {
    this.cancelTurn = undefined;
    let sends = 0;
    for (const watcher of this.due) {
      if (sends === SENDS_PER_TURN) {
        this.cancelTurn = this.deps.clock.after(0, () => this.turn());
        return;
      }
      sends += 1;
      this.send(watcher);
    }
  }

  private hasNews({ form, seen }: Watcher): boolean {
    return seen < this.changes[form];
  }

  private send(watcher: Watcher): void {
    const { clock } = this.deps;
    const object = this.objectOf(watcher.form);
    this.due.delete(watcher);
    watcher.seen = this.changes[watcher.form];
    watcher.isBehind = false;
    const release = this.deps.unsent.hold(object, object.length, () => this.cut(watcher));
    this.unsent.set(watcher, { since: clock.now(), bytes: object.length, release });
    this.cancelSweep ??= clock.after(UNSENT_LIMIT_MS, () => this.sweep());
    this.totals.sent += 1;
    watcher.sink.send(object, () => this.taken(watcher));
  }

  private objectOf(form: WatchForm): Buffer {
    const { views } = this.deps;
    switch (form) {
      case 'by-service':
        return views.grouped();
      case 'state':
        return views.state();
      case 'extended-state':
        return views.extendedState();
    }
  }

  private taken(watcher: Watcher): void {
    const isHere = this.unsent.has(watcher);
    this.forget(watcher);
    if (!isHere || !watcher.isBehind) return;
    this.due.add(watcher);
    this.cancelTurn ??= this.deps.clock.after(0, () => this.turn());
  }

  private remove(watcher: Watcher): void {
    this.watchers.delete(watcher);
    this.due.delete(watcher);
    this.forget(watcher);
  }

  private cut(watcher: Watcher): void {
    this.totals.cut += 1;
    this.remove(watcher);
    watcher.sink.destroy();
  }

  /** The object on its way to a watcher, if there is one. */
  private forget(watcher: Watcher): void {
    this.unsent.get(watcher)?.release();
    this.unsent.delete(watcher);
  }

  /** One timer for all, armed only while something is unsent. */
  private sweep(): void {
    this.cancelSweep = undefined;
    const { clock } = this.deps;
    for (const [watcher, { since }] of this.unsent) {
      const leftMs = since + UNSENT_LIMIT_MS - clock.now();
      if (leftMs > 0) {
        this.cancelSweep = clock.after(leftMs, () => this.sweep());
        return;
      }
      this.cut(watcher);
    }
  }

  private end(): void {
    this.hasEnded = true;
    this.ignoreCatalog();
    for (const watcher of this.watchers) {
      if (this.hasNews(watcher) && !this.unsent.has(watcher)) this.send(watcher);
      watcher.sink.end();
    }
    for (const cancel of [this.cancelRound, this.cancelTurn, this.cancelSweep]) cancel?.();
    for (const watcher of this.watchers) this.remove(watcher);
  }
}
