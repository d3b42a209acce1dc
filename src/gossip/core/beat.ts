import type { Millis } from '../../lib/ports.js';

/** Something that is done again and again, from start to start. What was missed while nobody looked is not made up for. */
export class Beat {
  private due: Millis = Infinity;

  get deadline(): Millis {
    return this.due;
  }

  /** The next one is at `at`; Infinity stops it. */
  set(at: Millis): void {
    this.due = at;
  }

  /** The next one is not later than `at`. */
  hasten(at: Millis): void {
    this.due = Math.min(this.due, at);
  }

  /** @returns whether one is due; if so, the next is `intervalMs` after the time that this one was due, if that is to come */
  take(now: Millis, intervalMs: Millis): boolean {
    if (now < this.due) return false;
    const next = this.due + intervalMs;
    this.due = next > now ? next : now + intervalMs;
    return true;
  }
}
