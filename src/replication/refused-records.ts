import { Recent } from '../lib/recent.js';
import type { RecordFaultCode } from '../service/decode-service.js';
import type { Service } from '../service/service.js';
import type { Timestamp } from '../service/timestamp.js';
import type { AcceptanceCode } from './acceptance.js';
import { recordKey } from './record-key.js';

/** A record that came and was not taken. Its texts are a peer's, and may be anything. */
export interface RefusedRecord extends Pick<Service, 'name' | 'hostname' | 'id'> {
  readonly code: RecordFaultCode | AcceptanceCode;
  /** What is wrong with it, after "it": a part of a sentence, safe to print. */
  readonly why: string;
  /** Its origin's time of it; undefined when that could not be read. */
  readonly updated: Timestamp | undefined;
  /** When it was refused last, on our wall clock. */
  readonly atNs: Timestamp;
}

/** Far more than go wrong at once; past it the one refused longest ago is forgotten. */
const MAX_REFUSED = 1_000;

/** Which records were refused of late, and why. */
export class RefusedRecords {
  private readonly recent = new Recent<RefusedRecord>(MAX_REFUSED);

  note(refused: RefusedRecord): void {
    this.recent.note(recordKey(refused), refused);
  }

  /** A version of it was taken: what was refused before counts for nothing. */
  taken(record: Pick<Service, 'hostname' | 'id'>): void {
    this.recent.forget(recordKey(record));
  }

  /** Those of one service that were refused since then, on our wall clock; longest ago first. */
  ofService(name: string, sinceNs: Timestamp): readonly RefusedRecord[] {
    return this.recent.list().filter((refused) => refused.name === name && refused.atNs >= sinceNs);
  }
}
