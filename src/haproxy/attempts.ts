import type { Millis } from '../lib/ports.js';
import { backoffMs, holdDownMs } from './hold-down.js';

/** What an attempt works on: when one of them moves there is something new to try. */
export interface Versions {
  readonly catalog: number;
  readonly template: number;
  /** What else decides what is served: names resolved, holds that have ended. */
  readonly surroundings: number;
}

/** When to apply next: at once for a change, later and later while the same thing stands in the way; reloads apart from each other. */
export class Attempts {
  private tried: Versions | undefined;
  private lastReloadMs: Millis | undefined;
  private obstacle = '';
  private tries = 0;
  private retryMs: Millis | undefined;

  constructor(private readonly reloadIntervalMs: Millis) {}

  /** Milliseconds until there is something to apply, zero or less for now; undefined when there is nothing. */
  waitMs(versions: Versions, now: Millis): Millis | undefined {
    if (!this.isTried(versions)) return 0;
    return this.retryMs === undefined ? undefined : this.retryMs - now;
  }

  /** Whether what is due now is due only because something stood in the way before. */
  isRetry(versions: Versions): boolean {
    return this.isTried(versions);
  }

  /** @returns what was tried before */
  begin(versions: Versions): Versions | undefined {
    const before = this.tried;
    this.tried = versions;
    return before;
  }

  /** Milliseconds until HAProxy may be reloaded, >= 0. */
  reloadWaitMs(now: Millis): Millis {
    return holdDownMs(this.lastReloadMs, this.reloadIntervalMs, now);
  }

  /** A reload, or a verification on the way to one, begins. */
  reloading(now: Millis): void {
    this.lastReloadMs = now;
  }

  /** @param obstacle what is in the way of serving everything, the same text for the same thing; empty for nothing */
  ended(obstacle: string, now: Millis): void {
    this.tries = obstacle === '' ? 0 : obstacle === this.obstacle ? this.tries + 1 : 1;
    this.obstacle = obstacle;
    this.retryMs = obstacle === '' ? undefined : now + backoffMs(this.tries);
  }

  /** Whatever was tried, it is to be tried again at `at`, or earlier if a time is set already. */
  again(at: Millis): void {
    this.retryMs = Math.min(at, this.retryMs ?? at);
  }

  private isTried({ catalog, template, surroundings }: Versions): boolean {
    const { tried } = this;
    return catalog === tried?.catalog && template === tried.template && surroundings === tried.surroundings;
  }
}
