import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, WallClock } from '../lib/ports.js';
import type { RecordFault, RecordFaultCode } from '../service/decode-service.js';
import type { Service } from '../service/service.js';
import type { AcceptanceCode } from './acceptance.js';
import { RefusedRecords, type RefusedRecord } from './refused-records.js';
import { Seldom } from './seldom.js';

export type RefusalCounts = ReadonlyMap<RecordFaultCode | AcceptanceCode, number>;

const TELL_EVERY_MS: Millis = 3_600_000;
const MINUTE_MS: Millis = 60_000;
const MAX_TOLD_A_MINUTE = 60;

const NOT_ACCEPTED: Readonly<Record<AcceptanceCode, string>> = {
  FROM_THE_FUTURE: 'is dated further ahead of our clock than max_future allows',
  OLD_TOMBSTONE: 'is the end of something that is not known here, and too old to matter',
  STALE: 'was not refreshed for longer than a record lives, and its host is no member',
  CATALOG_FULL: 'is not known yet, and the catalog is full',
};

/** Counts by its code what came from peers and was not taken; unreadable things are told once an hour, else when debugging. */
export class Refusals {
  private readonly byCode = new Map<RecordFaultCode | AcceptanceCode, number>();
  private readonly tell: Seldom;
  private readonly tellRecord: Seldom;
  private minute = { since: -Infinity, told: 0 };
  readonly latest = new RefusedRecords();

  /** @param deps.onRefused is told of each refused record once an hour, and of at most 60 a minute */
  constructor(
    private readonly deps: {
      readonly onRefused?: (refused: RefusedRecord) => void;
      readonly clock: Pick<Clock, 'now'>;
      readonly wall: WallClock;
      readonly log: Logger;
    },
  ) {
    this.tell = new Seldom(TELL_EVERY_MS, deps.clock);
    this.tellRecord = new Seldom(TELL_EVERY_MS, deps.clock);
  }

  get counts(): RefusalCounts {
    return this.byCode;
  }

  /** A record that is one, but is not to be believed, or not to be kept. */
  notAccepted(code: AcceptanceCode, { name, hostname, id, updated }: Service): void {
    this.count(code);
    this.note({ name, hostname, id, updated, code, why: NOT_ACCEPTED[code], atNs: this.deps.wall.nowNs() });
    if (code !== 'CATALOG_FULL' || !this.tell.isDue(code)) return;
    const message =
      'the catalog is full: services that are not known yet are ignored; is something announcing without end?';
    this.deps.log.warn(message, { code, service: name, host: hostname, id });
  }

  /** What is no record or state. Another application in the same cluster sends nothing else, so it is no reason to warn. */
  unreadable({ code, field, seen, expected, of }: RecordFault): void {
    this.count(code);
    const why = `has a ${field === '' ? 'form' : field} that is ${seen}, expected ${expected}`;
    if (of) this.note({ ...of, code, why, atNs: this.deps.wall.nowNs() });
    const facts = { code, field, seen, expected };
    if (this.tell.isDue(code)) this.deps.log.info('a peer sent what is no record of a service; it is ignored', facts);
    else this.deps.log.debug('ignored what is no record of a service', facts);
  }

  private note(refused: RefusedRecord): void {
    const { code, hostname, id } = refused;
    this.latest.note(refused);
    if (this.tellRecord.isDue(`${code} ${hostname}/${id}`) && this.hasRoom()) this.deps.onRefused?.(refused);
  }

  /** Whoever refers to ever new records must not fill what is told. */
  private hasRoom(): boolean {
    const now = this.deps.clock.now();
    if (now - this.minute.since >= MINUTE_MS) this.minute = { since: now, told: 0 };
    this.minute.told += 1;
    return this.minute.told <= MAX_TOLD_A_MINUTE;
  }

  private count(code: RecordFaultCode | AcceptanceCode): void {
    this.byCode.set(code, (this.byCode.get(code) ?? 0) + 1);
  }
}
