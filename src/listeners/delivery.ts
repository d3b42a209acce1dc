import type { Millis, Random } from '../lib/ports.js';
import type { ListenerEvent } from './body.js';
import type { Tally } from './tally.js';

/** The original kept 20, fewer than what the death of one host makes at once. */
export const MAX_PENDING = 100;
/** The pauses of contract section 8.2. After the last of these attempts the original gave an event up. */
const FIRST_PAUSES_MS: readonly Millis[] = [0, 0, 100, 200, 300, 400];
/** So long after its first failure, and after it was out of reach, one that fails is asked about each second: it is starting, as a rule. */
const BRISK_FOR_MS: Millis = 60_000;
const BRISK_MS: Millis = 1_000;
const SELDOM_MS: Millis = 60_000;
/** How often it is looked whether one that is asked seldom has come to accept connections. */
const PROBE_EVERY_MS: Millis = 500;
/** While nothing is to be sent only a new event matters. */
const IDLE_MS: Millis = 3_600_000;

/** `retrying`: within the attempts that the original made. `away`: it has failed for longer. */
export type ListenerState = 'ok' | 'retrying' | 'away';

/** Why a listener has not taken an event. */
export interface DeliveryFault {
  /** For people. */
  readonly words: string;
  /** It was reached. */
  readonly hasConnected: boolean;
  /** It has answered, and does not want it. */
  readonly isRefusal: boolean;
}

/** What to do now. */
export type DeliveryStep =
  | { readonly kind: 'send'; readonly event: ListenerEvent }
  /** Open a connection and close it again. */
  | { readonly kind: 'probe' }
  /** Nothing, until the time is over or an event comes. */
  | { readonly kind: 'wait'; readonly forMs: Millis };

/**
 * What one listener is told, and when: event after event in their order, each until it is taken. Of more than `MAX_PENDING` the
 * oldest are skipped. One that answers but refuses the same event again and again is spared it once another waits: what it cannot
 * read must not keep it from what follows. The last event is never given up, so it learns of the newest state when it is back.
 */
export class Delivery {
  private readonly waiting: ListenerEvent[] = [];
  private current: ListenerEvent | undefined;
  private failuresInARow = 0;
  private refusalsOfCurrent = 0;
  private briskUntil: Millis = 0;
  private retryAt: Millis = 0;
  private probeAt: Millis = 0;
  private isReachable = true;

  constructor(
    private readonly tally: Tally,
    private readonly random: Random,
  ) {}

  get state(): ListenerState {
    if (this.failuresInARow === 0) return 'ok';
    return this.failuresInARow < FIRST_PAUSES_MS.length ? 'retrying' : 'away';
  }

  get pending(): number {
    return this.waiting.length + (this.current ? 1 : 0);
  }

  offer(event: ListenerEvent): void {
    this.waiting.push(event);
    if (this.pending <= MAX_PENDING) return;
    this.waiting.shift();
    this.tally.count('skipped');
  }

  /** To be asked again when the step is done, and whenever an event was offered. */
  next(now: Millis): DeliveryStep {
    this.current ??= this.waiting.shift();
    if (!this.current) return { kind: 'wait', forMs: IDLE_MS };
    if (now >= this.retryAt) return { kind: 'send', event: this.current };
    if (now >= this.probeAt) {
      this.probeAt = now + PROBE_EVERY_MS; // from its beginning: one that nobody answers takes as long itself
      return { kind: 'probe' };
    }
    return { kind: 'wait', forMs: Math.min(this.retryAt, this.probeAt) - now };
  }

  /** The event of the last `send` was taken. */
  taken(): void {
    this.tally.count('delivered');
    this.settle();
    this.failuresInARow = 0;
    this.retryAt = 0;
    this.isReachable = true;
  }

  /** The event of the last `send` was not taken. */
  failed({ hasConnected, isRefusal }: DeliveryFault, now: Millis): void {
    this.tally.count('failures');
    if (this.failuresInARow === 0) this.briskUntil = now + BRISK_FOR_MS;
    this.failuresInARow += 1;
    this.isReachable = hasConnected;
    const pauseMs = this.pauseMs(now);
    this.retryAt = now + pauseMs;
    this.probeAt = now + (pauseMs > BRISK_MS ? PROBE_EVERY_MS : pauseMs);
    this.refusalsOfCurrent += isRefusal ? 1 : 0;
    if (this.refusalsOfCurrent < FIRST_PAUSES_MS.length || this.waiting.length === 0) return;
    this.settle();
    this.tally.count('skipped');
  }

  /** What the last `probe` has shown. One that has come within reach is sent what waits at once. */
  probed(isReachable: boolean, now: Millis): void {
    if (isReachable && !this.isReachable) {
      this.retryAt = now;
      this.briskUntil = now + BRISK_FOR_MS;
    }
    this.isReachable = isReachable;
  }

  private settle(): void {
    this.current = undefined;
    this.refusalsOfCurrent = 0;
  }

  private pauseMs(now: Millis): Millis {
    const first = FIRST_PAUSES_MS[this.failuresInARow - 1];
    if (first !== undefined) return first;
    const isBrisk = this.isReachable && now < this.briskUntil;
    const longest = isBrisk ? BRISK_MS : SELDOM_MS;
    return longest - this.random.below(longest / 5); // many that failed at once shall not be tried at once
  }
}
