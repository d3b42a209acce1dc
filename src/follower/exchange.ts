import { messageOf } from '../lib/fault.js';
import { GatheredBytes } from '../lib/gathered-bytes.js';
import type { HttpGet, HttpResponse } from '../lib/http-get.js';
import type { Clock, Millis } from '../lib/ports.js';
import { ok, refused, type Result } from '../lib/result.js';

/** One question to an upstream, until `end`: nobody waits for it longer than he wants to. What fails is told as a sentence. */
export class Exchange {
  private readonly over = new AbortController();
  private readonly begun: Millis;
  private response: HttpResponse | undefined;
  private isLate = false;

  constructor(
    private readonly url: string,
    private readonly deps: { readonly http: HttpGet; readonly clock: Clock },
    private readonly signal: AbortSignal,
  ) {
    this.begun = deps.clock.now();
    signal.addEventListener('abort', this.end, { once: true });
    if (signal.aborted) this.over.abort();
  }

  /** Waits for the head of the answer. @returns its status */
  async open(withinMs: Millis): Promise<Result<number, string>> {
    const answer = await this.within(withinMs, () => this.deps.http(this.url, this.over.signal));
    if (!answer.ok) return refused(answer.fault ?? `does not answer within ${withinMs / 1000} s`);
    this.response = answer.value;
    return ok(answer.value.status);
  }

  /**
   * Waits for the next bytes of an answer that is open.
   *
   * @returns undefined at its end; refused with undefined when none have come in time
   */
  read(withinMs: Millis): Promise<Result<Uint8Array | undefined, string | undefined>> {
    return this.within(withinMs, () => this.response?.read() ?? Promise.resolve(undefined));
  }

  /**
   * Waits for the whole body of an answer that is open. A longer one is not read to its end.
   *
   * @param withinMs from the question on
   */
  async body(withinMs: Millis, maxBytes: number): Promise<Result<Uint8Array, string>> {
    const deadline = this.begun + withinMs;
    const bytes = new GatheredBytes(maxBytes);
    while (true) {
      const chunk = await this.read(deadline - this.deps.clock.now());
      if (!chunk.ok) return refused(chunk.fault ?? `the body is not whole within ${withinMs / 1000} s`);
      if (!chunk.value) return ok(bytes.take());
      if (!bytes.add(chunk.value)) return refused(`the body is longer than ${maxBytes} bytes`);
    }
  }

  /** Closes the connection. Harmless when called twice. */
  readonly end = (): void => {
    this.signal.removeEventListener('abort', this.end);
    this.over.abort();
  };

  /** @returns refused with undefined when time is over, which ends the exchange */
  private async within<T>(ms: Millis, work: () => Promise<T>): Promise<Result<T, string | undefined>> {
    const cancel = this.deps.clock.after(Math.max(0, ms), () => {
      this.isLate = true;
      this.end();
    });
    try {
      return ok(await work());
    } catch (error) {
      return refused(this.isLate ? undefined : messageOf(error));
    } finally {
      cancel();
    }
  }
}
