import type { Millis } from '../../lib/ports.js';
import type { Counters } from './counters.js';
import { Suspicion, type SuspicionTerms } from './suspicion.js';

/** Everybody under suspicion, by name. Bounded by the member table. */
export class Suspicions {
  private readonly running = new Map<string, Suspicion>();
  /** Never later than the first that runs out; looking again costs little, and cancelling stays cheap. */
  private earliest: Millis = Infinity;

  constructor(private readonly counters: Pick<Counters, 'suspicionsUnconfirmed'>) {}

  /** When `takeDue` is worth calling: not later than the first deadline. */
  get deadline(): Millis {
    return this.earliest;
  }

  start(name: string, accuser: string, terms: SuspicionTerms, now: Millis): void {
    const suspicion = new Suspicion(accuser, terms, now);
    this.running.set(name, suspicion);
    this.earliest = Math.min(this.earliest, suspicion.deadline);
  }

  has(name: string): boolean {
    return this.running.has(name);
  }

  /** @returns whether `from` confirming the suspicion of `name` was news; false also if there is none */
  confirm(name: string, from: string, now: Millis): boolean {
    const suspicion = this.running.get(name);
    if (!suspicion?.confirm(from, now)) return false;
    this.earliest = Math.min(this.earliest, suspicion.deadline);
    return true;
  }

  cancel(name: string): void {
    this.running.delete(name);
  }

  /** The suspects whose time is up; their suspicions end here. */
  takeDue(now: Millis): readonly string[] {
    if (now < this.earliest) return [];
    const due = [...this.running].filter(([, { deadline }]) => deadline <= now);
    for (const [name, { isUnconfirmed }] of due) {
      this.running.delete(name);
      if (isUnconfirmed) this.counters.suspicionsUnconfirmed += 1;
    }
    this.lookAgain();
    return due.map(([name]) => name);
  }

  /** We were not listening: everybody gets at least the shortest wait once more. */
  renew(now: Millis): void {
    for (const suspicion of this.running.values()) suspicion.renew(now);
    this.lookAgain();
  }

  private lookAgain(): void {
    this.earliest = Infinity;
    for (const { deadline } of this.running.values()) this.earliest = Math.min(this.earliest, deadline);
  }
}
