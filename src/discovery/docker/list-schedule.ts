import type { Millis } from '../../lib/ports.js';

/** Heals whatever an event did not tell. */
const EVERY_MS: Millis = 30_000;
/** However many events there are, lists are asked for so far apart, from start to start. */
const LEAST_APART_MS: Millis = 50;
/**
 * An engine tells of some changes right before its list shows them, and of none between the head of the event stream and the
 * subscription behind it: so long after the last event the list is asked for once more.
 */
const CONFIRM_AFTER_MS: Millis = 300;

/** When the containers are listed: at once for an event, once more a little later, and every 30 s. */
export class ListSchedule {
  private due: Millis;
  private confirm = -Infinity;
  private begunAt = -Infinity;

  constructor(now: Millis) {
    this.due = now + EVERY_MS;
  }

  /** Something has happened. */
  wanted(now: Millis): void {
    this.due = Math.min(this.due, Math.max(now, this.begunAt + LEAST_APART_MS));
    this.confirm = now + CONFIRM_AFTER_MS;
  }

  /** The list is asked for now. */
  begun(now: Millis): void {
    this.begunAt = now;
    this.due = this.confirm > now ? this.confirm : now + EVERY_MS;
  }

  /** How long until the list is to be asked for; 0 for now. */
  dueIn(now: Millis): Millis {
    return Math.max(0, this.due - now);
  }
}
