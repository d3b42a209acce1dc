import type { Millis } from '../lib/ports.js';
import { backoffMs, holdDownMs } from './hold-down.js';

/** What an attempt works on: when one of them moves there is something new to try. */
export interface Versions {
  readonly catalog: number;
  readonly template: number;
}

/** When to apply next: at once for a change, held down after a reload, later and later while the same thing stands in the way. */
export class Attempts {
  private tried: Versions | undefined;
  private lastReloadMs: Millis | undefined;
  private obstacle = '';
  private tries = 0;
  private retryMs: Millis | undefined;

  constructor(private readonly reloadIntervalMs: Millis) {}

  /** Milliseconds until there is something to apply, zero or less for now; undefined when there is nothing. */
  waitMs(versions: Versions, now: Millis): Millis | undefined {
    const { catalog, template } = versions;
    if (catalog !== this.tried?.catalog || template !== this.tried.template) {
      return holdDownMs(this.lastReloadMs, this.reloadIntervalMs, now);
    }
    return this.retryMs === undefined ? undefined : this.retryMs - now;
  }

  /** @returns what was tried before */
  begin(versions: Versions): Versions | undefined {
    const before = this.tried;
    this.tried = versions;
    return before;
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

  /** Whatever was tried, it is to be tried again now, unless a time is set already. */
  again(now: Millis): void {
    this.retryMs ??= now;
  }
}
