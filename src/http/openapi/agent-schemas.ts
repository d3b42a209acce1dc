import {
  BOOLEAN,
  COUNT,
  INTEGER,
  listOf,
  mapOf,
  MILLIS,
  NUMBER,
  objectOf,
  oneOfWords,
  orNull,
  STRING,
  TIME,
  type Schema,
} from './schema.js';

const TEXT_OR_NULL = orNull(STRING);
const PORT_OR_NULL = orNull(INTEGER);
const FAULT = { code: STRING, message: STRING };

const BELIEFS = ['alive', 'suspect', 'dead', 'left', 'missing'];
const BELIEF = oneOfWords(...BELIEFS);
const BELIEF_OR_UNKNOWN = oneOfWords(...BELIEFS, 'unknown');

const MEMBER = objectOf({
  name: STRING,
  address: STRING,
  port: INTEGER,
  http: {
    ...orNull(objectOf({ port: INTEGER, isTls: BOOLEAN })),
    description: 'where its HTTP API is, at that address, as it says itself',
  },
  state: BELIEF,
  isSelf: BOOLEAN,
  incarnation: orNull(COUNT),
  lastHeardAgoMs: orNull(MILLIS),
  roundTripMs: orNull(MILLIS),
  skewMs: orNull({ ...NUMBER, description: 'how far its clock is ahead of ours, in milliseconds' }),
  versions: orNull(objectOf({ pmin: COUNT, pmax: COUNT, pcur: COUNT, dmin: COUNT, dmax: COUNT, dcur: COUNT })),
  givenUpInMs: orNull(MILLIS),
});

const VIEWS = objectOf({
  time: TIME,
  clusterName: STRING,
  hosts: listOf(
    objectOf({
      name: STRING,
      state: { ...BELIEF, description: 'as this host sees it' },
      asked: oneOfWords('self', 'answered', 'unanswered', 'not-asked'),
      message: { ...TEXT_OR_NULL, description: 'why there is no answer' },
      sees: { ...orNull(COUNT), description: 'how many members it has alive' },
      differs: {
        ...listOf(objectOf({ name: STRING, state: BELIEF_OR_UNKNOWN, ours: BELIEF_OR_UNKNOWN })),
        description: 'members that it sees in another state than this host does',
      },
      omitted: { ...COUNT, description: 'differences that are not in the list' },
      skewMs: orNull({ ...NUMBER, description: 'how far its clock is ahead of ours, in milliseconds' }),
      roundTripMs: orNull(MILLIS),
    }),
  ),
  partitions: {
    ...listOf(listOf(STRING)),
    description:
      'hosts that see each other, directly or through others, the largest group first; one: the cluster is whole',
  },
});

const CHECKS = objectOf({
  host: STRING,
  checks: listOf(
    objectOf({
      service: STRING,
      id: STRING,
      type: { ...oneOfWords('http', 'tcp', 'command', 'known'), description: 'known: there is nothing to run' },
      args: { ...TEXT_OR_NULL, description: 'a URL without its password, or host:port; null for a command' },
      status: { ...oneOfWords('healthy', 'failed', 'undecided'), description: 'with regard to rise and fall' },
      lastResult: orNull(oneOfWords('passed', 'failed', 'timed-out')),
      output: { ...TEXT_OR_NULL, description: 'what the last run showed, at most 1024 characters' },
      endedAgoMs: orNull(MILLIS),
      tookMs: orNull(MILLIS),
      streak: { ...COUNT, description: 'how many runs in a row ended alike, the last one included' },
      runs: COUNT,
      failures: { ...COUNT, description: 'how many of the runs did not pass' },
      isWaiting: { ...BOOLEAN, description: 'it is due, and max_checks others run' },
      runningMs: { ...orNull(MILLIS), description: 'since when a run goes on' },
      nextInMs: { ...orNull(MILLIS), description: 'null while a run goes on, and where there is nothing to run' },
      intervalMs: MILLIS,
      timeoutMs: MILLIS,
      rise: COUNT,
      fall: COUNT,
    }),
  ),
});

const LISTENER = objectOf({
  url: { ...STRING, description: 'without its password' },
  source: oneOfWords('config', 'service'),
  service: TEXT_OR_NULL,
  state: oneOfWords('ok', 'retrying', 'away'),
  pending: COUNT,
  delivered: COUNT,
  skipped: COUNT,
  failures: COUNT,
  lastFault: TEXT_OR_NULL,
  lastDeliveredAt: orNull(TIME),
});

const CONVERGING_HOST = objectOf({
  name: STRING,
  viewHash: TEXT_OR_NULL,
  state: oneOfWords('level', 'changing', 'behind', 'different', 'silent', 'unknown'),
  isBehind: BOOLEAN,
  behindMs: orNull(MILLIS),
  wasSlowest: { ...COUNT, description: 'how many of the changes came to it last' },
});

