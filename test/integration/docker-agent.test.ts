import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { RealEngine, whyNoEngine } from '../support/docker-engine.js';
import { DockerWorld, type DockerRecord, type WebContainer } from '../support/docker-world.js';
import { haproxyPid } from '../support/proxy-figures.js';
import { problemTexts } from '../support/proxy-report.js';
import { nothingFailed } from '../support/proxy-trial.js';
import type { Traffic } from '../support/traffic.js';
import { pause, until } from '../support/until.js';

const [ALIVE, TOMBSTONE, UNHEALTHY] = [0, 1, 2];
const STOPS = 3;

const why = whyNoEngine();
if (why !== undefined) process.stderr.write(`skipped the tests of an agent with a Docker Engine: ${why}\n`);
const describeWithEngine = why === undefined ? describe : describe.skip;

let engine: RealEngine;
let world: DockerWorld;

describeWithEngine('an agent on a real engine', () => {
  beforeAll(async () => {
    engine = await RealEngine.start();
  });
  afterAll(() => engine.destroy());
  beforeEach(async () => {
    world = await DockerWorld.start(engine);
  });
  afterEach(() => {
    engine.signal('SIGCONT');
    return world.destroy();
  });

  test('one of two instances is stopped again and again under load: it drains before it ends, and no request fails', async () => {
    await world.run('steady');
    const traffic = world.load();
    for (let n = 0; n < STOPS; n += 1) {
      const stopped = await world.run(`stopped-${n}`, { lingersS: 1 });
      await until('it answers', () => traffic.answersOf(`stopped-${n}`) > 0);
      await stopped.container.stop();
      await untilEnded(stopped);
      expect(world.story(stopped)).toEqual(['Alive → Draining', 'Draining → Tombstone']);
    }
    await nothingFailed(traffic);
  });

  test('one that is killed is a tombstone without having drained, and HAProxy serves the other', async () => {
    await world.run('steady');
    const killed = await world.run('killed');
    await killed.container.kill();
    await untilEnded(killed);
    await untilNotServed(killed);
    expect(world.story(killed)).toEqual(['Alive → Tombstone']);
    expect([await world.answer(), await world.answer()]).toEqual(['steady', 'steady']);
  });

  test("the label Weight is HAProxy's weight, and a label that is wrong is named and hides nothing", async () => {
    const heavy = await world.run('heavy', { labels: { Weight: '7', HealthCheckInterval: 'soon' } });
    const sentence = `LABEL_INVALID: container heavy (${heavy.id}): HealthCheckInterval is "soon", expected`;
    expect(await problemTexts(world.agent)).toContainEqual(expect.stringContaining(sentence));
    expect([(await world.server(heavy))?.weight, await world.answer()]).toEqual([7, 'heavy']);
    await heavy.container.remove({ force: true });
    await until('it is named no more', async () => !(await problemTexts(world.agent)).join().includes(sentence));
  });

  test("Docker's own HEALTHCHECK takes an instance out, and back", async () => {
    await world.run('steady');
    const patient = await world.run('patient', { healthcheck: '[ ! -e /ill ]' });
    await world.execute(patient, '> /ill');
    await world.untilStatus(patient, UNHEALTHY);
    await untilNotServed(patient);
    await world.execute(patient, '/bin/busybox rm /ill');
    await world.untilStatus(patient, ALIVE);
    await until('it is served again', () => world.server(patient));
  });

  test('an engine that is frozen under load costs no request, and no record changes', async () => {
    const web = await world.run('web');
    const traffic = world.load();
    engine.signal('SIGSTOP');
    await until('the engine is lost', isLost, 30_000);
    await untilGoneOn(traffic);
    engine.signal('SIGCONT');
    await until('the engine answers again', async () => !(await isLost()), 30_000);
    await nothingFailed(traffic);
    expect(world.story(web)).toEqual([]);
  });

  test('an agent restarted under load while the engine is out of reach keeps its records and fails no request', async () => {
    const web = await world.run('web');
    await untilKept(web);
    const pid = await haproxyPid(world.agent);
    const traffic = world.load();
    const found = await engine.withoutSocket(async () => {
      const record = await restartAgent(web);
      await untilGoneOn(traffic);
      expect((await world.record(web))?.Status).toBe(ALIVE);
      return record;
    });
    await untilListedAgain(web, found);
    await nothingFailed(traffic);
    expect([world.story(web), await haproxyPid(world.agent)]).toEqual([[], pid]);
  });

  test('an engine that restarts takes its containers with it, and one that is started again is served again', async () => {
    const web = await world.run('web');
    await engine.down();
    await untilEnded(web);
    await engine.up();
    await web.container.start();
    await world.untilStatus(web, ALIVE);
    await until('it is served again', async () => (await world.answer()) === 'web');
  });

  test('one that an engine stops as it ends, and starts again with itself, drains no longer', async () => {
    const web = await world.run('web', { restarts: true, lingersS: 1 });
    await engine.down();
    await until('it was told to end', () => world.story(web)[0] === 'Alive → Draining');
    await engine.up();
    await world.untilStatus(web, ALIVE);
    await until('it is served again', async () => (await world.answer()) === 'web');
  });
});

