import type { Clock } from './ports.js';
import { sleep } from './sleep.js';

/** For work of tens of milliseconds: one piece in each turn of the event loop, so that gossip has its turn between two of them. */
export class Turns {
  private next: Promise<void> = Promise.resolve();

  constructor(private readonly clock: Clock) {}

  /** @returns resolves when the next piece may be done, in the order of the calls; with an aborted signal nobody waits any more */
  take(signal: AbortSignal): Promise<void> {
    const mine = this.next;
    this.next = mine.then(() => sleep(this.clock, 0, signal));
    return mine;
  }
}
