import type { Api } from './api.js';

/** An agent of which no events come is asked so often, */
export const POLL_EVERY_MS = 5_000;
/** and so often whether they do by now. */
export const TRY_EVENTS_EVERY_MS = 60_000;
/** So many times in a row, and it is no chance. */
const UNOPENED = 2;

/** `isPlain`: it has its state alone; `fault`: it cannot be followed, or not yet. */
export type NoEvents = { readonly isPlain: boolean } | { readonly fault: string };

/**
 * Why no events come from an agent: it cannot be reached; it is an original, which has none; or it answers, and its events are kept back
 * on the way, or have too many readers.
 */
export class WhyNoEvents {
  private unopened = 0;

  constructor(private readonly api: Pick<Api, 'history'>) {}

  /** They come. */
  opened(): void {
    this.unopened = 0;
  }

  /** They did not open. */
  async ask(): Promise<NoEvents> {
    const history = await this.api.history({ limit: 1 });
    if (!history.ok) return history.why === 'absent' ? { isPlain: true } : { fault: history.text };
    this.unopened += 1;
    return this.unopened < UNOPENED ? { fault: 'the stream of its events does not open' } : { isPlain: false };
  }
}
