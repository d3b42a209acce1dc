import type { Clock, Millis } from '../../lib/ports.js';

/** Why a signal of `Deadlines` aborted. */
export type AbortReason = 'late' | 'stopped';

/** Bounds the time of what runs: of each by its own deadline, of all by the stop. */
export class Deadlines {
  private readonly running = new Set<AbortController>();
  private stopped = false;

  constructor(private readonly clock: Clock) {}

  get isStopped(): boolean {
    return this.stopped;
  }

  /**
   * Runs `act` with a signal that aborts after `withinMs`, or at the stop, with an `AbortReason`; after the stop it has
   * aborted already. That `act` then ends is up to `act`.
   */
  async within<T>(withinMs: Millis, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const abortFor = (reason: AbortReason): void => abort.abort(reason);
    if (this.stopped) abortFor('stopped');
    const cancel = this.clock.after(withinMs, () => abortFor('late'));
    this.running.add(abort);
    try {
      return await act(abort.signal);
    } finally {
      cancel();
      this.running.delete(abort);
    }
  }

  /** Aborts everything that runs. */
  stop(): void {
    this.stopped = true;
    for (const abort of this.running) abort.abort('stopped' satisfies AbortReason);
  }
}
