import type { Logger } from '../lib/logger.js';
import type { Clock, Millis } from '../lib/ports.js';
import type { RecordFault, RecordFaultCode } from '../service/decode-service.js';
import type { Service } from '../service/service.js';
import type { AcceptanceCode } from './acceptance.js';
import { Seldom } from './seldom.js';

export type RefusalCounts = ReadonlyMap<RecordFaultCode | AcceptanceCode, number>;

const TELL_EVERY_MS: Millis = 3_600_000;

/** Counts by its code what came from peers and was not taken; unreadable things are told once an hour, else when debugging. */
export class Refusals {
  private readonly byCode = new Map<RecordFaultCode | AcceptanceCode, number>();
  private readonly tell: Seldom;

  constructor(private readonly deps: { readonly clock: Pick<Clock, 'now'>; readonly log: Logger }) {
    this.tell = new Seldom(TELL_EVERY_MS, deps.clock);
  }

  get counts(): RefusalCounts {
    return this.byCode;
  }

  /** A record that is one, but is not to be believed, or not to be kept. */
  notAccepted(code: AcceptanceCode, { name, hostname, id }: Service): void {
    this.count(code);
    if (code !== 'CATALOG_FULL' || !this.tell.isDue(code)) return;
    const message =
      'the catalog is full: services that are not known yet are ignored; is something announcing without end?';
    this.deps.log.warn(message, { code, service: name, host: hostname, id });
  }

  /** What is no record or state. Another application in the same cluster sends nothing else, so it is no reason to warn. */
  unreadable({ code, field, seen, expected }: RecordFault): void {
    this.count(code);
    const facts = { code, field, seen, expected };
    if (this.tell.isDue(code)) this.deps.log.info('a peer sent what is no record of a service; it is ignored', facts);
    else this.deps.log.debug('ignored what is no record of a service', facts);
  }

  private count(code: RecordFaultCode | AcceptanceCode): void {
    this.byCode.set(code, (this.byCode.get(code) ?? 0) + 1);
  }
}
