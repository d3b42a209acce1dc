import type { Clock, Millis } from '../lib/ports.js';
import type { Problem, ProblemChange } from '../lib/problems.js';

/** A problem that comes and goes is told so often. */
const PERIOD_MS: Millis = 60_000;
/** Problems that were told of late; of more the oldest may be told again too soon. */
const MAX_REMEMBERED = 2_000;

interface Told {
  /** When its beginning was last told. */
  at: Millis;
  /** It has begun again since then, and stands. */
  silent: Problem | undefined;
}

/** Hands on when problems begin and end; of one that flaps each minute's first time, and that it stands when a minute is over. */
export class CalmProblems {
  /** The longest ago first. */
  private readonly told = new Map<string, Told>();
  private cancel: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly tell: (change: ProblemChange) => void,
  ) {}

  changed(change: ProblemChange): void {
    const { what, problem } = change;
    const key = `${problem.room}\0${problem.code}\0${problem.subject}`;
    const known = this.told.get(key);
    if (what === 'cleared') {
      if (known?.silent) known.silent = undefined;
      else this.tell(change);
    } else if (known && this.clock.now() - known.at < PERIOD_MS) {
      known.silent = problem;
      this.cancel ??= this.clock.after(PERIOD_MS, () => this.look());
    } else this.tellBegin(key, problem);
  }

  /** What began again in silence and stands is told after all. */
  private look(): void {
    this.cancel = undefined;
    const due = this.clock.now() - PERIOD_MS;
    for (const [key, { at, silent }] of [...this.told]) {
      if (silent && at > due) this.cancel ??= this.clock.after(at - due, () => this.look());
      else if (silent) this.tellBegin(key, silent);
      else if (at <= due) this.told.delete(key);
    }
  }

  private tellBegin(key: string, problem: Problem): void {
    this.told.delete(key);
    this.told.set(key, { at: this.clock.now(), silent: undefined });
    if (this.told.size > MAX_REMEMBERED) this.dropOldest();
    this.tell({ what: 'raised', problem });
  }

  private dropOldest(): void {
    for (const key of this.told.keys()) {
      this.told.delete(key);
      return;
    }
  }
}
