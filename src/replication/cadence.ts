import type { Random } from '../lib/ports.js';
import { Status, type Service } from '../service/service.js';
import type { Timestamp } from '../service/timestamp.js';
import type { Tidings } from './outbox.js';
import { recordKey } from './record-key.js';

/** How often a new version is sent in all: peers may miss some (PROTOCOL 19.5, 19.6). */
const ROUNDS = 5;
const TOMBSTONE_ROUNDS = 10;
/** Each round is a little later than the one before, so that it counts as news and is passed on. */
const ROUND_STEP_NS = 50n;
/** One refresh of each record in so many beats: twice in a record's lifespan, so that a peer may miss one. The original's is 60. */
const REFRESH_BEATS = 30;
/** What everybody notices at once is told after a random wait of a second per so many members, at most `MAX_WAIT_BEATS`. */
const MEMBERS_PER_BEAT = 20;
const MAX_WAIT_BEATS = 30;

interface Rounds {
  readonly record: Service;
  /** How many were sent. */
  sent: number;
  /** Beats until the first. */
  waits: number;
}

/**
 * When a record is sent again, without any I/O: a beat is a second. Holds at most one entry for each record of the catalog, for
 * as long as its rounds last.
 */
export class Cadence {
  private readonly running = new Map<string, Rounds>();
  /** Those of this host, as of the last beat. */
  private living: ReadonlySet<string> = new Set();
  private beats = 0;

  constructor(
    private readonly deps: {
      readonly send: (record: Service, tidings: Tidings) => void;
      readonly memberCount: () => number;
      readonly random: Random;
    },
  ) {}

  /** How many records are in their rounds. */
  get size(): number {
    return this.running.size;
  }

  /** A new version of a record of ours: sent at once, and again at each beat until its rounds are over. */
  announce(record: Service): void {
    this.start(record, 0);
  }

  /**
   * A tombstone that every member makes by itself: of a record that expired, or of a lost member's. In a large cluster each waits
   * for a random while, and keeps silent if another has spoken meanwhile.
   */
  announceShared(tombstone: Service): void {
    const longest = Math.min(MAX_WAIT_BEATS, Math.floor(this.deps.memberCount() / MEMBERS_PER_BEAT));
    this.start(tombstone, this.deps.random.below(longest + 1));
  }

  /** A peer's version arrived: ours is not told any more if it is older, or if it still waits and says the same. */
  heard(record: Service): void {
    const key = recordKey(record);
    const rounds = this.running.get(key);
    if (!rounds) return;
    const isTold = rounds.sent === 0 && record.status === Status.Tombstone;
    if (isTold || record.updated > versionOf(rounds.record, rounds.sent)) this.running.delete(key);
  }

  /** Whether a later version than `record` is in its rounds. */
  isTelling(record: Service): boolean {
    const rounds = this.running.get(recordKey(record));
    return rounds !== undefined && rounds.record.updated > record.updated;
  }

  /**
   * One second is over: the next round of each record.
   *
   * @param living this host's records: each is refreshed twice a minute, at a second that depends on its id, and announced if it
   *               was not there at the last beat, since peers may not have heard of it for long when it outlived our restart.
   *               In its rounds it is not: peers that hear the refresh first would take its time for that of the change
   */
  beat(living: Iterable<Service>): void {
    this.beats = (this.beats + 1) % REFRESH_BEATS;
    for (const [key, rounds] of this.running) {
      if (rounds.waits > 0) rounds.waits -= 1;
      if (rounds.waits === 0) this.sendRound(key, rounds);
    }
    const seen = new Set<string>();
    for (const record of living) {
      const key = recordKey(record);
      seen.add(key);
      if (this.running.has(key)) continue;
      if (!this.living.has(key)) this.announce(record);
      else if (phaseOf(record.id) === this.beats) this.deps.send(record, 'repeat');
    }
    this.living = seen;
  }

  private start(record: Service, waits: number): void {
    const key = recordKey(record);
    const rounds = { record, sent: 0, waits };
    this.running.set(key, rounds);
    if (waits === 0) this.sendRound(key, rounds);
  }

  private sendRound(key: string, rounds: Rounds): void {
    const { record, sent } = rounds;
    const version = sent === 0 ? record : { ...record, updated: versionOf(record, sent) };
    rounds.sent += 1;
    if (rounds.sent >= (record.status === Status.Tombstone ? TOMBSTONE_ROUNDS : ROUNDS)) this.running.delete(key);
    this.deps.send(version, sent === 0 ? 'news' : 'repeat');
  }
}

const versionOf = (record: Service, round: number): Timestamp => record.updated + BigInt(round) * ROUND_STEP_NS;

function phaseOf(id: string): number {
  let hash = 0;
  for (let i = 0; i < id.length; i += 1) hash = (hash * 31 + id.charCodeAt(i)) >>> 0;
  return hash % REFRESH_BEATS;
}
