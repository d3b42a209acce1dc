import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DockerDiscovery } from '../../../src/discovery/docker/docker-discovery.js';
import { ProblemBoard } from '../../../src/lib/problems.js';
import { parseTimestamp } from '../../../src/service/timestamp.js';
import { silent } from '../../support/log.js';
import { FakeClock, fakeWall, settle } from '../../support/time.js';
import { DOWN, EngineDouble, event, FACTS, idOf, listed } from './support.js';

let clock: FakeClock;
let engine: EngineDouble;
let problems: ProblemBoard;
let discovery: DockerDiscovery;
/** Names of each list that was handed over. */
let handed: string[][];
let stopping: string[];
let draining: Map<string, bigint>;
let restarted: string[];
let takeIn: () => void;
let stop: AbortController;
let running: Promise<void>;

beforeEach(() => {
  [clock, engine, handed, stopping, stop] = [new FakeClock(), new EngineDouble(), [], [], new AbortController()];
  problems = new ProblemBoard(fakeWall(clock));
  [draining, restarted] = [new Map<string, bigint>(), []];
  takeIn = () => undefined;
  discovery = new DockerDiscovery(FACTS, {
    engine,
    onListed: (_source, services) => {
      takeIn();
      handed.push(services.map(({ name }) => name));
    },
    onStopping: (id) => stopping.push(id),
    drainingSinceNs: (id) => draining.get(id),
    onRestarted: (id) => restarted.push(id),
    ...{ clock, problems, log: silent },
  });
});
afterEach(async () => {
  stop.abort();
  await running;
  expect(clock.armed).toBe(0);
});

async function start(): Promise<void> {
  running = discovery.run(stop.signal, () => undefined);
  await settle();
}

const codes = (): readonly string[] => problems.list().map(({ code }) => code);

describe('what Docker knows', () => {
  test('is listed on connect, an empty list as well', async () => {
    await start();
    expect(handed).toEqual([[]]);
  });

  test('is listed at once when a container starts', async () => {
    await start();
    await clock.advance(1_000);
    engine.list = [listed('web')];
    engine.tell(event('start', 'web'));
    await settle();
    expect(handed).toEqual([[], ['web']]);
  });

  test.each(['start', 'stop', 'pause', 'unpause', 'health_status: healthy', 'rename', 'update'])(
    'is listed at once on %s, and once more for what the list did not show yet',
    async (action) => {
      await start();
      await clock.advance(1_000);
      const before = engine.lists;
      engine.tell(event(action, 'web'));
      await settle();
      expect(engine.lists).toBe(before + 1);
      await clock.advance(1_000);
      expect(engine.lists).toBe(before + 2);
    },
  );

  test('is listed every 30 s without any event', async () => {
    await start();
    await clock.advance(1_000);
    const before = engine.lists;
    engine.list = [listed('web')];
    await clock.advance(60_000);
    expect(engine.lists).toBe(before + 2);
    expect(handed).toEqual([[], ['web']]);
  });

  test('is listed 20 times a second at most, however much happens', async () => {
    await start();
    await clock.advance(1_000);
    const before = engine.lists;
    for (let i = 0; i < 1_000; i += 1) {
      engine.tell(event('start', 'web'));
      await clock.advance(1);
    }
    expect(engine.lists - before).toBeLessThanOrEqual(21);
    expect(discovery.counters.events).toBe(1_000);
  });

  test('is not handed over again when nothing has changed', async () => {
    engine.list = [listed('web')];
    await start();
    await clock.advance(120_000);
    expect(handed).toEqual([['web']]);
  });

  test('is not disturbed by events that are none', async () => {
    await start();
    await clock.advance(1_000);
    const before = engine.lists;
    engine.tell(null, 7, 'start', [], {}, { Action: 3 }, event('exec_start: sh', 'web'), { Type: 'network' });
    await clock.advance(1_000);
    expect([engine.lists, discovery.counters.events]).toEqual([before, 0]);
  });
});

describe('a container that ends', () => {
  test('is gone at once when it has died, before any list', async () => {
    engine.list = [listed('web'), listed('api')];
    await start();
    engine.tell(event('die', 'web'));
    expect(handed).toEqual([['web', 'api'], ['api']]);
    expect(['web', 'api'].map((name) => discovery.traces(name).length)).toEqual([0, 1]);
  });

  test('stays gone while the engine still lists it, and is back as soon as it starts again', async () => {
    engine.list = [listed('web')];
    await start();
    await clock.advance(1_000);
    engine.tell(event('die', 'web'));
    await clock.advance(1_000);
    expect(handed).toEqual([['web'], []]);
    engine.tell(event('start', 'web'));
    await clock.advance(100);
    expect(handed).toEqual([['web'], [], ['web']]);
  });

  test('is believed to run when the engine lists it for longer than it could be mistaken', async () => {
    engine.list = [listed('web')];
    await start();
    await clock.advance(1_000);
    engine.tell(event('die', 'web'));
    await clock.advance(40_000);
    expect(handed).toEqual([['web'], [], ['web']]);
  });

  test('is told of as stopping when it gets SIGTERM, and stays listed', async () => {
    engine.list = [listed('web')];
    await start();
    engine.tell(event('kill', 'web', { signal: '15' }));
    expect(stopping).toEqual([idOf('web').slice(0, 12)]);
    await clock.advance(1_000);
    expect(handed).toEqual([['web']]);
  });

  test('is told of as stopping when it gets the signal that it is stopped with', async () => {
    engine.inspected = { Config: { StopSignal: 'SIGQUIT' } };
    await start();
    engine.tell(event('kill', 'web', { signal: '3' }));
    await settle();
    expect(stopping).toHaveLength(1);
  });

  test.each([{ Config: { StopSignal: 'SIGQUIT' } }, { Config: {} }, 'garbage', null])(
    'is not told of for a signal that need not end it: %j',
    async (inspected) => {
      engine.inspected = inspected;
      await start();
      engine.tell(event('kill', 'web', { signal: '1' }));
      await settle();
      expect([engine.inspections, stopping]).toEqual([1, []]);
    },
  );

  test('is not looked up when it is killed, or nobody says by what', async () => {
    await start();
    engine.tell(event('kill', 'web', { signal: '9' }), event('kill', 'web'), event('kill', 'web', { signal: 'x' }));
    await settle();
    expect([engine.inspections, stopping]).toEqual([0, []]);
  });

  test('is looked up for 64 at a time, and the rest are counted', async () => {
    await start();
    for (let i = 0; i < 100; i += 1) engine.tell(event('kill', `web-${i}`, { signal: '3' }));
    expect([engine.inspections, discovery.counters.lookupsRefused]).toEqual([64, 36]);
  });
});

