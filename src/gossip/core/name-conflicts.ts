import type { Millis } from '../../lib/ports.js';
import type { BoundedLog } from './bounded-log.js';
import type { Counters } from './counters.js';
import { Once } from './once.js';
import type { Endpoint } from './ports.js';

const REMEMBERED = 256;
/** Others need some 6 s to find out that a member is dead. Each wait is twice as long: two hosts of one name shall not hurry. */
const FIRST_WAIT_MS: Millis = 8_000;

/** Claims for a name that lives elsewhere: another host is called the same, or has moved and is not yet dead where it was. */
export class NameConflicts {
  private readonly told = new Once(REMEMBERED);
  private waitMs = FIRST_WAIT_MS;
  private exchangeDue: Millis = -Infinity;

  constructor(
    private readonly deps: {
      readonly counters: Counters;
      readonly log: BoundedLog;
      /** There shall be a full exchange, at the latest then. */
      readonly exchangeBy: (at: Millis) => void;
    },
  ) {}

  note(name: string, livesAt: Endpoint, claimedAt: Endpoint, now: Millis): void {
    this.deps.counters.nameConflicts += 1;
    const known = `${livesAt.address} ${livesAt.port}`;
    const claimed = `${claimedAt.address} ${claimedAt.port}`;
    if (this.told.isNew(`${name}\n${known}\n${claimed}`))
      this.deps.log.warn(now, 'two members claim the same name', { member: name, known, claimed });
  }

  /** It is our name: we may have moved. Once our old place is dead for the others they take us in, if an exchange tells us so. */
  ofOurName(now: Millis): void {
    if (now < this.exchangeDue) return;
    this.exchangeDue = now + this.waitMs;
    this.waitMs *= 2;
    this.deps.exchangeBy(this.exchangeDue);
  }
}