describeWithEngine('an agent on an engine that lets containers live while it restarts', () => {
  beforeAll(async () => {
    engine = await RealEngine.start(['--live-restore']);
  });
  afterAll(() => engine.destroy());
  beforeEach(async () => {
    world = await DockerWorld.start(engine);
  });
  afterEach(() => world.destroy());

  test('keeps records and servers while the engine is down, over a restart of its own as well', async () => {
    const web = await world.run('web', { labels: { HealthCheck: 'AlwaysSuccessful' } }); // Docker's proxy ends with the engine
    await untilKept(web);
    const before = [await world.server(web), await haproxyPid(world.agent)];
    await engine.down();
    await until('the engine is lost', isLost);
    expect((await world.record(web))?.Status).toBe(ALIVE);
    const found = await restartAgent(web);
    await pause(3_000); // what is not found in time is not gone
    expect((await world.record(web))?.Status).toBe(ALIVE);
    expect([await world.server(web), await haproxyPid(world.agent)]).toEqual(before);
    await engine.up();
    await untilListedAgain(web, found);
    expect(world.story(web)).toEqual([]);
  });
});

const isLost = async (): Promise<boolean> => (await world.agent.problems()).includes('DOCKER_LOST');

/** Its record is a tombstone, and the log has told of it. */
async function untilEnded(web: WebContainer): Promise<void> {
  await world.untilStatus(web, TOMBSTONE);
  await until('the log tells of its end', () => world.story(web).at(-1)?.endsWith('Tombstone'));
}

const untilNotServed = (web: WebContainer): Promise<unknown> =>
  until('HAProxy serves it no more', async () => (await world.server(web)) === undefined);

/** Some seconds of it: what would be lost by waiting is lost by then. */
async function untilGoneOn(traffic: Traffic): Promise<void> {
  const enough = traffic.requests + 300;
  await until('the load has gone on', () => traffic.requests >= enough);
}

/** A restart finds it. */
async function untilKept({ id }: WebContainer): Promise<void> {
  const file = world.agent.path('state/catalog');
  await until('the record is kept', () => readFileSync(file, 'utf8').includes(id));
}

/** @returns what the new process has of `web`, which nobody has told it of yet */
async function restartAgent(web: WebContainer): Promise<DockerRecord> {
  const { agent } = world;
  agent.kill('SIGKILL');
  await agent.ended();
  agent.spawn();
  await until('the engine is lost', isLost);
  return until('the record is there', () => world.record(web));
}

async function untilListedAgain(web: WebContainer, before: DockerRecord): Promise<void> {
  await world.agent.untilReady();
  await until('its record is refreshed', async () => {
    const { Status, Updated = '' } = (await world.record(web)) ?? {};
    return Status === ALIVE && Updated > before.Updated;
  });
}
