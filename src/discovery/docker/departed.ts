import type { Millis } from '../../lib/ports.js';
import { membersOf } from './engine-event.js';

/** An engine tells of a death before it has tidied up, and lists the dead as running until then: seconds when it is busy. */
const HIDDEN_FOR_MS: Millis = 10_000;
/** With more, those that died first are shown when they are listed; that ends with the list after. */
const MAX_DEPARTED = 10_000;

/** Containers that died a moment ago, to be left out of lists that do not know it yet. */
export class Departed {
  /** By id, the one that died first is first. */
  private readonly diedAt = new Map<string, Millis>();

  died(id: string, now: Millis): void {
    this.diedAt.delete(id);
    this.diedAt.set(id, now);
    this.forgetOldest((at) => at + HIDDEN_FOR_MS <= now || this.diedAt.size > MAX_DEPARTED);
  }

  started(id: string): void {
    this.diedAt.delete(id);
  }

  /** Those of a list that are not known to be dead. */
  without(containers: readonly unknown[], now: Millis): readonly unknown[] {
    this.forgetOldest((at) => at + HIDDEN_FOR_MS <= now);
    if (this.diedAt.size === 0) return containers;
    return containers.filter((container) => {
      const { Id } = membersOf(container);
      return typeof Id !== 'string' || !this.diedAt.has(Id);
    });
  }

  private forgetOldest(isOver: (diedAt: Millis) => boolean): void {
    for (const [id, at] of this.diedAt) {
      if (!isOver(at)) return;
      this.diedAt.delete(id);
    }
  }
}
