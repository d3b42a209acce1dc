import type { Millis, Random } from '../../lib/ports.js';
import type { Endpoint, Member, MemberState } from './ports.js';

/** A member as it is now; only the rules of membership write to it. Nobody outside the core sees it. */
export type Entry = { -readonly [Key in keyof Member]: Member[Key] };

/** The place that a member is reached at, as a key. */
const placeOf = ({ address, port }: Endpoint): string => `${address} ${port}`;

/** Whether two endpoints are the same place. */
export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && a.address === b.address;
}

/** Everybody that is known, ourselves included, with the order of probing and fair random choice. */
export class MemberTable {
  private readonly entries = new Map<string, Entry>();
  private readonly places = new Map<string, Entry>();
  /** The others in the order in which they are probed; `next` is the one whose turn it is. */
  private ring: Entry[] = [];
  private next = 0;
  /** The others in an order of its own: choosing at random shuffles it, which must not touch the order of probing. */
  private pool: Entry[] = [];

  /** @param self our own entry: counted, found by name, never probed and never chosen */
  constructor(
    readonly self: Entry,
    private readonly random: Random,
  ) {
    this.entries.set(self.name, self);
  }

  /** How many are known, ourselves and the unreaped dead included: the n of all formulas. */
  get size(): number {
    return this.entries.size;
  }

  get(name: string): Entry | undefined {
    return this.entries.get(name);
  }

  all(): IterableIterator<Entry> {
    return this.entries.values();
  }

  /** The other member that is reached there, the latest if several ever were. */
  at(place: Endpoint): Entry | undefined {
    return this.places.get(placeOf(place));
  }

  /** Adds another member, at a random place in the order of probing. */
  add(entry: Entry): void {
    this.entries.set(entry.name, entry);
    this.places.set(placeOf(entry), entry);
    this.pool.push(entry);
    const at = this.random.below(this.ring.length + 1);
    const displaced = this.ring[at];
    this.ring[at] = entry;
    if (displaced) this.ring.push(displaced);
  }

  /** `entry` is reached there from now on. */
  move(entry: Entry, to: Endpoint): void {
    this.leavePlace(entry);
    entry.address = to.address;
    entry.port = to.port;
    this.places.set(placeOf(entry), entry);
  }

  /**
   * Whose turn to be probed it is: the next one that is not gone. At the end of the round `reap` is asked who can be
   * forgotten, and the others are shuffled (PROTOCOL 12, reaping).
   */
  takeProbeTarget(reap: (entry: Entry) => boolean): Entry | undefined {
    const found = this.takeNextPresent();
    if (found) return found;
    this.remove(reap);
    shuffle(this.ring, this.random);
    this.next = 0;
    return this.takeNextPresent();
  }

  /** Up to `count` different others that are `eligible`, chosen at random. */
  pick(count: number, eligible: (entry: Entry) => boolean): readonly Entry[] {
    const picked: Entry[] = [];
    const { pool } = this;
    for (let drawn = 0; drawn < pool.length && picked.length < count; drawn += 1) {
      const entry = swapIn(pool, drawn, this.random);
      if (entry && eligible(entry)) picked.push(entry);
    }
    return picked;
  }

  /** Whether anybody but us is there. */
  hasCompany(): boolean {
    return this.pool.some(({ state }) => isPresent(state));
  }

  private takeNextPresent(): Entry | undefined {
    while (this.next < this.ring.length) {
      const entry = this.ring[this.next++];
      if (entry && isPresent(entry.state)) return entry;
    }
    return undefined;
  }

  private remove(gone: (entry: Entry) => boolean): void {
    const removed = new Set(this.ring.filter(gone));
    if (removed.size === 0) return;
    for (const entry of removed) {
      this.entries.delete(entry.name);
      this.leavePlace(entry);
    }
    this.ring = this.ring.filter((entry) => !removed.has(entry));
    this.pool = this.pool.filter((entry) => !removed.has(entry));
  }

  private leavePlace(entry: Entry): void {
    if (this.at(entry) === entry) this.places.delete(placeOf(entry));
  }
}

/** Alive, or suspected and not yet found dead. */
export function isPresent(state: MemberState): boolean {
  return state === 'alive' || state === 'suspect';
}

/** A new state from `now` on. */
export function changeState(entry: Entry, state: MemberState, now: Millis): void {
  entry.state = state;
  entry.stateSince = now;
}

/** Shuffles in place, every order equally likely. */
export function shuffle(list: unknown[], random: Random): void {
  for (let at = 0; at < list.length; at += 1) swapIn(list, at, random);
}

/** Brings a random one of the items from `at` on to `at`. */
function swapIn<T>(list: T[], at: number, random: Random): T | undefined {
  const from = at + random.below(list.length - at);
  const here = list[at];
  const chosen = list[from];
  if (here !== undefined && chosen !== undefined) {
    list[at] = chosen;
    list[from] = here;
  }
  return chosen;
}
