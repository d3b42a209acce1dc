import type { DriverCounters } from './counters.js';

/** Runs tasks, so many at once; the others wait in line, of which the oldest is given up, and counted, when too many wait. */
export class Lane {
  private readonly waiting: { readonly start: () => void; readonly giveUp: () => void }[] = [];
  private running = 0;

  /**
   * @param atOnce how many tasks run at once, >= 1
   * @param maxWaiting how many more may wait, >= 0; with 0 a task that cannot run at once is given up
   */
  constructor(
    private readonly counters: Pick<DriverCounters, 'requestsDropped'>,
    private readonly atOnce: number,
    private readonly maxWaiting: number,
  ) {}

  /** @returns what the task resolves with, or undefined when it was given up without being run */
  run<T>(task: () => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const start = (): void => {
        this.running += 1;
        task()
          .finally(() => {
            this.running -= 1;
            this.waiting.shift()?.start();
          })
          .then(resolve, reject);
      };
      if (this.running < this.atOnce) {
        start();
        return;
      }
      this.waiting.push({ start, giveUp: () => resolve(undefined) });
      if (this.waiting.length <= this.maxWaiting) return;
      this.counters.requestsDropped += 1;
      this.waiting.shift()?.giveUp();
    });
  }
}
