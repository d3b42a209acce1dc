import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { CODES, type Code } from '../../src/explain/codes.js';
import { Status } from '../../src/service/service.js';
import { halfOf, NOW, World } from './support/world.js';

type Fault = (world: World) => void;

const REFUSED = { host: 'h2', id: 'aa', why: 'is wrong', atNs: NOW, updated: undefined };
const left = (code: 'CONTAINER_NOT_RUNNING' | 'EXCLUDED_BY_FILTER' | 'EXCLUDED_BY_LABEL' | 'LABEL_REFUSED'): Fault => {
  return (world) => world.discovered({ leftOut: { code, why: 'because' } });
};

/** One fault for each code, in a world where web is routed otherwise. */
const FAULTS: Readonly<Record<Exclude<Code, 'ANNOUNCED'>, Fault>> = {
  ROUTED: () => undefined,
  UNKNOWN_SERVICE: (world) => world.nothing(),
  UNKNOWN_INSTANCE: (world) => (world.record = world.recordOf({})),
  OTHER_CLUSTER: (world) => {
    world.nothing();
    world.strangers = [{ name: 'h9', clusterName: 'staging' }];
  },
  DOCKER_UNREACHABLE: (world) => {
    world.nothing();
    world.sources = [{ source: 'docker', hasListed: false, problem: 'the engine is lost' }];
  },
  STATIC_FILE_BROKEN: (world) => {
    world.nothing();
    world.sources = [{ source: 'static', hasListed: true, problem: 'static.json ends at line 1' }];
  },
  DISCOVERY_PENDING: (world) => {
    world.nothing();
    world.sources = [{ source: 'docker', hasListed: false, problem: undefined }];
  },
  CONTAINER_NOT_RUNNING: left('CONTAINER_NOT_RUNNING'),
  EXCLUDED_BY_FILTER: left('EXCLUDED_BY_FILTER'),
  EXCLUDED_BY_LABEL: left('EXCLUDED_BY_LABEL'),
  LABEL_REFUSED: left('LABEL_REFUSED'),
  TARGET_REFUSED: (world) => world.discovered({ leftOut: { code: 'TARGET_REFUSED', why: 'because' } }),
  NAMED_OTHERWISE: (world) => world.discovered({ name: 'nginx', namedBy: 'Image' }),
  ENDED: (world) => {
    world.found = undefined;
    world.record = world.recordOf({ status: Status.Tombstone });
  },

  NO_PORT: (world) => world.discovered({ ports: [], published: [], servicePortLabels: [] }),
  NO_SERVICE_PORT: (world) => world.discovered({ ports: portOf(0), servicePortLabels: [] }),
  SERVICE_PORT_LABEL_WRONG: (world) => world.discovered({ ports: portOf(0), servicePortLabels: ['ServicePort_81=9'] }),
  SERVICE_PORT_NOT_TCP: (world) => world.discovered({ ports: portOf(8080, 'udp') }),

  NOT_CHECKED_YET: (world) => world.check({ status: undefined, reason: undefined, runningMs: 400 }),
  CHECKS_QUEUED: (world) => world.check({ status: undefined, reason: undefined, isWaiting: true }),
  CHECK_FAILED: (world) => world.check({ status: 'failed', reason: 'check-failed', output: 'answered 500' }),
  CHECK_TIMED_OUT: (world) => world.check({ status: 'failed', reason: 'check-timed-out' }),
  CHECK_RECOVERING: (world) => world.check({ status: 'failed', rise: 3, streak: 1 }),

  NOT_ANNOUNCED_YET: (world) => (world.record = undefined),
  DRAINED: (world) => world.discovered({ drain: { sinceNs: NOW, cause: 'operator' } }),
  CONTAINER_STOPPING: (world) => world.discovered({ drain: { sinceNs: NOW, cause: 'stop' } }),
  DRAIN_ENDING: (world) => {
    const lastChange = { reason: 'drain-ended', atNs: NOW } as const;
    world.record = world.recordOf({ status: Status.Unhealthy }, { lastChange });
  },
  REPORTED_UNHEALTHY: (world) => {
    world.moved({ status: Status.Unhealthy });
    world.answers = { h2: { state: 'not-asked', why: 'it is a Sidecar of the original' } };
  },
  STOPPED_THERE: (world) => {
    world.moved({ status: Status.Unhealthy });
    const step = { step: 'checked', state: 'stopped', text: 'of the future', facts: {}, code: 'ECLIPSE' };
    world.answers = { h2: halfOf('ECLIPSE', [step]) };
  },

  HOST_LEFT: (world) => {
    world.moved({ status: Status.Tombstone });
    world.host('left');
  },
  HOST_DEAD: (world) => {
    world.moved({ status: Status.Tombstone });
    world.trace = { ...world.trace, drafted: [], servers: [] };
    world.host('dead');
  },
  CUT_OFF: (world) => {
    world.moved({ status: Status.Tombstone });
    world.host('dead', 'h3');
    world.host('dead');
  },
  NOT_RECEIVED: (world) => {
    world.moved();
    world.record = undefined;
  },

  CLOCK_AHEAD: (world) => {
    world.moved();
    world.refused = [{ ...REFUSED, code: 'FROM_THE_FUTURE' }];
  },
  RECORD_TOO_OLD: (world) => {
    world.nothing();
    world.refused = [{ ...REFUSED, code: 'STALE' }];
  },
  BAD_VALUE: (world) => {
    world.moved();
    world.refused = [{ ...REFUSED, code: 'IP_INVALID' }];
  },
  CATALOG_FULL: (world) => {
    world.moved();
    world.refused = [{ ...REFUSED, code: 'CATALOG_FULL' }];
  },

  RESTORED_NOT_REFRESHED: (world) => {
    world.moved({}, { isRestored: true, receipt: undefined });
    world.host('missing');
  },
  STALE_HELD: (world) => {
    world.moved({ status: Status.Tombstone });
    world.host('dead');
    world.trace = { ...world.trace, drafted: [{ servicePort: 8080, weight: 100, stale: true }] };
  },
  EXPIRED: (world) => world.moved({ status: Status.Tombstone }, { lastChange: { reason: 'expired', atNs: NOW } }),

  PROXY_DISABLED: (world) => (world.proxy = undefined),
  BAD_MODE: (world) => world.leftOut('PROXY_MODE_UNKNOWN'),
  BAD_ADDRESS: (world) => world.leftOut('ADDRESS_UNUSABLE'),
  HOSTNAME_UNRESOLVED: (world) => world.leftOut('HOSTNAME_UNRESOLVED'),
  SERVER_NAME_TAKEN: (world) => world.leftOut('SERVER_NAME_TAKEN'),
  SERVER_IS_FRONTEND: (world) => world.leftOut('SERVER_IS_FRONTEND'),
  PORT_TAKEN: (world) => world.leftOut('SERVICE_PORT_TAKEN'),
  PORT_RESERVED: (world) => world.leftOut('SERVICE_PORT_RESERVED'),
  PROXY_NAME_TAKEN: (world) => world.leftOut('PROXY_NAME_TAKEN'),
  PORT_HELD: (world) => world.leftOut('SERVICE_PORT_UNAVAILABLE'),
  SET_ASIDE: (world) => world.leftOut('SERVICE_SET_ASIDE'),
  TEMPLATE_BROKEN: (world) => {
    unserved(world);
    world.proxy = { isRunning: false, isBehind: true, fault: { code: 'TEMPLATE_SYNTAX', message: 'line 3' } };
  },
  CONFIG_REJECTED: (world) => {
    unserved(world);
    world.proxy = { isRunning: true, isBehind: true, fault: { code: 'CONFIG_REJECTED', message: 'no' } };
  },
  NOT_IN_TEMPLATE: (world) => unserved(world),
  WEIGHT_ZERO: (world) => {
    world.trace = { ...world.trace, drafted: [{ servicePort: 8080, weight: 0, stale: false }] };
  },

  HAPROXY_DOWN: (world) => (world.proxy = { isRunning: false, isBehind: true, fault: undefined }),
  HAPROXY_BEHIND: (world) => {
    unserved(world);
    world.proxy = { isRunning: true, isBehind: true, fault: undefined };
  },
  RUNTIME_API_SILENT: (world) => (world.states = { kind: 'silent', why: 'no answer within 1000 ms' }),
  SERVER_MISSING: (world) => (world.states = { kind: 'seen', servers: [] }),
  SERVER_MAINTENANCE: (world) => world.server('MAINT'),
  SERVER_DRAINS: (world) => world.server('DRAIN'),
  SERVER_DOWN: (world) => world.server('DOWN 1/2', 'Connection refused'),
};

