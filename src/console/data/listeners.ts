import type { Clock } from './ports.js';

/** Those who want to know of changes: they are told of all changes of a short time at once. */
export class Listeners {
  private readonly all = new Set<() => void>();
  private cancel: (() => void) | undefined;

  /**
   * @param isNews asked before they are told: false when nothing is another after all
   */
  constructor(
    private readonly clock: Clock,
    private readonly paceMs: number,
    private readonly isNews: () => boolean = () => true,
  ) {}

  /** @returns its end */
  add(listener: () => void): () => void {
    this.all.add(listener);
    return () => void this.all.delete(listener);
  }

  tell(): void {
    this.cancel ??= this.clock.after(this.paceMs, () => {
      this.cancel = undefined;
      if (!this.isNews()) return;
      for (const listener of this.all) listener();
    });
  }

  /** What has not been told yet never is. */
  drop(): void {
    this.cancel?.();
    this.cancel = undefined;
  }
}
