import { EVENT_KINDS } from '../journal.js';
import {
  BOOLEAN,
  COUNT,
  listOf,
  MILLIS,
  NUMBER,
  objectOf,
  oneOfWords,
  orNull,
  ref,
  STRING,
  TIME,
  type Schema,
} from './schema.js';

const STATUS = oneOfWords('Alive', 'Tombstone', 'Unhealthy', 'Unknown', 'Draining');

const EVENT: Schema = {
  type: 'object',
  required: ['id', 'time', 'kind', 'what', 'text'],
  properties: {
    id: { ...COUNT, description: 'rises with every event' },
    time: TIME,
    kind: oneOfWords(...EVENT_KINDS),
    what: { ...STRING, description: 'what happened, in a word of its kind' },
    service: STRING,
    host: STRING,
    instance: { ...STRING, description: 'the ID of a record' },
    text: { ...STRING, description: 'one sentence' },
    status: STATUS,
    previous: STATUS,
    reason: { ...STRING, description: 'why a record changed, in a stable word' },
    detail: { ...STRING, description: 'what a check showed, for one' },
    from: { ...STRING, description: 'the peer that told us of the record' },
    lateMs: { ...NUMBER, description: 'how long after its origin made it, by the two clocks, in milliseconds' },
    lastChanged: TIME,
    record: { ...ref('Record'), description: 'since then' },
    address: STRING,
    reasons: listOf(STRING),
    code: STRING,
    tookMs: MILLIS,
    digest: { ...STRING, description: 'names the configuration that HAProxy has since then' },
    room: STRING,
    subject: STRING,
  },
};

/** What is told of what happened. */
export const EVENT_SCHEMAS: Readonly<Record<string, Schema>> = {
  Event: EVENT,
  History: objectOf({
    events: listOf(ref('Event')),
    oldest: { ...orNull(TIME), description: 'when the oldest event was that is kept' },
    isTruncated: { ...BOOLEAN, description: 'older ones pass as well' },
  }),
  Past: objectOf({
    time: TIME,
    event: { ...COUNT, description: 'the last event that counts' },
    config: orNull(objectOf({ digest: STRING, text: STRING })),
    template: { ...orNull(STRING), description: 'that of HAProxy; null for who may not change anything' },
    settings: {
      ...orNull(STRING),
      description: 'the effective configuration of the agent, secrets masked; null for who may not change anything',
    },
    catalog: ref('State'),
  }),
};
