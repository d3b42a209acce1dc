import { messageOf } from '../lib/fault.js';
import type { Clock, Millis } from '../lib/ports.js';
import { sleep } from '../lib/sleep.js';
import type { HaproxyFault } from './fault.js';
import { backoffMs } from './hold-down.js';

/**
 * The file that follows what HAProxy runs already: servers change through the Runtime API at once, while the text is verified and
 * moved behind them, only ever the newest one. Whoever else writes the file takes turns with it.
 */
export class FileBehind {
  private wanted: string | undefined;
  private working: Promise<void> | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private refused: { readonly text: string; readonly fault: HaproxyFault } | undefined;
  private last: HaproxyFault | undefined;
  private failures = 0;
  private notBefore: Millis = 0;
  private readonly end = new AbortController();

  constructor(
    private readonly deps: {
      readonly clock: Clock;
      /** Verifies a text and moves it into place. */
      readonly write: (text: string, signal: AbortSignal) => Promise<HaproxyFault | undefined>;
      readonly onEnded: () => void;
    },
  ) {}

  /** Why the newest text is not on disk; undefined while it is, or is being written. */
  get fault(): HaproxyFault | undefined {
    return this.last;
  }

  /** HAProxy's verdict, when `text` is the last that it refused. */
  refusalOf(text: string): HaproxyFault | undefined {
    return this.refused?.text === text ? this.refused.fault : undefined;
  }

  /** HAProxy accepts `text` after all. */
  accepted(text: string): void {
    if (this.refused?.text === text) this.refused = undefined;
  }

  /** Writes `text` as soon as it is its turn; what failed before is tried again after 1 s, doubling up to 30 s. */
  want(text: string): void {
    if (this.refusalOf(text) || this.end.signal.aborted) return;
    const isNew = text !== this.wanted;
    this.wanted = text;
    if (this.working || (!isNew && this.deps.clock.now() < this.notBefore)) return;
    this.working = this.exclusively(() => this.writeNewest()).finally(() => {
      this.working = undefined;
      this.deps.onEnded();
    });
  }

  /** Something newer is on disk by another way. */
  superseded(): void {
    this.wanted = undefined;
    this.last = undefined;
    this.failures = 0;
  }

  /** Does something with the file while nobody else does. */
  exclusively<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(act, act);
    this.turn = mine.catch(() => undefined); // who asked is told; the next in turn does not depend on it
    return mine;
  }

  /** Waits for what is being written, at most `limitMs`; what is not done by then is broken off. */
  async settle(limitMs: Millis): Promise<void> {
    if (this.working) await Promise.race([this.working, sleep(this.deps.clock, limitMs, this.end.signal)]);
    this.end.abort();
    await this.working;
  }

  /** Nobody waits for this, so nobody would hear what the system refuses. */
  private async write(text: string): Promise<HaproxyFault | undefined> {
    try {
      return await this.deps.write(text, this.end.signal);
    } catch (error) {
      return { code: 'SYSTEM_REFUSED', reason: messageOf(error) };
    }
  }

  private async writeNewest(): Promise<void> {
    for (let text = this.wanted; text !== undefined; text = this.wanted) {
      const fault = await this.write(text);
      this.last = fault;
      this.failures = fault ? this.failures + 1 : 0;
      this.notBefore = this.deps.clock.now() + backoffMs(this.failures);
      if (fault?.code === 'CONFIG_REJECTED') this.refused = { text, fault };
      if (this.wanted !== text) continue; // only the newest counts
      if (!fault) this.wanted = undefined;
      return;
    }
  }
}
