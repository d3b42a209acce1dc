import type { Clock, Millis, WallClock } from '../lib/ports.js';
import { Status } from '../service/service.js';
import { msFromNs, type Timestamp } from '../service/timestamp.js';
import type { CatalogReader, ChangeEvent, DepartureReader, MembersReader } from './reader.js';
import type { ChangeReason } from './reason.js';

/** Peers who lost a member before we did tell us of its records' end while we still believe it alive: for no longer than this. */
const NEWS_AHEAD_MS: Millis = 30_000;

const WITNESSED_HERE: ReadonlySet<ChangeReason> = new Set<ChangeReason>(['gone', 'withdrawn']);
const COULD_SERVE: ReadonlySet<Status> = new Set<Status>([Status.Alive, Status.Draining]);

interface Departure {
  readonly hostname: string;
  readonly id: string;
  readonly at: Millis;
  readonly atNs: Timestamp;
}

/**
 * Tells instances that were seen to die from those that are merely out of sight. Seen to die: their tombstone came while their
 * host was a live member, or discovery on this host made it. Everything else is out of sight: nobody heard of the record for
 * its lifespan, or its host was lost. Only instances that could serve before are of interest, each until its record lives
 * again or is forgotten; there are never more than the catalog has records.
 */
export class Departures implements DepartureReader {
  private readonly lost = new Map<string, Departure>();
  /** What peers told to be dead, oldest first, while it may still turn out that its host was. */
  private readonly told = new Map<string, Departure>();

  constructor(
    private readonly deps: {
      readonly catalog: CatalogReader;
      readonly members: MembersReader;
      readonly clock: Pick<Clock, 'now'>;
      readonly wall: WallClock;
    },
  ) {
    deps.catalog.onChange((event) => this.follow(event));
  }

  /** Gossip holds this host for dead; for one that left, its own last words stand. */
  memberDied(host: string): void {
    this.dropOldNews();
    for (const [key, departure] of this.told) {
      if (departure.hostname !== host) continue;
      this.told.delete(key);
      this.lost.set(key, departure);
    }
  }

  outOfSightForMs(hostname: string, id: string): Millis | undefined {
    const departure = this.lost.get(keyOf({ hostname, id }));
    return departure && this.deps.clock.now() - departure.at;
  }

  nextEndMs(holdMs: Millis): Millis | undefined {
    const now = this.deps.clock.now();
    let next: Millis | undefined;
    for (const { at } of this.lost.values()) {
      const left = at + holdMs - now;
      if (left > 0 && (next === undefined || left < next)) next = left;
    }
    return next;
  }

  /** All that is out of sight, for `restore`; the same text while nothing changes. */
  encode(): string {
    return JSON.stringify([...this.lost.values()].map(({ hostname, id, atNs }) => [hostname, id, String(atNs)]));
  }

  /**
   * Takes in what an earlier process of this agent encoded. Call it when the catalog is restored: what is no tombstone there
   * is passed over.
   *
   * @returns what is wrong with the text, then nothing is taken; undefined when it is sound
   */
  restore(text: string): string | undefined {
    const kept = parse(text);
    if (!kept) return 'is no list of [hostname, id, nanoseconds]';
    const { catalog, clock, wall } = this.deps;
    const { servers } = catalog.snapshot();
    const [now, nowNs] = [clock.now(), wall.nowNs()];
    for (const { hostname, id, atNs } of kept) {
      if (servers.get(hostname)?.services.get(id)?.status !== Status.Tombstone) continue;
      // A wall clock that was set back must not make a hold longer than one from now on.
      const at = now - Math.max(0, msFromNs(nowNs - atNs));
      this.lost.set(keyOf({ hostname, id }), { hostname, id, at, atNs });
    }
    return undefined;
  }

  private follow({ kind, service, previousStatus, reason }: ChangeEvent): void {
    const key = keyOf(service);
    if (kind === 'removed' || service.status !== Status.Tombstone) {
      this.lost.delete(key);
      this.told.delete(key);
    } else if (COULD_SERVE.has(previousStatus) && !WITNESSED_HERE.has(reason)) {
      const { hostname, id } = service;
      const departure = { hostname, id, at: this.deps.clock.now(), atNs: this.deps.wall.nowNs() };
      const isToldOfMember = reason === 'received' && this.deps.members.alive().includes(hostname);
      (isToldOfMember ? this.told : this.lost).set(key, departure);
      this.dropOldNews();
    }
  }

  private dropOldNews(): void {
    const before = this.deps.clock.now() - NEWS_AHEAD_MS;
    for (const [key, { at }] of this.told) {
      if (at >= before) return;
      this.told.delete(key);
    }
  }
}

/** No host name holds a slash. */
const keyOf = ({ hostname, id }: Pick<Departure, 'hostname' | 'id'>): string => `${hostname}/${id}`;

function parse(text: string): readonly Pick<Departure, 'hostname' | 'id' | 'atNs'>[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // what is wrong with it is said by the caller, for all shapes alike
  }
  if (!Array.isArray(value)) return undefined;
  const departures: Pick<Departure, 'hostname' | 'id' | 'atNs'>[] = [];
  for (const row of value as readonly unknown[]) {
    if (!Array.isArray(row)) return undefined;
    const [hostname, id, atNs] = row as readonly unknown[];
    if (typeof hostname !== 'string' || typeof id !== 'string' || typeof atNs !== 'string') return undefined;
    if (!/^\d{1,20}$/.test(atNs)) return undefined;
    departures.push({ hostname, id, atNs: BigInt(atNs) });
  }
  return departures;
}
