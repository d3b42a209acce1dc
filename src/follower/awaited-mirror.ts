import type { Component } from '../lib/lifecycle.js';
import type { Clock, Millis } from '../lib/ports.js';
import { aborted, sleep } from '../lib/sleep.js';
import type { State } from '../service/state-codec.js';
import { Mirror, type Held } from './mirror.js';

/** A mirror that says when it is worth looking into. */
export class AwaitedMirror extends Mirror implements Component {
  readonly name = 'mirror';
  /** Resolves with the first state, be it that of before the restart. */
  readonly settled: Promise<void>;
  /** Resolves with the first state that somebody told since the start, or when `graceMs` have passed without one. */
  readonly informed: Promise<void>;
  private settle = (): void => undefined;
  private inform = (): void => undefined;
  private told = false;

  constructor(
    private readonly options: { readonly graceMs: Millis },
    private readonly time: ConstructorParameters<typeof Mirror>[0] & { readonly clock: Clock },
  ) {
    super(time);
    this.settled = new Promise((resolve) => (this.settle = resolve));
    this.informed = new Promise((resolve) => (this.inform = resolve));
  }

  /** Whether anything was told since the start. */
  get isTold(): boolean {
    return this.told;
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    ready();
    await sleep(this.time.clock, this.options.graceMs, signal);
    if (!signal.aborted) this.inform();
    await aborted(signal);
  }

  override replace(state: State, from: string): void {
    super.replace(state, from);
    this.told = true;
    this.settle();
    this.inform();
  }

  override restore(held: Held): void {
    super.restore(held);
    this.settle();
  }
}
