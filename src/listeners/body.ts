import type { CatalogSnapshot } from '../catalog/reader.js';
import { serviceText } from '../service/codec.js';
import type { Service, Status } from '../service/service.js';
import { stateBytes } from '../service/state-codec.js';
import { formatTimestamp, type Timestamp } from '../service/timestamp.js';

/** A change that listeners are told of: light, since the state that goes with it is taken when it is sent. */
export interface ListenerEvent {
  /** The record at the time of the event. */
  readonly service: Service;
  readonly previousStatus: Status;
  /** `LastChanged` of the catalog at the event. */
  readonly time: Timestamp;
}

const STATE_FIELD = Buffer.from('{"State":');

/** The body of contract section 8.1 in its pieces, of which the large one is the same for everybody. */
export function bodyOf(snapshot: CatalogSnapshot, { service, previousStatus, time }: ListenerEvent): readonly Buffer[] {
  const event = `{"Service":${serviceText(service)},"PreviousStatus":${previousStatus},"Time":"${formatTimestamp(time)}"}`;
  return [STATE_FIELD, stateBytes(snapshot), Buffer.from(`,"ChangeEvent":${event}}`)];
}
