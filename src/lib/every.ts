import type { Clock, Millis } from './ports.js';
import { sleep } from './sleep.js';

/** Calls `act` each `periodMs` until `signal` aborts, first after one period; a late call does not lead to a burst. */
export async function every(clock: Clock, periodMs: Millis, signal: AbortSignal, act: () => void): Promise<void> {
  while (true) {
    await sleep(clock, periodMs, signal);
    if (signal.aborted) return;
    act();
  }
}
