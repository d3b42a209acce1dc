import { answers, error, IF_NONE_MATCH, inHeader, inQuery, json, known, type Paths } from './operation.js';
import { COUNT, STRING } from './schema.js';

const HISTORY = ['History'];
const BAD = error('a parameter is unknown, given twice, or unfit');

const FILTER = [
  inQuery('service', 'only what is about this service'),
  inQuery('host', 'only what is about this host'),
  inQuery('kind', 'only these kinds, with commas between them'),
];

/** What tells of what happened. */
export const EVENT_PATHS: Paths = {
  '/api/events': {
    get: {
      operationId: 'events',
      tags: HISTORY,
      summary: 'What happens, as it happens, as server-sent events',
      description:
        'The type of an event is its kind, its data an Event. One of the type gap tells that events were lost to this reader: ' +
        '{"lost": how many at most, null where nobody knows, "oldest": the id of the event that follows}.',
      parameters: [
        ...FILTER,
        inQuery('after', 'the id of the last event that the client has; without it the next one is the first', COUNT),
        inHeader('Last-Event-ID', 'the same, from a client that comes back'),
      ],
      responses: {
        '200': answers('text/event-stream', STRING, 'never ends'),
        '400': BAD,
        '503': error('there are too many readers'),
      },
    },
  },
  '/api/history': {
    get: {
      operationId: 'history',
      tags: HISTORY,
      summary: 'What happened',
      parameters: [
        ...FILTER,
        inQuery('since', 'a time, RFC 3339 or seconds since 1970'),
        inQuery('until', 'likewise'),
        inQuery('limit', 'of what passes, the newest so many: 1000 unless told, at most 10000', COUNT),
        IF_NONE_MATCH,
      ],
      responses: { ...known(json('History', 'the oldest first')), '400': BAD },
    },
  },
  '/api/at': {
    get: {
      operationId: 'at',
      tags: HISTORY,
      summary: 'The catalog, and the configuration of HAProxy, as they were at one time',
      parameters: [inQuery('time', 'RFC 3339 or seconds since 1970; it has to be given')],
      responses: {
        '200': json('Past', 'what was believed then'),
        '400': BAD,
        '404': error('nothing is kept of that time: `before-oldest`, `damaged` or `nothing-kept`'),
        '503': error('too many ask for such a time at once'),
      },
    },
  },
};
