import type { Millis } from '../lib/ports.js';

/** How another host's view compares with ours. `behindMs`: since we left the one that it has. */
export interface Standing {
  /**
   * `level`: it serves the same. `changing`: it does not, no longer than telling us takes. `behind`: it serves what we served before.
   * `different`: it serves what we never did.
   */
  readonly state: 'level' | 'changing' | 'behind' | 'different';
  /** 0 unless it serves what we served before. */
  readonly behindMs: Millis;
}

/** What a host told last, and since when. */
export interface ToldView {
  readonly view: string;
  readonly since: Millis;
}

/** A change a second for some minutes; who is further behind is `different`. */
const MAX_PAST = 512;

/** The views that this host's HAProxy serves and served, as a measure for those of others. */
export class Views {
  private current: string | undefined;
  /** When each was last left; the one left longest ago first. */
  private readonly past = new Map<string, Millis>();

  serve(view: string, now: Millis): void {
    if (view === this.current) return;
    if (this.current !== undefined) {
      this.past.delete(this.current);
      this.past.set(this.current, now);
    }
    this.current = view;
    this.past.delete(view);
    for (const oldest of this.past.keys()) {
      if (this.past.size <= MAX_PAST) break;
      this.past.delete(oldest);
    }
  }

  /** @param tellingMs how late a host may tell of what it serves; @returns undefined while we serve nothing ourselves */
  compare({ view, since }: ToldView, tellingMs: Millis, now: Millis): Standing | undefined {
    if (this.current === undefined) return undefined;
    if (view === this.current) return { state: 'level', behindMs: 0 };
    const leftAt = this.past.get(view);
    // A stranger's view is judged by how long it lasts: who is a moment ahead of us is not different.
    const lasts = now - (leftAt ?? since) > tellingMs;
    if (leftAt !== undefined) return { state: lasts ? 'behind' : 'changing', behindMs: now - leftAt };
    return { state: lasts ? 'different' : 'changing', behindMs: 0 };
  }
}
