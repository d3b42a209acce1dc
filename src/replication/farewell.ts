import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis } from '../lib/ports.js';
import { aborted, sleep } from '../lib/sleep.js';

/** So long peers are given to hear of our tombstones before we leave: several gossip ticks. */
const SPREAD_WITHIN_MS: Millis = 3_000;
const LOOK_EVERY_MS: Millis = 50;

/**
 * Leaves the cluster before the agent ends, when that was asked for: this host's records become tombstones, the cluster hears of
 * it, and only then the member goes. Started last, so that it is the first to be told to end, while all else still works.
 */
export class Farewell implements Component {
  readonly name = 'farewell';
  private isAsked: boolean;

  constructor(
    options: { readonly leaveOnTerminate: boolean },
    private readonly deps: {
      /** Declares this host's records dead. */
      readonly withdraw: () => void;
      /** Whether what was withdrawn still waits to be sent. */
      readonly isSpreading: () => boolean;
      readonly leave: () => Promise<void>;
      /** Ends the process, as a signal would. */
      readonly end: () => void;
      readonly clock: Clock;
      readonly log: Logger;
    },
  ) {
    this.isAsked = options.leaveOnTerminate;
  }

  /** Leaves, and then ends the agent. Asking twice is the same as asking once. */
  leaveAndEnd(): void {
    this.isAsked = true;
    this.deps.end();
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    ready();
    await aborted(signal);
    if (!this.isAsked) return;
    const { withdraw, isSpreading, leave, clock, log } = this.deps;
    log.info("leaving the cluster: this host's services are declared dead first");
    withdraw();
    const deadline = clock.now() + SPREAD_WITHIN_MS;
    const never = new AbortController().signal;
    while (isSpreading() && clock.now() < deadline) await sleep(clock, LOOK_EVERY_MS, never);
    await leave();
    log.info('left the cluster');
  }
}
