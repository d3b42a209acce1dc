import type { Clock, Millis, WallClock } from '../lib/ports.js';
import { Status, type Service } from '../service/service.js';
import { nsFromMs, type Timestamp } from '../service/timestamp.js';
import { recordKey } from './record-key.js';

type RecordId = Pick<Service, 'hostname' | 'id'>;

/** Who began it: somebody who asked for it, or a container that was told to stop. */
export type DrainCause = 'operator' | 'stop';

/** In words, for whoever reads why a record changed. */
export const DRAINED_BY: Readonly<Record<DrainCause, string>> = {
  operator: 'by an operator',
  stop: 'its container was told to stop',
};

/** A drain as it outlives the agent. */
export interface KeptDrain extends RecordId {
  /** Wall time of its begin. */
  readonly sinceNs: Timestamp;
  /** Wall time of its end; undefined: until somebody ends it. */
  readonly untilNs: Timestamp | undefined;
  /** It is over, and what peers still say of it is old. */
  readonly isOver: boolean;
  /** Undefined when nobody remembers: it was learnt back from peers. */
  readonly cause?: DrainCause | undefined;
}

/** `ending`: over, but peers of the second version would take no alive record for the end of it. */
export type DrainPhase = 'draining' | 'ending';

/**
 * A drained instance that is well is announced as unhealthy for so long before it is alive again: originals that store a draining
 * let everything but alive replace it (contract section 6.3).
 */
export const ENDING_MS: Millis = 2_000;
/** Each time the instance gets no requests for a while, which peers in error must not bring about all the time. */
const END_AGAIN_AFTER_MS: Millis = 60_000;
/** The drains over longest ago are forgotten first: a peer that tells of one so old may start it anew. */
const MAX_OVER = 1_000;

/** Which instances of this host are drained: a flag beside what their checks say. */
export class Drains {
  private readonly running = new Map<string, KeptDrain>();
  /** The one over for longest first. */
  private readonly over = new Map<string, KeptDrain & { readonly endedAt: Millis }>();
  private changeCount = 0;

  constructor(private readonly deps: { readonly clock: Pick<Clock, 'now'>; readonly wall: WallClock }) {}

  /** Rises with every change of what `kept` returns. */
  get version(): number {
    return this.changeCount;
  }

  /**
   * @param how.forMs   its length from now on, > 0; undefined: until `end`
   * @param how.sinceNs wall time of its begin, when that was earlier
   */
  begin(
    { hostname, id }: RecordId,
    how: { readonly forMs?: Millis | undefined; readonly sinceNs?: Timestamp; readonly cause?: DrainCause } = {},
  ): void {
    const { forMs, sinceNs = this.deps.wall.nowNs(), cause } = how;
    const untilNs = forMs === undefined ? undefined : this.deps.wall.nowNs() + nsFromMs(forMs);
    this.put({ hostname, id, sinceNs, untilNs, isOver: false, cause });
    this.changeCount += 1;
  }

  /** Ends it for peers as well. @returns false if there is none */
  end(record: RecordId): boolean {
    return this.finish(recordKey(record), this.deps.clock.now());
  }

  /** Its instance is gone, and the drain with it. */
  forget(record: RecordId): void {
    this.finish(recordKey(record), -Infinity);
  }

  /** Forgets those whose instance is not there any more. */
  forgetUnless(isThere: (record: RecordId) => boolean): void {
    for (const [key, drain] of this.running) if (!isThere(drain)) this.finish(key, -Infinity);
  }

  /** Ends the drains whose time is up. */
  tick(): void {
    const nowNs = this.deps.wall.nowNs();
    for (const [key, { untilNs }] of this.running) {
      if (untilNs !== undefined && nowNs >= untilNs) this.finish(key, this.deps.clock.now());
    }
  }

  /** What is announced of an instance whose checks say `status`: only one that is well is drained. */
  statusOf(record: RecordId, status: Status): Status {
    const phase = status === Status.Alive ? this.phaseOf(record) : undefined;
    if (phase === undefined) return status;
    return phase === 'draining' ? Status.Draining : Status.Unhealthy;
  }

  /** Undefined when it is not drained, or no longer. */
  phaseOf(record: RecordId): DrainPhase | undefined {
    const key = recordKey(record);
    if (this.running.has(key)) return 'draining';
    const endedAt = this.over.get(key)?.endedAt;
    return endedAt !== undefined && this.deps.clock.now() - endedAt < ENDING_MS ? 'ending' : undefined;
  }

  /** Its drain, undefined when it does not drain. */
  of(record: RecordId): KeptDrain | undefined {
    return this.running.get(recordKey(record));
  }

  /** Whether a drain of it began here at any time, be it over or not. */
  knows(record: RecordId): boolean {
    const key = recordKey(record);
    return this.running.has(key) || this.over.has(key);
  }

  /**
   * Says the end once more, of a drain that is over for long: for peers that missed it and tell others that the instance drains.
   *
   * @returns false if there was no drain, it still goes on, or its end was told of late
   */
  endAgain(record: RecordId): boolean {
    const drain = this.over.get(recordKey(record));
    if (!drain || !this.mayEndAgain(record)) return false;
    this.over.set(recordKey(record), { ...drain, endedAt: this.deps.clock.now() });
    return true;
  }

  /** Whether `endAgain` would do anything. */
  mayEndAgain(record: RecordId): boolean {
    const endedAt = this.over.get(recordKey(record))?.endedAt;
    return endedAt !== undefined && this.deps.clock.now() - endedAt >= END_AGAIN_AFTER_MS;
  }

  /** What has to outlive the agent. */
  kept(): readonly KeptDrain[] {
    return [...this.running.values(), ...this.over.values()];
  }

  /** Takes in what was kept before our start, but for what has begun or ended since. */
  restore(kept: readonly KeptDrain[]): void {
    for (const drain of kept) if (!this.knows(drain)) this.put(drain);
  }

  private put(drain: KeptDrain): void {
    const key = recordKey(drain);
    this.over.delete(key);
    this.running.set(key, drain);
    if (drain.isOver) this.finish(key, -Infinity);
  }

  private finish(key: string, endedAt: Millis): boolean {
    const drain = this.running.get(key);
    if (!drain) return false;
    this.running.delete(key);
    this.over.delete(key);
    this.over.set(key, { ...drain, untilNs: undefined, isOver: true, endedAt });
    const [oldest] = this.over.keys();
    if (this.over.size > MAX_OVER && oldest !== undefined) this.over.delete(oldest);
    this.changeCount += 1;
    return true;
  }
}
