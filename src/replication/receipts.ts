import type { Millis } from '../lib/ports.js';
import { Recent } from '../lib/recent.js';
import type { Service } from '../service/service.js';
import type { Timestamp } from '../service/timestamp.js';
import { recordKey } from './record-key.js';

/** How the version of a record that is stored came to us. */
export interface Receipt {
  /** Our wall time. */
  readonly atNs: Timestamp;
  /** `message`: told to everybody; `state`: part of a full exchange. */
  readonly way: 'message' | 'state';
  /** Who handed it over, which need not be its origin; undefined when that could not be told. */
  readonly from: string | undefined;
  /** From the origin's time of it to our receipt, by our clock alone: the skew of both clocks is in it. */
  readonly lateMs: Millis;
}

/** Three times the largest catalog that was measured; of a record beyond it nobody knows any more how it came. */
const MAX_RECEIPTS = 30_000;

/** How records of other hosts came, the latest version of each. */
export class Receipts {
  private readonly latest = new Recent<Receipt>(MAX_RECEIPTS);

  note(record: Pick<Service, 'hostname' | 'id'>, receipt: Receipt): void {
    this.latest.note(recordKey(record), receipt);
  }

  of(record: Pick<Service, 'hostname' | 'id'>): Receipt | undefined {
    return this.latest.get(recordKey(record));
  }
}
