import { get } from './network.js';
import { pause } from './until.js';

export interface Attempt {
  /** Monotonic, when the request was sent. */
  readonly at: number;
  /** What answered; undefined when the request was not answered with a complete 200. */
  readonly by: string | undefined;
}

/** Asks `url` again and again, one connection each, until stopped; remembers every answer. */
export class Load {
  readonly attempts: Attempt[] = [];
  private stopped = false;
  private readonly workers: readonly Promise<void>[];

  constructor(
    private readonly url: string,
    workers = 2,
  ) {
    this.workers = Array.from({ length: workers }, () => this.work());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.workers);
  }

  /** For the list of what a test has opened: ends it even when the test fails. */
  destroy(): Promise<void> {
    return this.stop();
  }

  /** Attempts sent after `at` that failed. */
  failuresSince(at: number): readonly Attempt[] {
    return this.attempts.filter((attempt) => attempt.at >= at && attempt.by === undefined);
  }

  /** Who answered since `at`. */
  answeredSince(at: number): ReadonlySet<string> {
    return new Set(
      this.attempts.flatMap((attempt) => (attempt.at >= at && attempt.by !== undefined ? [attempt.by] : [])),
    );
  }

  private async work(): Promise<void> {
    while (!this.stopped) {
      const at = performance.now();
      const answer = await get(this.url, 3000).catch(() => undefined);
      this.attempts.push({ at, by: answer?.status === 200 ? answer.body : undefined });
      await pause(5); // a steady trickle, so that the load does not starve what it measures
    }
  }
}
