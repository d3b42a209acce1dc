import type { Answer } from './api.js';
import type { Clock } from './ports.js';

/** What was answered last, and whether the last question had an answer. */
export interface Polled<T> {
  /** Undefined before the first. */
  readonly value: T | undefined;
  /** Why there was no answer to the last question. */
  readonly fault: Extract<Answer<T>, { readonly ok: false }> | undefined;
}

export interface PollPace {
  /** Between an answer and the next question. */
  readonly everyMs: number;
  /** Nobody is asked sooner after a question, whoever hurries. */
  readonly leastMs: number;
}

/** After failures the pause doubles up to this many times the usual one. */
const MOST_PAUSES = 8;
/** An agent without such a route may be another version tomorrow. */
const ABSENT_PAUSES = 30;

/** Asks again and again, one question at a time, while somebody looks. */
export class Poll<T> {
  private isRunning = false;
  private isAsking = false;
  /** It was hurried while a question was on its way, whose answer may be from before. */
  private isHurried = false;
  private askedAt = -Infinity;
  private failures = 0;
  private cancel: (() => void) | undefined;
  private polled: Polled<T> = { value: undefined, fault: undefined };

  constructor(
    private readonly ask: () => Promise<Answer<T>>,
    private readonly pace: PollPace,
    private readonly deps: { readonly clock: Clock; readonly show: (polled: Polled<T>) => void },
  ) {}

  /** Somebody looks. */
  start(): void {
    this.isRunning = true;
    this.hurry();
  }

  /** Nobody does any more; an answer that still comes is not shown. */
  stop(): void {
    this.isRunning = false;
    this.disarm();
  }

  /** Something has changed: asks as soon as it may. */
  hurry(): void {
    if (!this.isRunning) return;
    if (this.isAsking) this.isHurried = true;
    else this.askIn(Math.max(0, this.askedAt + this.pace.leastMs - this.deps.clock.now()));
  }

  private askIn(delayMs: number): void {
    this.disarm();
    this.cancel = this.deps.clock.after(delayMs, () => void this.askNow());
  }

  private async askNow(): Promise<void> {
    this.disarm();
    this.isAsking = true;
    this.isHurried = false;
    this.askedAt = this.deps.clock.now();
    const answer = await this.ask();
    this.isAsking = false;
    if (this.isRunning) this.take(answer);
  }

  private take(answer: Answer<T>): void {
    this.failures = answer.ok ? 0 : this.failures + 1;
    this.polled = answer.ok ? { value: answer.value, fault: undefined } : { ...this.polled, fault: answer };
    this.deps.show(this.polled);
    if (this.isHurried && answer.ok) this.hurry();
    else this.askIn(this.pauseMs(answer));
  }

  private pauseMs(answer: Answer<T>): number {
    const pauses = !answer.ok && answer.why === 'absent' ? ABSENT_PAUSES : Math.min(2 ** this.failures, MOST_PAUSES);
    return this.pace.everyMs * pauses;
  }

  private disarm(): void {
    this.cancel?.();
    this.cancel = undefined;
  }
}
