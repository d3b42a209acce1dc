import type { Clock, Millis } from '../lib/ports.js';

/** So many keys are told apart; of more the one told longest ago is forgotten, so that it may be told again too soon. */
const MAX_KEYS = 1000;

/** Keeps what repeats itself from filling the log: says when a key's turn has come again. */
export class Seldom {
  /** When each key was last due, the longest ago first. */
  private readonly last = new Map<string, Millis>();

  constructor(
    private readonly periodMs: Millis,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** @returns true at most once per period and key, first at once */
  isDue(key: string): boolean {
    const now = this.clock.now();
    const last = this.last.get(key);
    if (last !== undefined && now - last < this.periodMs) return false;
    this.last.delete(key);
    this.last.set(key, now);
    if (this.last.size > MAX_KEYS) {
      for (const oldest of this.last.keys()) {
        this.last.delete(oldest);
        break;
      }
    }
    return true;
  }
}
