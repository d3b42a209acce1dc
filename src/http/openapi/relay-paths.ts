import { PASSABLE_PATHS } from '../passable.js';
import { answers, error, IF_NONE_MATCH, inHeader, inPath, type Paths } from './operation.js';
import { BOOLEAN, listOf, MILLIS, objectOf, oneOfWords, orNull, STRING, type Schema } from './schema.js';

const CLUSTER = ['Cluster'];

const CLUSTERS: Schema = objectOf({
  clusters: listOf({
    type: 'object',
    required: ['name', 'isSelf', 'state', 'lastAnswerAgoMs'],
    properties: {
      name: STRING,
      isSelf: BOOLEAN,
      url: { ...STRING, description: 'not of the own one' },
      state: { ...oneOfWords('reachable', 'unreachable', 'unasked'), description: 'as the last questions tell' },
      message: { ...STRING, description: 'why it is unreachable' },
      lastAnswerAgoMs: orNull(MILLIS),
    },
  }),
});

/** What tells of other clusters. */
export const RELAY_PATHS: Paths = {
  '/api/clusters': {
    get: {
      operationId: 'clusters',
      tags: CLUSTER,
      summary: 'This cluster, and the others of console.clusters',
      responses: { '200': answers('application/json', CLUSTERS, 'the own one first; nobody is asked for it') },
    },
  },
  '/api/clusters/{name}/{path}': {
    get: {
      operationId: 'ofCluster',
      tags: CLUSTER,
      summary: 'What the agent of another cluster answers',
      description:
        'Its answer is passed on with its status, also one that refuses; the query goes to it as it is. ' +
        'A code says that this agent answers by itself.',
      parameters: [
        inPath('name', 'of another cluster'),
        {
          ...inPath('path', 'what to ask it for'),
          schema: oneOfWords(...PASSABLE_PATHS.map((path) => path.slice(1))),
        },
        IF_NONE_MATCH,
        inHeader('Last-Event-ID', 'the last event that the client has, for api/events'),
      ],
      responses: {
        '200': {
          description: 'what it answers',
          content: {
            'application/json': { schema: {} },
            'text/plain': { schema: STRING },
            'text/event-stream': { schema: STRING },
          },
        },
        '304': { description: 'the client has it already' },
        '400': error('the query holds what has to be escaped'),
        '404': error('`cluster-unknown`, `not-passed-on`'),
        '502': error('`cluster-unreachable`, `answer-unfit`'),
        '503': error('`relay-busy`: too many ask other clusters at once'),
        '504': error('`cluster-silent`: it has not answered in time'),
      },
    },
  },
};
