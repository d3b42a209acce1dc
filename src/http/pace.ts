import type { Clock, Millis } from '../lib/ports.js';
import { sleep } from '../lib/sleep.js';

const WINDOW_MS: Millis = 100;

/** Lets so many bytes pass in each tenth of a second, so that whoever brings many leaves the event loop to others. */
export class Pace {
  private left = 0;
  private endsAt: Millis = -Infinity;

  constructor(
    private readonly bytesPerSecond: number,
    private readonly clock: Clock,
  ) {}

  mayPass(): boolean {
    const now = this.clock.now();
    if (now >= this.endsAt) [this.left, this.endsAt] = [(this.bytesPerSecond * WINDOW_MS) / 1_000, now + WINDOW_MS];
    return this.left > 0;
  }

  passed(bytes: number): void {
    this.left -= bytes;
  }

  /** Resolves when more may pass; with an aborted signal nobody waits any more. */
  async turn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.mayPass()) await sleep(this.clock, this.endsAt - this.clock.now(), signal);
  }
}