function portOf(servicePort: number, type = 'tcp') {
  return [{ type, port: 32_768, servicePort, ip: '10.0.0.1' }];
}

const unserved = (world: World): void => void (world.trace = { ...world.trace, servers: [] });

const WHICH: Partial<Record<Code, string>> = { UNKNOWN_INSTANCE: 'zz' };

describe('each fault has a code of its own', () => {
  test.each(Object.entries(FAULTS))('%s', async (code, fault) => {
    const world = new World();
    fault(world);
    const { verdict, instances } = await world.explain(WHICH[code as Code]);
    expect([verdict.code, verdict.advice]).toEqual([code, CODES[code as Code].advice]);
    expect(verdict.sentence.length).toBeGreaterThan(10);
    for (const { verdict: own, steps } of instances)
      expect([steps.find((step) => step.code !== undefined)?.code ?? 'ROUTED']).toEqual([own.code]);
  });

  test('ANNOUNCED is only of the half that another host asks for', () => {
    expect(new World().explainer.ownHalf('web').verdict.code).toBe('ANNOUNCED');
  });

  test('docs/explain.md has every code, with what it means and what to do', () => {
    const page = readFileSync('docs/explain.md', 'utf8');
    const rows = page
      .slice(page.indexOf('## Codes'))
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const expected = Object.entries(CODES).map(([code, { means, advice }]) => `| \`${code}\` | ${means} | ${advice} |`);
    expect(rows).toEqual(expected);
  });
});