describe('a container that drains', () => {
  const SINCE = '2026-01-01T00:00:00.5Z';
  const began = parseTimestamp(SINCE);
  beforeEach(() => {
    engine.list = [listed('web'), listed('api')];
    if (began.ok) draining.set(idOf('web').slice(0, 12), began.value);
  });

  test.each([
    ['2026-01-01T00:00:00.500000001Z', true],
    [SINCE, false],
    ['2025-12-31T23:59:59Z', false],
    ['lately', false],
    [undefined, false],
  ])('and was last started at %s has restarted: %s', async (StartedAt, hasRestarted) => {
    engine.inspected = { State: { StartedAt } };
    await start();
    expect(engine.inspections).toBe(1);
    expect(restarted).toEqual(hasRestarted ? [idOf('web').slice(0, 12)] : []);
  });

  test('is looked up with every new connection, and each 30 s', async () => {
    await start();
    engine.breakStream();
    await clock.advance(1_000);
    expect(engine.inspections).toBe(2);
    engine.tell(event('rename', 'api'));
    await clock.advance(1_000);
    expect(engine.inspections).toBe(2);
    await clock.advance(60_000);
    expect(engine.inspections).toBe(4);
  });
});

describe('an engine that is lost', () => {
  beforeEach(() => {
    engine.list = [listed('web')];
  });

  test('keeps the last list in force, marked, until it is steady again', async () => {
    await start();
    engine.isUp = false;
    engine.breakStream();
    await clock.advance(60_000);
    expect(handed).toEqual([['web']]);
    expect(problems.list()).toMatchObject([{ code: 'DOCKER_LOST', subject: engine.address }]);
    expect(problems.list()[0]?.message).toContain('the containers listed before stay in force');
    engine.isUp = true;
    engine.list = [listed('api')];
    await clock.advance(500);
    expect(handed).toEqual([['web'], ['api']]);
    await clock.advance(2_000);
    expect(codes()).toEqual([]);
  });

  test('has listed nothing when it was never reached', async () => {
    engine.isUp = false;
    await start();
    await clock.advance(60_000);
    expect(handed).toEqual([]);
    expect(problems.list()[0]?.message).toContain('no container is known yet');
  });

  test('is tried again four times a second at most', async () => {
    engine.isUp = false;
    await start();
    await clock.advance(60_000);
    expect(engine.connects).toBeGreaterThan(200);
    expect(engine.connects).toBeLessThan(250);
    expect(discovery.counters.losses).toBe(engine.connects);
    expect(getEventListeners(stop.signal, 'abort').length).toBeLessThan(3);
  });

  test('is noticed by its silence, and connected to anew', async () => {
    await start();
    await clock.advance(10_000);
    expect([codes(), engine.connects]).toEqual([[], 1]);
    engine.isUp = false;
    await clock.advance(2_100);
    expect(codes()).toEqual(['DOCKER_LOST']);
    expect(engine.connects).toBeGreaterThan(1);
  });

  test('stays marked while it connects but does not list', async () => {
    await start();
    engine.list = DOWN;
    engine.breakStream();
    await clock.advance(60_000);
    expect([handed, codes()]).toEqual([[['web']], ['DOCKER_LOST']]);
  });

  test('has forgotten which containers died: its first list counts', async () => {
    await start();
    engine.tell(event('die', 'web'));
    engine.breakStream();
    await clock.advance(500);
    expect(handed).toEqual([['web'], [], ['web']]);
  });
});

describe('garbage', () => {
  test('in one entry or label hides no other container, and stands on the board until it is gone', async () => {
    engine.list = [null, 7, listed('web'), listed('api', { Weight: 'heavy' })];
    await start();
    expect(handed).toEqual([['web', 'api']]);
    expect(codes()).toEqual(expect.arrayContaining(['CONTAINERS_REFUSED', 'LABEL_INVALID']));
    engine.list = [listed('web')];
    await clock.advance(30_000);
    expect([handed.at(-1), codes()]).toEqual([['web'], []]);
  });

  test('that the agent cannot take in does not end the discovery, and is tried again', async () => {
    takeIn = () => {
      throw new Error('no room');
    };
    engine.list = [listed('web')];
    await start();
    expect([handed, codes()]).toEqual([[], ['CONTAINERS_NOT_TAKEN']]);
    takeIn = () => undefined;
    await clock.advance(30_000);
    expect([handed, codes()]).toEqual([[['web']], []]);
  });
});
