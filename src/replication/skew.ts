import type { Millis } from '../lib/ports.js';

/** Long enough for a refresh of every record, whose own way to us takes a while, and for one that is lost. */
const WINDOW_MS: Millis = 150_000;
/** At this bound the host whose window began longest ago is forgotten. */
const MAX_HOSTS = 5000;

interface Window {
  readonly since: Millis;
  largest: Millis;
  /** Of the window before. */
  readonly before: Millis | undefined;
}

/**
 * How far the wall clocks of other hosts are ahead of ours. A record shows its origin's time, and less than that by as long as it
 * was under way: the largest difference of some minutes comes nearest.
 */
export class Skew {
  /** The window that began longest ago first. */
  private readonly windows = new Map<string, Window>();

  /** @param aheadMs `updated` of a record that its origin sent itself, less our wall time at its receipt; negative: behind */
  sample(host: string, aheadMs: Millis, now: Millis): void {
    const window = this.windows.get(host);
    if (window && now - window.since < WINDOW_MS) {
      window.largest = Math.max(window.largest, aheadMs);
      return;
    }
    const before = window && now - window.since < 2 * WINDOW_MS ? window.largest : undefined;
    this.windows.delete(host);
    this.windows.set(host, { since: now, largest: aheadMs, before });
    if (this.windows.size > MAX_HOSTS) this.forgetOldest();
  }

  /** Milliseconds that `host`'s clock is ahead of ours, negative when behind; undefined while nothing recent is known. */
  skewMs(host: string, now: Millis): Millis | undefined {
    const window = this.windows.get(host);
    if (!window || now - window.since >= 2 * WINDOW_MS) return undefined;
    return Math.max(window.largest, window.before ?? -Infinity);
  }

  /** The host whose clock differs most from ours, either way. */
  largest(now: Millis): { readonly host: string; readonly skewMs: Millis } | undefined {
    let largest: { readonly host: string; readonly skewMs: Millis } | undefined;
    for (const host of this.windows.keys()) {
      const skewMs = this.skewMs(host, now);
      if (skewMs === undefined || Math.abs(skewMs) <= Math.abs(largest?.skewMs ?? 0)) continue;
      largest = { host, skewMs };
    }
    return largest;
  }

  private forgetOldest(): void {
    for (const host of this.windows.keys()) {
      this.windows.delete(host);
      return;
    }
  }
}
