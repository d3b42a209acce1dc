import type { Millis } from '../../lib/ports.js';

/** Beyond it a reload is cheaper: it drops all servers that are being removed at once, and ends their requests in peace. */
export const MAX_RETIRING = 10_000;
/** Each looks at the figures of one backend or deletes one server: what one tick does to HAProxy is bounded. */
const MAX_PER_TICK = 100;
/** A request that just chose the server counts among its sessions only after its turn; a retry waits up to 1 s before it. */
const FIRST_LOOK_MS = 2_000;
const MIN_LOOK_MS = 1_000;
const MAX_LOOK_MS = 30_000;
const AFTER_CUT_MS = 250;
const MIN_PAUSE_MS = 250;
const MAX_PAUSE_MS = 5_000;

/** A server that is being removed. */
export interface Retiring {
  readonly backend: string;
  readonly name: string;
  /** Since when, on the clock's scale. */
  readonly since: Millis;
  /** Requests or connections at the last look; undefined before the first. */
  readonly sessions: number | undefined;
  /** HAProxy cannot delete it: it stays in maintenance until the next reload. */
  readonly parked: boolean;
}

interface Entry extends Retiring {
  sessions: number | undefined;
  parked: boolean;
  /** Those of its line; undefined when nobody knows. */
  readonly args: readonly string[] | undefined;
  /** When connections of a dead instance are cut. */
  readonly deadline: Millis;
  /** Undefined when parked. */
  nextAt: Millis | undefined;
  pauseMs: Millis;
}

/**
 * The servers that take no new requests and wait for their last to end. It decides what is done when; it sends nothing.
 * At most `MAX_RETIRING`.
 */
export class Retirements {
  private readonly entries = new Map<string, Entry>();

  /** @param isDead whether the instance behind a server is known to have ended: only then its connections are ever cut */
  constructor(private readonly isDead: (backend: string, name: string) => boolean) {}

  /** A server is drained from now on; a second time changes nothing. False when there are too many already. */
  begin(
    server: { readonly backend: string; readonly name: string; readonly args: readonly string[] | undefined },
    now: Millis,
    drainTimeoutMs: Millis,
  ): boolean {
    const key = keyOf(server.backend, server.name);
    if (this.entries.has(key)) return true;
    if (this.entries.size >= MAX_RETIRING) return false;
    this.entries.set(key, {
      ...server,
      since: now,
      deadline: now + drainTimeoutMs,
      sessions: undefined,
      parked: false,
      nextAt: now + FIRST_LOOK_MS,
      pauseMs: MIN_PAUSE_MS,
    });
    return true;
  }

  has(backend: string, name: string): boolean {
    return this.entries.has(keyOf(backend, name));
  }

  /** The `args` of the line of a server that is being removed; undefined when nobody knows. */
  argsOf(backend: string, name: string): readonly string[] | undefined {
    return this.entries.get(keyOf(backend, name))?.args;
  }

  /** It is gone, or wanted again. */
  end(backend: string, name: string): void {
    this.entries.delete(keyOf(backend, name));
  }

  clear(): void {
    this.entries.clear();
  }

  /** In the order in which they began. */
  list(): readonly Retiring[] {
    return [...this.entries.values()].map(({ backend, name, since, sessions, parked }) => ({
      backend,
      name,
      since,
      sessions,
      parked,
    }));
  }

  /** When `due` next has something; undefined when nothing waits. */
  nextDue(): Millis | undefined {
    let next: Millis | undefined;
    for (const { nextAt } of this.entries.values()) {
      if (nextAt !== undefined && (next === undefined || nextAt < next)) next = nextAt;
    }
    return next;
  }

  /** Those to be looked at now, at most 100, the longest due first. Each is due again later, whatever comes of this look. */
  due(now: Millis): readonly Retiring[] {
    const due = [...this.entries.values()]
      .filter(({ nextAt }) => nextAt !== undefined && nextAt <= now)
      .sort((a, b) => (a.nextAt ?? 0) - (b.nextAt ?? 0))
      .slice(0, MAX_PER_TICK);
    for (const entry of due) entry.nextAt = now + lookPause(now - entry.since);
    return due;
  }

  /**
   * What to do about a server, now that its sessions are known.
   *
   * @param sessions undefined when HAProxy has no such server any more
   */
  decide(backend: string, name: string, sessions: number | undefined, now: Millis): 'delete' | 'cut' | 'wait' {
    const entry = this.entries.get(keyOf(backend, name));
    if (!entry) return 'wait';
    if (sessions === undefined) {
      this.end(backend, name);
      return 'wait';
    }
    entry.sessions = sessions;
    if (sessions === 0) return 'delete';
    if (now < entry.deadline) {
      entry.nextAt = Math.min(entry.nextAt ?? Infinity, entry.deadline);
      return 'wait';
    }
    if (!this.isDead(backend, name)) return 'wait';
    entry.nextAt = now + AFTER_CUT_MS;
    return 'cut';
  }

  /** HAProxy did not delete a server: because of connections, idle ones too, or for good. */
  notDeleted(backend: string, name: string, forGood: boolean, now: Millis): void {
    const entry = this.entries.get(keyOf(backend, name));
    if (!entry) return;
    entry.parked = forGood;
    entry.nextAt = forGood ? undefined : now + entry.pauseMs;
    entry.pauseMs = Math.min(MAX_PAUSE_MS, entry.pauseMs * 2);
  }
}

/** The older, the more seldom. */
const lookPause = (age: Millis): Millis => Math.min(MAX_LOOK_MS, Math.max(MIN_LOOK_MS, age / 4));

const keyOf = (backend: string, name: string): string => `${backend}/${name}`;
