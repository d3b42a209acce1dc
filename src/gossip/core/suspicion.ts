import type { Millis } from '../../lib/ports.js';

/** How long one suspicion may last. */
export interface SuspicionTerms {
  /** Confirmations that bring the wait down to `minMs`; 0 or less waits for none. */
  readonly expected: number;
  readonly minMs: Millis;
  readonly maxMs: Millis;
}

/**
 * One suspect's time to speak up. The wait starts at `maxMs` and falls to `minMs` as other members confirm; the first
 * confirmations count most (logarithm), so that a lone slow accuser cannot kill quickly (PROTOCOL 13, Lifeguard).
 */
export class Suspicion {
  private readonly accusers: Set<string>;
  private due: Millis;

  constructor(
    accuser: string,
    private readonly terms: SuspicionTerms,
    private readonly since: Millis,
  ) {
    this.accusers = new Set([accuser]);
    this.due = since + (terms.expected < 1 ? terms.minMs : terms.maxMs);
  }

  /** When the suspect is declared dead. */
  get deadline(): Millis {
    return this.due;
  }

  /** Whether fewer have confirmed so far than could. */
  get isUnconfirmed(): boolean {
    return this.accusers.size - 1 < this.terms.expected;
  }

  /** Another member agrees. @returns whether that was news: a new name, and fewer than expected have confirmed so far */
  confirm(from: string, now: Millis): boolean {
    const confirmations = this.accusers.size - 1;
    if (confirmations >= this.terms.expected || this.accusers.has(from)) return false;
    this.accusers.add(from);
    this.due = Math.max(now, this.since + suspicionWait(confirmations + 1, this.terms));
    return true;
  }

  /** We were not listening: from `now` on the suspect has the shortest wait once more, if less than that was left. */
  renew(now: Millis): void {
    this.due = Math.max(this.due, now + this.terms.minMs);
  }
}

/** The whole wait of a suspicion that so many others, at least one, have confirmed. Rounded down to whole ms as memberlist does. */
export function suspicionWait(confirmations: number, terms: SuspicionTerms): Millis {
  const agreed = Math.log(confirmations + 1) / Math.log(terms.expected + 1);
  return Math.max(terms.minMs, Math.floor(terms.maxMs - agreed * (terms.maxMs - terms.minMs)));
}
