import { COUNT, INTEGER, listOf, MILLIS, objectOf, orNull, STRING, TIME, type Schema } from './schema.js';

const TEXT_OR_NULL = orNull(STRING);
const OWNER = { service: TEXT_OR_NULL, servicePort: orNull(INTEGER) };
const IN_HTTP: Schema = { ...orNull(COUNT), description: 'null in mode tcp' };
const RESPONSES: Schema = {
  ...orNull(objectOf({ '1xx': COUNT, '2xx': COUNT, '3xx': COUNT, '4xx': COUNT, '5xx': COUNT })),
  description: 'answers by the first digit of their status; null in mode tcp',
};
const TROUBLES = { errors: objectOf({ connect: COUNT, response: COUNT }), retries: COUNT, redispatches: COUNT };
const BYTES = { bytesIn: COUNT, bytesOut: COUNT };
const STATUS: Schema = { ...STRING, description: "HAProxy's word" };
const SESSIONS: Schema = { ...COUNT, description: 'now' };
const PER_SECOND: Schema = { ...COUNT, description: 'in the last second' };

/** What a look at HAProxy shows. Where nothing is known stands null. */
export const PROXY_LOOK_SCHEMAS: Readonly<Record<string, Schema>> = {
  ProxyFigures: objectOf({
    time: TIME,
    pid: { ...INTEGER, description: 'of the process that totals are of: another one began at 0' },
    uptimeS: { ...orNull(COUNT), description: 'seconds since that process was started' },
    frontends: listOf(
      objectOf({
        ...{ name: STRING, status: STATUS, sessions: SESSIONS, sessionsTotal: COUNT, sessionRate: PER_SECOND },
        ...{
          requests: IN_HTTP,
          requestRate: { ...orNull(COUNT), description: 'in the last second; null in mode tcp' },
        },
        errors: { ...COUNT, description: 'requests that could not be read' },
        denied: { ...COUNT, description: 'requests that a rule refused' },
        ...{ ...BYTES, responses: RESPONSES, ...OWNER },
      }),
    ),
    backends: listOf(
      objectOf({
        ...{ name: STRING, status: STATUS, sessions: SESSIONS },
        queued: { ...COUNT, description: 'what waits for a server now' },
        ...{ requests: IN_HTTP, ...TROUBLES, responses: RESPONSES, ...OWNER },
      }),
    ),
    servers: listOf(
      objectOf({
        ...{ backend: STRING, server: STRING, status: STATUS, weight: COUNT },
        check: { ...TEXT_OR_NULL, description: 'what its last check showed; null when HAProxy does not check it' },
        ...{ sessions: SESSIONS, requests: IN_HTTP, ...TROUBLES, ...BYTES },
        responseMs: {
          ...orNull(MILLIS),
          description: 'the average of its last 1024 answers; null before the first, and in mode tcp',
        },
        ...{ ...OWNER, host: TEXT_OR_NULL, instance: { ...TEXT_OR_NULL, description: 'the ID of its record' } },
      }),
    ),
  }),
  ProxyConfig: objectOf({
    ...{ digest: STRING, text: STRING },
    how: { ...STRING, description: 'how HAProxy came to it: `reload`, `runtime`, `started` or `found`' },
    reason: STRING,
    diff: { ...STRING, description: 'from the text before, as `diff -u` prints it; empty for the first' },
    appliedAt: TIME,
    previous: orNull(objectOf({ digest: STRING, appliedAt: TIME })),
  }),
};
