import type { Millis } from '../lib/ports.js';
import { LONGEST_MS, type Sample } from './sample.js';

/** A change that came to every proxy. */
interface Converged {
  readonly delayMs: Millis;
  /** Where it came last. */
  readonly slowest: string;
  readonly at: Millis;
}

interface Open {
  readonly openedAt: Millis;
  /** Proxies that have not told of it yet. */
  readonly waitingFor: Set<string>;
  delayMs: Millis;
  slowest: string;
}

/** What is known of the last changes. */
export interface Delays {
  readonly p50Ms: Millis | undefined;
  readonly p99Ms: Millis | undefined;
  /** Of the change that came to every proxy last. */
  readonly lastMs: Millis | undefined;
  /** How many changes these are from. */
  readonly changes: number;
  /** Changes that some proxy has, and not every one has told of. */
  readonly waiting: number;
}

const MAX_CONVERGED = 1_000;
const MAX_AGE_MS: Millis = 3_600_000;
/** At this bound the oldest counts as untold. */
const MAX_OPEN = 1_000;
/** Hosts tell of a change more than once; so many are remembered as done. */
const MAX_CLOSED = 10_000;

/** Puts together what the hosts tell of the same change: it is in every proxy when it is in the last one. */
export class ChangeBook {
  private readonly open = new Map<number, Open>();
  private readonly closed = new Set<number>();
  private converged: Converged[] = [];
  private matched = 0;
  private untold = 0;

  /** Changes since the start that every proxy told of, or a proxy that is behind did not get in time; and those that not all told of. */
  get counts(): { readonly matched: number; readonly untold: number } {
    return { matched: this.matched, untold: this.untold };
  }

  /**
   * A host tells how long changes took to its proxy, in any order and any number of times.
   *
   * @param proxies who has to tell of a change that nobody told of yet; a host that is not one of them is not listened to
   */
  report(host: string, samples: readonly Sample[], proxies: ReadonlySet<string>, now: Millis): void {
    if (!proxies.has(host)) return;
    for (const { key, delayMs } of samples) {
      if (this.closed.has(key)) continue;
      const change = this.open.get(key) ?? this.begin(key, host, proxies, now);
      if (!change.waitingFor.delete(host)) continue;
      if (delayMs >= change.delayMs) {
        change.delayMs = delayMs;
        change.slowest = host;
      }
      if (change.waitingFor.size === 0) this.converge(key, change, now);
    }
  }

  /** What these changes were like is known from before: they are not counted. */
  disregard(samples: readonly Sample[]): void {
    for (const { key } of samples) if (!this.open.has(key)) this.close(key);
  }

  /** A host has no proxy any more, or is gone: nobody waits for it. */
  lost(host: string, now: Millis): void {
    for (const [key, change] of this.open) {
      if (change.waitingFor.delete(host) && change.waitingFor.size === 0) this.converge(key, change, now);
    }
  }

  /**
   * Ends the wait for what was not told in time.
   *
   * @param patienceMs after which a host that is not behind has kept silent: it told of others, or learned of the change in another way
   * @param isBehind   one that is behind does not have the change: that took the longest delay
   */
  tick(patienceMs: Millis, isBehind: (host: string) => boolean, now: Millis): void {
    for (const [key, change] of this.open) {
      if (now - change.openedAt < patienceMs) break;
      const slowest = [...change.waitingFor].find(isBehind);
      if (slowest === undefined) this.giveUp(key);
      else this.converge(key, { ...change, slowest, delayMs: LONGEST_MS }, now);
    }
    if (this.converged.some(({ at }) => now - at > MAX_AGE_MS))
      this.converged = this.converged.filter(({ at }) => now - at <= MAX_AGE_MS);
  }

  /** Of the last changes, at most 1,000 of the last hour. */
  delays(): Delays {
    const sorted = this.converged.map(({ delayMs }) => delayMs).sort((a, b) => a - b);
    return {
      p50Ms: quantile(sorted, 0.5),
      p99Ms: quantile(sorted, 0.99),
      lastMs: this.converged.at(-1)?.delayMs,
      changes: sorted.length,
      waiting: this.open.size,
    };
  }

  /** How many of these came to each host last. */
  slowest(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { slowest } of this.converged) counts.set(slowest, (counts.get(slowest) ?? 0) + 1);
    return counts;
  }

  private begin(key: number, host: string, proxies: ReadonlySet<string>, now: Millis): Open {
    for (const oldest of this.open.keys()) {
      if (this.open.size < MAX_OPEN) break;
      this.giveUp(oldest);
    }
    const change = { openedAt: now, waitingFor: new Set(proxies), delayMs: 0, slowest: host };
    this.open.set(key, change);
    return change;
  }

  private converge(key: number, { delayMs, slowest }: Open, now: Millis): void {
    this.close(key);
    this.matched += 1;
    this.converged.push({ delayMs, slowest, at: now });
    if (this.converged.length > MAX_CONVERGED) this.converged.shift();
  }

  private giveUp(key: number): void {
    this.close(key);
    this.untold += 1;
  }

  private close(key: number): void {
    this.open.delete(key);
    this.closed.add(key);
    for (const oldest of this.closed) {
      if (this.closed.size <= MAX_CLOSED) break;
      this.closed.delete(oldest);
    }
  }
}

/** The smallest value that at least that share is not above; undefined of none. */
const quantile = (sorted: readonly Millis[], share: number): Millis | undefined =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
