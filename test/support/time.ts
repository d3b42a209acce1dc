import type { Clock, Millis, WallClock } from '../../src/lib/ports.js';

/** Time that passes only in `advance`: everything due happens in order, at its own moment. */
export class FakeClock implements Clock {
  private time: Millis = 0;
  private order = 0;
  private agenda: { at: Millis; order: number; act: () => void }[] = [];

  now(): Millis {
    return this.time;
  }

  after(delayMs: Millis, act: () => void): () => void {
    const entry = { at: this.time + Math.max(0, delayMs), order: this.order++, act };
    this.agenda.push(entry);
    return () => {
      this.agenda = this.agenda.filter((other) => other !== entry);
    };
  }

  /** Lets time pass, with promises settled after each thing that happens. */
  async advance(durationMs: Millis): Promise<void> {
    const end = this.time + durationMs;
    await settle();
    for (let next = this.takeDue(end); next; next = this.takeDue(end)) {
      this.time = Math.max(this.time, next.at);
      next.act();
      await settle();
    }
    this.time = end;
  }

  /** How many timers are armed: a way to see leaks. */
  get armed(): number {
    return this.agenda.length;
  }

  private takeDue(end: Millis): { at: Millis; act: () => void } | undefined {
    const due = this.agenda.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
    if (due) this.agenda = this.agenda.filter((other) => other !== due);
    return due;
  }
}

/** Lets every promise that can settle without outside events do so. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
}

/** Wall time that follows a fake clock from a fixed start, strictly increasing. */
export function fakeWall(clock: Clock, startNs = 1_700_000_000_000_000_000n): WallClock {
  let last = 0n;
  return {
    nowNs: () => {
      const now = startNs + BigInt(Math.round(clock.now() * 1e6));
      last = now > last ? now : last + 1n;
      return last;
    },
  };
}
