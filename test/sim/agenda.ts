import type { Millis } from '../../src/lib/ports.js';

interface Entry {
  readonly at: Millis;
  /** Among entries of the same time: the first put in comes first. */
  readonly order: number;
  /** Undefined once it was cancelled. */
  act: (() => void) | undefined;
}

/** Everything that will happen, in one order: a binary heap, since there are millions. */
export class Agenda {
  private readonly heap: Entry[] = [];
  private order = 0;
  private time: Millis = 0;

  /** Since the world began. */
  get now(): Millis {
    return this.time;
  }

  /** Plans `act`, once, `delayMs` (>= 0) from now; returns its cancel. */
  after(delayMs: Millis, act: () => void): () => void {
    const entry: Entry = { at: this.time + delayMs, order: this.order++, act };
    this.put(entry);
    return () => (entry.act = undefined);
  }

  /** Lets everything happen up to and including `end`. */
  runUntil(end: Millis): void {
    for (let next = this.heap[0]; next && next.at <= end; next = this.heap[0]) {
      this.dropFirst();
      this.time = next.at;
      next.act?.();
    }
    this.time = end;
  }

  private put(entry: Entry): void {
    const { heap } = this;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above]!;
      if (!isBefore(entry, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  private dropFirst(): void {
    const { heap } = this;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    while (true) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
      const child = heap[below]!;
      if (!isBefore(child, last)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
