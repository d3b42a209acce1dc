import type { Clock, Millis } from '../lib/ports.js';

/** Wakes one waiting loop; ringing while nobody waits is remembered, and ringing often is the same as once. */
export class Doorbell {
  private rung = false;
  private open: (() => void) | undefined;

  ring(): void {
    this.rung = true;
    this.open?.();
  }

  /** Resolves when rung, after `delayMs`, or when `signal` aborts. */
  async wait(clock: Clock, delayMs: Millis, signal: AbortSignal): Promise<void> {
    if (!this.rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const cancel = clock.after(delayMs, () => this.open?.());
        const abort = (): void => this.open?.();
        signal.addEventListener('abort', abort, { once: true });
        this.open = () => {
          cancel();
          signal.removeEventListener('abort', abort);
          this.open = undefined;
          resolve();
        };
      });
    }
    this.rung = false;
  }
}
