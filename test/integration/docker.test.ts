import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DockerDiscovery } from '../../src/discovery/docker/docker-discovery.js';
import type { ContainerFacts } from '../../src/discovery/docker/record.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { systemClock, systemWallClock } from '../../src/platform/clock.js';
import { dockerEngine } from '../../src/platform/docker.js';
import type { DiscoveredService } from '../../src/service/discovered.js';
import { FACTS } from '../discovery/docker/support.js';
import { RealEngine, whyNoEngine } from '../support/docker-engine.js';
import { silent } from '../support/log.js';
import { pause, until } from '../support/until.js';

const why = whyNoEngine();
if (why !== undefined) process.stderr.write(`skipped the tests with a Docker Engine: ${why}\n`);
const describeWithEngine = why === undefined ? describe : describe.skip;

/** Services are called like their containers, so that they can be compared with what `docker ps` shows. */
const NAMED_LIKE_CONTAINERS: ContainerFacts = { ...FACTS, namer: { kind: 'regex', pattern: /^\/(.*)$/ } };

/**
 * An idle machine needs less than a second, which `bench/docker.mjs` measures, and a busy one more; the list that is asked for every
 * 30 s would be too late.
 */
const SOON_MS = 10_000;

let engine: RealEngine;
let problems: ProblemBoard;
/** The last list that was handed over; undefined before the first. */
let services: readonly DiscoveredService[] | undefined;
let stopping: string[];
let stop: AbortController;
let running: Promise<void>;

function startDiscovery(): void {
  const wall = systemWallClock();
  [problems, services, stopping, stop] = [new ProblemBoard(wall), undefined, [], new AbortController()];
  const discovery = new DockerDiscovery(NAMED_LIKE_CONTAINERS, {
    engine: dockerEngine({ url: `unix://${engine.socket}`, certPath: undefined }),
    onListed: (_source, listed) => (services = listed),
    onStopping: (id) => stopping.push(id),
    drainingSinceNs: () => undefined,
    onRestarted: () => undefined,
    ...{ clock: systemClock, problems, log: silent },
  });
  running = discovery.run(stop.signal, () => undefined);
}

async function stopDiscovery(): Promise<void> {
  stop.abort();
  await running;
}

const names = (): readonly string[] => (services ?? []).map(({ name }) => name).sort();
const idOf = (name: string): string => services?.find((service) => service.name === name)?.id ?? '';
const isLost = (): boolean => problems.list().some(({ code }) => code === 'DOCKER_LOST');

/** What is listed equals what runs. */
async function untilAsDockerPs(): Promise<void> {
  const expected = JSON.stringify(await engine.ps());
  await until(`${expected} is listed`, () => services !== undefined && JSON.stringify(names()) === expected, SOON_MS);
}

