import type { EventKind } from './event.js';
import type { Clock } from './ports.js';

/** What events only hint at is asked for after so long, once for all hints meanwhile; and what is not needed for a first view. */
const ASK_AFTER_MS = 250;

/** What is asked for beside the state. */
export type Question = 'members' | 'proxy' | 'history';

export const HINTS: Readonly<Partial<Record<EventKind, Question>>> = {
  member: 'members',
  proxy: 'proxy',
  'set-aside': 'proxy',
};

/** Questions that wait a moment for more of their kind. */
export class SoonAsked {
  private readonly waiting = new Map<Question, () => void>();

  constructor(
    private readonly clock: Clock,
    private readonly ask: (what: Question) => void,
  ) {}

  add(what: Question): void {
    if (this.waiting.has(what)) return;
    const cancel = this.clock.after(ASK_AFTER_MS, () => {
      this.waiting.delete(what);
      this.ask(what);
    });
    this.waiting.set(what, cancel);
  }

  drop(): void {
    for (const cancel of this.waiting.values()) cancel();
    this.waiting.clear();
  }
}
