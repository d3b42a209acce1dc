import type { Millis } from '../lib/ports.js';

interface Sent {
  readonly object: Buffer;
  readonly since: Millis;
}

/** The objects on their way, each with those who have not taken it yet, and since when. */
export class Unsent<T> {
  /** The longest ago first. */
  private readonly sent = new Map<T, Sent>();
  /** How many have not taken an object. */
  private readonly takers = new Map<Buffer, number>();
  private total = 0;

  /** Of all objects; one that goes to several counts once, as it is there once. */
  get bytes(): number {
    return this.total;
  }

  /** @param since not before that of any other */
  add(taker: T, object: Buffer, since: Millis): void {
    const others = this.takers.get(object) ?? 0;
    this.sent.set(taker, { object, since });
    this.takers.set(object, others + 1);
    if (others === 0) this.total += object.length;
  }

  has(taker: T): boolean {
    return this.sent.has(taker);
  }

  /** @returns whether anything was on its way to it */
  delete(taker: T): boolean {
    const object = this.sent.get(taker)?.object;
    if (!object) return false;
    const others = (this.takers.get(object) ?? 1) - 1;
    this.sent.delete(taker);
    if (others > 0) this.takers.set(object, others);
    else {
      this.takers.delete(object);
      this.total -= object.length;
    }
    return true;
  }

  /** Who waits the longest, and what for. */
  longest(): (Sent & { readonly taker: T }) | undefined {
    for (const [taker, sent] of this.sent) return { taker, ...sent };
    return undefined;
  }

  clear(): void {
    this.sent.clear();
    this.takers.clear();
    this.total = 0;
  }
}
