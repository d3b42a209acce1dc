import type { Catalog } from '../catalog/catalog.js';
import { LIFESPANS } from '../catalog/lifespan.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, WallClock } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { Status, type Service } from '../service/service.js';
import { msFromNs, nsFromMs, type Timestamp } from '../service/timestamp.js';
import { Seldom } from './seldom.js';

/** Why a record that is well-formed is not taken from a peer. */
export type AcceptanceCode =
  /** Its time is so far ahead that no newer version of it would count for as long. */
  | 'FROM_THE_FUTURE'
  /** A tombstone of something unknown, so old that others forget it now. */
  | 'OLD_TOMBSTONE'
  /** A live record of something unknown whose host is no member and has not refreshed it. */
  | 'STALE'
  | 'CATALOG_FULL';

/** The room's name on the board. */
const ROOM = 'replication';
const CLOCK_AHEAD = 'CLOCK_AHEAD';
/** At this bound records of hosts that are not known to be ahead are refused without a problem on the board. */
const MAX_HOSTS_AHEAD = 100;
/** A host of which nothing from the future came for so long is ahead no more, or gone. */
const AHEAD_ENDS_MS: Millis = 10 * 60_000;
const TELL_EVERY_MS: Millis = 10 * 60_000;
/** Some ten times the largest cluster that was measured; a state of that size is what a peer still reads. */
const MAX_RECORDS = 100_000;
const LIVE_NS = nsFromMs(LIFESPANS.live);
const TOMBSTONE_NS = nsFromMs(LIFESPANS.tombstone);

/** Decides which records of peers may enter the catalog (PROTOCOL 19.8), and keeps the board of hosts whose clock is ahead. */
export class Acceptance {
  /** When something from the future last came from each host. */
  private readonly hostsAhead = new Map<string, Millis>();
  private readonly tellOfAhead: Seldom;
  private readonly maxFutureNs: Timestamp;

  /** @param options.maxFutureMs further ahead of our wall clock than this nothing is taken */
  constructor(
    options: { readonly maxFutureMs: Millis },
    private readonly deps: {
      readonly catalog: Pick<Catalog, 'size'>;
      readonly clock: Pick<Clock, 'now'>;
      readonly wall: WallClock;
      readonly problems: ProblemBoard;
      readonly log: Logger;
    },
  ) {
    this.maxFutureNs = nsFromMs(options.maxFutureMs);
    this.tellOfAhead = new Seldom(TELL_EVERY_MS, deps.clock);
  }

  /**
   * @param isKnown  whether the catalog holds a version of it
   * @param isMember whether a host is believed alive: such a host's records are taken however old they look, since its clock
   *                 may be behind
   * @returns why `record` is not to be merged, or undefined
   */
  refusalOf(record: Service, isKnown: boolean, isMember: (host: string) => boolean): AcceptanceCode | undefined {
    const nowNs = this.deps.wall.nowNs();
    if (this.isFromTheFuture(record, nowNs)) {
      this.noteAhead(record, msFromNs(record.updated - nowNs));
      return 'FROM_THE_FUTURE';
    }
    if (isKnown) return undefined;
    const age = nowNs - record.updated;
    if (record.status === Status.Tombstone) {
      if (age > TOMBSTONE_NS) return 'OLD_TOMBSTONE';
    } else if (age > LIVE_NS && !isMember(record.hostname)) {
      return 'STALE';
    }
    return this.deps.catalog.size >= MAX_RECORDS ? 'CATALOG_FULL' : undefined;
  }

  /** Those of `records` that are not from the future: what was kept while the clock was wrong must not stand above what is told. */
  sane(records: readonly Service[]): readonly Service[] {
    const nowNs = this.deps.wall.nowNs();
    return records.filter((record) => !this.isFromTheFuture(record, nowNs));
  }

  /** A later version of a record of `host` was taken: its clock is in order. */
  accepted(host: string): void {
    if (this.hostsAhead.has(host)) this.endAhead(host);
  }

  /** Ends the problems of hosts that have fallen silent; call it now and then. */
  tick(): void {
    const now = this.deps.clock.now();
    for (const [host, last] of this.hostsAhead) {
      if (now - last >= AHEAD_ENDS_MS) this.endAhead(host);
    }
  }

  private isFromTheFuture({ updated }: Service, nowNs: Timestamp): boolean {
    return updated > nowNs + this.maxFutureNs;
  }

  private noteAhead({ hostname, id }: Service, skewMs: Millis): void {
    const { clock, log, problems } = this.deps;
    if (this.hostsAhead.size >= MAX_HOSTS_AHEAD && !this.hostsAhead.has(hostname)) return;
    this.hostsAhead.set(hostname, clock.now());
    const message = `the clock of ${hostname} is ahead of ours by more than max_future: its records are refused. Mend the clock that is wrong`;
    problems.raise({ room: ROOM, code: CLOCK_AHEAD, subject: hostname, message });
    if (!this.tellOfAhead.isDue(hostname)) return;
    log.warn(message, { code: CLOCK_AHEAD, host: hostname, id, skewMs: Math.round(skewMs) });
  }

  private endAhead(host: string): void {
    this.hostsAhead.delete(host);
    this.deps.problems.clear(ROOM, CLOCK_AHEAD, host);
    this.deps.log.info(`records of ${host} are no longer from the future`, { host });
  }
}
