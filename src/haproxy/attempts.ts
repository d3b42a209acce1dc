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
  private reloadBeforeMs: Millis | undefined;
  private obstacle = '';
  private tries = 0;
  private retryMs: Millis | undefined;
  private isChange = false;

  constructor(private readonly reloadIntervalMs: Millis) {}

  /** Milliseconds until there is something to apply, zero or less for now; undefined when there is nothing. */
  waitMs(versions: Versions, now: Millis): Millis | undefined {
    if (!this.isTried(versions)) return 0;
    return this.retryMs === undefined ? undefined : this.retryMs - now;
  }

  /**
   * An attempt begins.
   *
   * @returns whether what stood in the way before is to be tried again, be it that something has changed besides
   */
  begin(versions: Versions, now: Millis): boolean {
    this.isChange = !this.isTried(versions);
    this.tried = versions;
    return !this.isChange || this.isDue(now);
  }

  /** Milliseconds until HAProxy may be reloaded, >= 0. */
  reloadWaitMs(now: Millis): Millis {
    return holdDownMs(this.lastReloadMs, this.reloadIntervalMs, now);
  }

  /** A reload, or a verification on the way to one, begins. */
  reloading(now: Millis): void {
    this.reloadBeforeMs = this.lastReloadMs;
    this.lastReloadMs = now;
  }

  /** What began ended before HAProxy was touched, and nothing shall have to wait for it. */
  notReloaded(): void {
    this.lastReloadMs = this.reloadBeforeMs;
  }

  /**
   * Changes that meet the same obstacle do not put off the time when it is tried again.
   *
   * @param obstacle what is in the way of serving everything, the same text for the same thing; empty for nothing
   */
  ended(obstacle: string, now: Millis): void {
    const isWaiting = this.isChange && this.retryMs !== undefined && !this.isDue(now);
    this.isChange = false;
    if (isWaiting && obstacle !== '' && obstacle === this.obstacle) return;
    this.tries = obstacle === '' ? 0 : obstacle === this.obstacle ? this.tries + 1 : 1;
    this.obstacle = obstacle;
    this.retryMs = obstacle === '' ? undefined : now + backoffMs(this.tries);
  }

  /** Whatever was tried, it is to be tried again at `at`, or earlier if a time is set already. */
  again(at: Millis): void {
    this.retryMs = Math.min(at, this.retryMs ?? at);
  }

  private isDue(now: Millis): boolean {
    return this.retryMs !== undefined && this.retryMs <= now;
  }

  private isTried({ catalog, template, surroundings }: Versions): boolean {
    const { tried } = this;
    return catalog === tried?.catalog && template === tried.template && surroundings === tried.surroundings;
  }
}