const CONVERGENCE = objectOf({
  hasProxy: { ...BOOLEAN, description: 'the agent that answers drives an HAProxy' },
  self: CONVERGING_HOST,
  delays: objectOf({
    p50Ms: orNull(MILLIS),
    p99Ms: orNull(MILLIS),
    lastMs: orNull(MILLIS),
    changes: COUNT,
    waiting: COUNT,
  }),
  hosts: listOf(CONVERGING_HOST),
  contested: listOf(
    objectOf({ servicePort: INTEGER, holders: listOf(objectOf({ service: TEXT_OR_NULL, hosts: listOf(STRING) })) }),
  ),
});

const VERDICT = objectOf({ code: STRING, sentence: STRING, advice: STRING });

const EXPLANATION = objectOf({
  service: STRING,
  which: TEXT_OR_NULL,
  host: STRING,
  verdict: VERDICT,
  instances: listOf(
    objectOf({
      host: STRING,
      id: STRING,
      verdict: VERDICT,
      asked: objectOf({ state: oneOfWords('self', 'answered', 'unanswered', 'not-asked'), text: STRING }),
      steps: listOf(
        objectOf({
          step: STRING,
          state: oneOfWords('done', 'waiting', 'stopped', 'unknown'),
          text: STRING,
          facts: { type: 'object', description: 'what it is known by; keys differ by step' },
          code: { ...TEXT_OR_NULL, description: 'why it does not go on from here' },
        }),
      ),
    }),
  ),
  omitted: COUNT,
});

const PROXY = objectOf({
  running: BOOLEAN,
  pids: listOf(INTEGER),
  oldProcesses: listOf(objectOf({ pid: INTEGER, since: TIME })),
  endedOldProcesses: COUNT,
  config: objectOf({
    path: STRING,
    diskDigest: TEXT_OR_NULL,
    runtimeDigest: TEXT_OR_NULL,
    verified: BOOLEAN,
    behind: { ...TEXT_OR_NULL, description: 'why the file is behind what HAProxy runs' },
  }),
  catalogVersion: objectOf({ applied: orNull(COUNT), current: COUNT }),
  viewHash: { ...TEXT_OR_NULL, description: 'the same on every host that serves the same' },
  lastApply: orNull(
    objectOf({ time: TIME, tookMs: MILLIS, how: oneOfWords('runtime', 'reload', 'nothing'), reason: STRING }),
  ),
  reloads: objectOf({
    total: COUNT,
    byCause: mapOf(COUNT),
    last: orNull(objectOf({ time: TIME, cause: STRING, reason: STRING })),
  }),
  operations: mapOf(COUNT),
  failures: mapOf(COUNT),
  retiring: listOf(objectOf({ backend: STRING, server: STRING, sinceMs: MILLIS, sessions: orNull(COUNT) })),
  faults: listOf(objectOf({ ...FAULT, since: TIME })),
  setAside: listOf(objectOf({ service: STRING, servicePort: PORT_OR_NULL, ...FAULT, since: TIME })),
  stale: listOf(objectOf({ service: STRING, servicePort: INTEGER, servers: COUNT, sinceMs: MILLIS })),
  drift: objectOf({
    looks: COUNT,
    found: COUNT,
    repaired: COUNT,
    last: orNull(objectOf({ time: TIME, what: STRING })),
  }),
  notices: listOf(STRING),
  runtimeApi: objectOf({ socket: STRING, available: BOOLEAN, version: TEXT_OR_NULL, fault: TEXT_OR_NULL }),
  lastError: orNull(objectOf({ time: TIME, ...FAULT })),
});

const PLAN = objectOf({
  kind: oneOfWords('nothing', 'runtime', 'reload', 'refused'),
  changes: listOf(
    objectOf({ kind: oneOfWords('add', 'remove', 'set'), backend: STRING, server: STRING, detail: STRING }),
  ),
  reasons: listOf(objectOf({ cause: STRING, text: STRING })),
  commands: listOf(STRING),
  diff: STRING,
  findings: listOf(objectOf({ service: STRING, instance: TEXT_OR_NULL, servicePort: PORT_OR_NULL, ...FAULT })),
  verified: {
    type: 'object',
    required: ['ok'],
    properties: { ok: BOOLEAN, ...FAULT },
    description: 'code and message where ok is false',
  },
});

/** What the agent tells of itself, its cluster, its listeners and its HAProxy. Where nothing is known stands null. */
export const AGENT_SCHEMAS: Readonly<Record<string, Schema>> = {
  Readiness: objectOf({ ready: BOOLEAN, waitingFor: listOf(STRING) }),
  Members: objectOf({ clusterName: STRING, hostname: STRING, members: listOf(MEMBER) }),
  Listeners: listOf(LISTENER),
  Views: VIEWS,
  Checks: CHECKS,
  Convergence: CONVERGENCE,
  Explanation: EXPLANATION,
  Proxy: PROXY,
  Plan: PLAN,
};
