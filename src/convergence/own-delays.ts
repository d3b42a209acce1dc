import type { ChangeEvent } from '../catalog/reader.js';
import type { ChangeReason } from '../catalog/reason.js';
import type { Millis } from '../lib/ports.js';
import { Status } from '../service/service.js';
import type { Timestamp } from '../service/timestamp.js';
import { originDelayMs } from './origin-delay.js';
import { changeKey, type Sample } from './sample.js';

/** What HAProxy serves from a moment on. */
export interface ServedView {
  /** The same on every host that serves the same, 16 hex digits. */
  readonly hash: string;
  /** Content version of the catalog that is served. */
  readonly contentVersion: number;
  /** By `instanceKey`, how each of these is served, as a text that is equal for equal; what is not served is not in it. */
  servedAs(instances: ReadonlySet<string>): ReadonlyMap<string, string>;
}

/** Names an instance. */
export const instanceKey = (host: string, id: string): string => `${host}/${id}`;

interface Pending {
  readonly instance: string;
  readonly hostname: string;
  readonly updated: Timestamp;
  readonly key: number;
  readonly contentVersion: number;
  readonly since: Millis;
}

/** At this bound the oldest is not measured: HAProxy has not followed for long, which other figures show. */
const MAX_PENDING = 5_000;
/** At this bound the oldest are told no more: that of a window which was full of changes. */
const MAX_RECENT = 5_000;

/** What every host concludes by itself, or only remembers, was made by no origin at a certain moment. */
const OF_NO_ORIGIN: ReadonlySet<ChangeReason> = new Set<ChangeReason>([
  'expired',
  'member-lost',
  'restored',
  'vanished',
  'hidden',
  'uncovered',
  'forgotten',
]);

/** What was no server and is none is no change, though it may come to HAProxy together with one. */
const isServed = (status: Status): boolean => status === Status.Alive || status === Status.Draining;

/** Measures how long changes take from their origin to this host's HAProxy. Only those count that its servers differ by. */
export class OwnDelays {
  /** By rising content version. */
  private pending: Pending[] = [];
  private recent: (Sample & { readonly at: Millis })[] = [];
  private view: ServedView | undefined;
  private droppedCount = 0;

  constructor(
    /** How far a host's clock seems ahead of ours; undefined while nothing is known. */
    private readonly skewMs: (host: string) => Millis | undefined,
  ) {}

  /** What HAProxy serves; undefined before the first. */
  get served(): ServedView | undefined {
    return this.view;
  }

  /** Changes that were not measured because too many waited. */
  get dropped(): number {
    return this.droppedCount;
  }

  /** The catalog has changed. What comes before HAProxy serves anything is no change of what it serves. */
  note({ service, previousStatus, reason, contentVersion }: ChangeEvent, now: Millis): void {
    const mayBeServed = isServed(previousStatus) || isServed(service.status);
    if (!this.view || !mayBeServed || OF_NO_ORIGIN.has(reason)) return;
    if (this.pending.length >= MAX_PENDING) {
      this.pending.shift();
      this.droppedCount += 1;
    }
    const { hostname, id, updated } = service;
    const instance = instanceKey(hostname, id);
    this.pending.push({ instance, hostname, updated, key: changeKey(service), contentVersion, since: now });
  }

  /** HAProxy has come to serve `next`: the changes that its servers differ by are over, each with its own delay. */
  serve(next: ServedView, now: Millis, nowNs: Timestamp): void {
    const before = this.view;
    this.view = next;
    const left = this.pending.findIndex(({ contentVersion }) => contentVersion > next.contentVersion);
    const due = this.pending.splice(0, left < 0 ? this.pending.length : left);
    if (!before || due.length === 0 || before.hash === next.hash) return;
    const instances = new Set(due.map(({ instance }) => instance));
    const [was, is] = [before.servedAs(instances), next.servedAs(instances)];
    const samples = due
      .filter(({ instance }) => was.get(instance) !== is.get(instance))
      .map(({ key, hostname, updated }) => {
        const delayMs = originDelayMs(updated, nowNs, this.skewMs(hostname));
        return { key, delayMs, at: now };
      });
    this.recent = [...this.recent, ...samples].slice(-MAX_RECENT);
  }

  /**
   * Of the changes of the last `windowMs` those with the smallest keys, ascending. Every host that had the same changes gives the same
   * ones, however many there were.
   */
  lately(windowMs: Millis, count: number, now: Millis): readonly Sample[] {
    this.recent = this.recent.filter(({ at }) => now - at <= windowMs);
    return [...this.recent].sort((a, b) => a.key - b.key).slice(0, count);
  }

  /** How long the catalog has had a change that HAProxy does not serve yet; undefined when it serves all. */
  pendingMs(now: Millis): Millis | undefined {
    const [oldest] = this.pending;
    return oldest && now - oldest.since;
  }
}
