import type { WallClock } from './ports.js';

/** Something that is wrong now and that an operator should know of; it is gone again when the room that raised it clears it. */
export interface Problem {
  /** Which room speaks: `static-discovery`, `haproxy` … */
  readonly room: string;
  /** Stable, for programs: `CONFIG_REJECTED`. */
  readonly code: string;
  /** What it is about, unique within room and code: a path, a service id. Empty when there is only one. */
  readonly subject: string;
  /** A sentence that says what happened and what to do. */
  readonly message: string;
  readonly sinceNs: bigint;
}

/** A problem began, or is over. */
export interface ProblemChange {
  readonly what: 'raised' | 'cleared';
  readonly problem: Problem;
}

/** The most problems kept at once; more are counted in `dropped`. */
export const MAX_PROBLEMS = 1000;

/** The one list of what is wrong now, shown by `/health`. Rooms raise and clear; readers read. */
export class ProblemBoard {
  private readonly byKey = new Map<string, Problem>();
  private readonly listeners = new Set<(change: ProblemChange) => void>();
  private droppedCount = 0;

  constructor(private readonly wall: WallClock) {}

  /**
   * States a problem. Stating the same again (same room, code, subject) replaces its message and keeps its start.
   *
   * @returns true when it is new or its message changed: the moment to log it, so that a lasting problem is logged once
   */
  raise(problem: Omit<Problem, 'sinceNs'>): boolean {
    const key = keyOf(problem.room, problem.code, problem.subject);
    const known = this.byKey.get(key);
    if (known?.message === problem.message) return false;
    if (!known && this.byKey.size >= MAX_PROBLEMS) {
      this.droppedCount += 1;
      return false;
    }
    const stated = { ...problem, sinceNs: known?.sinceNs ?? this.wall.nowNs() };
    this.byKey.set(key, stated);
    if (!known) this.emit({ what: 'raised', problem: stated });
    return true;
  }

  /** Ends a problem. @returns true if it stood, the moment to log that it is over. */
  clear(room: string, code: string, subject = ''): boolean {
    return this.end(keyOf(room, code, subject));
  }

  /** Ends every problem of `room` (with `code`, if given) whose subject is not in `still`. */
  clearExcept(room: string, code: string | undefined, still: ReadonlySet<string>): void {
    for (const [key, problem] of this.byKey) {
      if (problem.room !== room || (code !== undefined && problem.code !== code)) continue;
      if (!still.has(problem.subject)) this.end(key);
    }
  }

  /** Called when a problem begins and when it ends, not when its message changes; returns its end. */
  onChange(listener: (change: ProblemChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Oldest first. */
  list(): readonly Problem[] {
    return [...this.byKey.values()].sort((a, b) => (a.sinceNs < b.sinceNs ? -1 : a.sinceNs > b.sinceNs ? 1 : 0));
  }

  /** How many problems were not kept because the board was full. */
  get dropped(): number {
    return this.droppedCount;
  }

  private end(key: string): boolean {
    const problem = this.byKey.get(key);
    if (!problem) return false;
    this.byKey.delete(key);
    this.emit({ what: 'cleared', problem });
    return true;
  }

  private emit(change: ProblemChange): void {
    for (const listener of this.listeners) listener(change);
  }
}

const keyOf = (room: string, code: string, subject: string): string => `${room}\0${code}\0${subject}`;