describeWithEngine('discovery on a real engine', () => {
  beforeAll(async () => {
    engine = await RealEngine.start();
  });
  afterAll(() => engine.destroy());
  beforeEach(startDiscovery);
  afterEach(async () => {
    await stopDiscovery();
    await engine.removeContainers();
  }, 300_000);

  test('a container is listed with its published port as it starts, and gone as it is killed', async () => {
    await until('the engine is listed', () => services);
    const container = await engine.run('web', { labels: { ServicePort_80: '9000' }, ports: [80] });
    const [web] = await until('web is listed', () => (services?.length === 1 ? services : undefined));
    const { Ports } = (await container.inspect()).NetworkSettings;
    expect(web?.ports).toEqual([
      { type: 'tcp', port: Number(Ports['80/tcp']?.[0]?.HostPort), servicePort: 9000, ip: '127.0.0.1' },
    ]);
    await container.kill();
    await until('web is gone', () => services?.length === 0);
    expect(stopping).toEqual([]);
    await pause(1_000); // the engine listed it as running for a while
    expect(names()).toEqual([]);
  });

  test('a stopped container is told of as stopping while it still runs, whatever signal stops it', async () => {
    await engine.run('term', { script: "trap 'sleep 3; exit 0' TERM; while :; do sleep 3600 & wait $!; done" });
    const quit = await engine.run('quit', {
      stopSignal: 'SIGQUIT',
      script: "trap 'sleep 3; exit 0' QUIT; trap '' HUP; while :; do sleep 3600 & wait $!; done",
    });
    await untilAsDockerPs();
    const ids = [idOf('quit'), idOf('term')].sort();
    await quit.kill({ signal: 'SIGHUP' });
    const stops = ['term', 'quit'].map((name) => engine.docker.getContainer(name).stop());
    await until('both are stopping', () => stopping.length === 2);
    expect(names()).toEqual(['quit', 'term']);
    expect(stopping.toSorted()).toEqual(ids);
    await Promise.all(stops);
    await until('both are gone', () => services?.length === 0);
  });

  test('a restarted container is gone and back, a renamed or paused one is as docker ps shows it', async () => {
    const container = await engine.run('web');
    await untilAsDockerPs();
    await container.rename({ name: 'shop' });
    await untilAsDockerPs();
    await container.pause();
    await container.unpause();
    await container.restart();
    await until('it is listed again', () => services?.length === 1);
    await pause(1_000); // late answers must not take it away
    expect(names()).toEqual(['shop']);
  });

  test('50 containers started and then stopped as fast as the engine can are listed as docker ps shows them', async () => {
    const started = Array.from({ length: 50 }, (_, i) => engine.run(`web-${i}`));
    const containers = await Promise.all(started);
    expect(await engine.ps()).toHaveLength(50);
    await untilAsDockerPs();
    await Promise.all(containers.map((container) => container.stop()));
    await untilAsDockerPs();
    expect(names()).toEqual([]);
  });

  test('200 containers are listed', async () => {
    for (let first = 0; first < 200; first += 20)
      await Promise.all(Array.from({ length: 20 }, (_, i) => engine.run(`web-${first + i}`)));
    expect(await engine.ps()).toHaveLength(200);
    await untilAsDockerPs();
    await stopDiscovery();
    startDiscovery();
    await untilAsDockerPs();
  }, 300_000);

  test('a frozen engine is noticed, its containers stay, and what happened meanwhile is known when it thaws', async () => {
    await engine.run('web');
    await untilAsDockerPs();
    engine.signal('SIGSTOP');
    await until('the engine is lost', isLost, 30_000);
    expect(names()).toEqual(['web']);
    const late = engine.run('late'); // done by the engine when it thaws
    engine.signal('SIGCONT');
    await late;
    await untilAsDockerPs();
    await until('the engine is steady', () => !isLost());
  });

  test('a socket that is removed is marked, and does not end its containers', async () => {
    await engine.run('web');
    await untilAsDockerPs();
    await engine.withoutSocket(() => until('the engine is lost', isLost));
    expect(names()).toEqual(['web']);
    await until('the engine is steady', () => !isLost());
    expect(names()).toEqual(['web']);
  });

  test('an engine that stops takes its containers with it, and one that comes back is listed again', async () => {
    await engine.run('web');
    await untilAsDockerPs();
    await engine.down();
    await until('the engine is lost', isLost);
    await engine.up();
    await untilAsDockerPs();
    await engine.docker.getContainer('web').start();
    await untilAsDockerPs();
    expect(names()).toEqual(['web']);
  });

  test('an engine that was never reached has listed nothing', async () => {
    await stopDiscovery();
    await engine.run('web');
    await engine.down();
    startDiscovery();
    await until('the engine is lost', isLost);
    expect(services).toBeUndefined();
    await engine.up();
    await untilAsDockerPs();
  });
});

describeWithEngine('discovery on an engine that lets containers live while it restarts', () => {
  beforeAll(async () => {
    engine = await RealEngine.start(['--live-restore']);
  });
  afterAll(() => engine.destroy());
  beforeEach(startDiscovery);
  afterEach(stopDiscovery);

  test('keeps them listed all the time', async () => {
    await engine.run('web');
    await untilAsDockerPs();
    await engine.down();
    await until('the engine is lost', isLost);
    expect(names()).toEqual(['web']);
    await engine.up();
    await until('the engine is steady', () => !isLost());
    expect(names()).toEqual(['web']);
    await untilAsDockerPs();
  });
});
