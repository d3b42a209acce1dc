import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type Docker from 'dockerode';
import { BASE_IMAGE, importBaseImage, whyNoBaseImage } from '../support/base-image.js';
import { Compose } from '../support/compose.js';
import { RealEngine, whyNoEngine } from '../support/docker-engine.js';
import { freePorts, get, getJson } from '../support/network.js';
import { Traffic } from '../support/traffic.js';
import { until } from '../support/until.js';

const why = whyNoEngine() ?? whyNoBaseImage();
if (why !== undefined) process.stderr.write(`skipped the tests with containers: ${why}\n`);
const describeWithEngine = why === undefined ? describe : describe.skip;

const BUILD_MS = 15 * 60_000;
jest.setTimeout(4 * 60_000);

const SERVICE = resolve('test/support/container-service.mjs');
const subnet = (n: number): string => `198.19.${(process.pid + n) % 256}`;

/** Docker's short form, which is a container's host name, too. */
const shortId = ({ id }: Docker.Container): string => id.slice(0, 12);

interface Process {
  readonly pid: number;
  readonly user: string;
  readonly command: string;
}

/** What runs in a container. The numbers are those of this host. */
async function processesIn(container: Docker.Container): Promise<readonly Process[]> {
  const { Titles, Processes } = (await container.top()) as { Titles: string[]; Processes: string[][] };
  const [pid, user, command] = ['PID', 'UID', 'CMD'].map((title) => Titles.indexOf(title));
  return Processes.map((row) => ({
    pid: Number(row[pid ?? -1]),
    user: row[user ?? -1] ?? '',
    command: row[command ?? -1] ?? '',
  }));
}

/** The number of the last process that it is true of: never 0, which would stand for the tests themselves. */
function pidOf(processes: readonly Process[], isIt: (process: Process) => boolean): number {
  const found = processes.findLast(isIt);
  if (!found) throw new Error(`not among ${processes.map(({ command }) => command).join(', ')}`);
  return found.pid;
}

const isHaproxy = ({ command }: Process): boolean => command.startsWith('haproxy ');
const isApi = ({ command }: Process): boolean => command.startsWith('node ') && command.includes('haproxy-api.js');

async function logOf(container: Docker.Container): Promise<string> {
  return (await container.logs({ stdout: true, stderr: true })).toString();
}

/** Its address in its only network. */
async function addressOf(container: Docker.Container): Promise<string> {
  const { NetworkSettings } = await container.inspect();
  return Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? '';
}

const answers = async (port: number): Promise<string> => {
  const { status, body } = await get(`http://127.0.0.1:${port}/`);
  if (status !== 200) throw new Error(`status ${status}`);
  return body;
};

/** Waits until each of `patterns` has answered at a port. */
function untilAnsweredBy(port: number, patterns: readonly RegExp[]): Promise<unknown> {
  const seen = new Set<RegExp>();
  return until(`${patterns.join(' and ')} at port ${port}`, async () => {
    const body = await answers(port);
    for (const pattern of patterns) if (pattern.test(body)) seen.add(pattern);
    return seen.size === patterns.length;
  });
}

describeWithEngine('containers', () => {
  let engine: RealEngine;

  beforeAll(async () => {
    engine = await RealEngine.start();
    await importBaseImage(engine);
    // Only on the host's network is there a way to the registries.
    const build = { build: { network: 'host' } };
    for (const file of ['docker-compose.yml', 'docker-compose.pull.yml']) {
      const env = { BASE_IMAGE, PULL_BASE_IMAGE: BASE_IMAGE };
      const compose = new Compose(engine, file, env, { version: '3.7', services: { sidecar: build, haproxy: build } });
      await compose.run('build').finally(() => compose.destroy());
    }
  }, BUILD_MS);
  afterAll(async () => {
    await engine.removeContainers();
    await engine.docker.pruneNetworks(); // their bridges would outlive the engine, had a `down` failed
    await engine.destroy();
  });

  describe('one host', () => {
    let compose: Compose;
    let [hello, world, api]: readonly number[] = [];

    const port = (): number => hello ?? 0;
    const scale = (count: number): Promise<void> => compose.up('--no-recreate', '--scale', `hello=${count}`, 'hello');
    const haproxies = async (): Promise<readonly number[]> =>
      (await processesIn(await compose.container('haproxy'))).filter(isHaproxy).map(({ pid }) => pid);
    const load = (): Traffic =>
      new Traffic([
        { port: port(), kind: 'keep-alive', workers: 3, pauseMs: 10 },
        { port: port(), kind: 'close', workers: 3, pauseMs: 10 },
        { port: port(), kind: 'stream', workers: 4, pauseMs: 100 },
      ]);
    /** Until every instance that runs has answered from now on. */
    const untilServed = async (traffic: Traffic): Promise<void> => {
      for (const name of (await compose.containers('hello')).map(shortId)) {
        const before = traffic.answersOf(name);
        await until(`${name} answers`, () => traffic.answersOf(name) > before + 3, 30_000);
      }
    };
    /** A load that goes on while `during` runs: no request fails, and HAProxy stays the same processes. */
    const underLoad = async (during: (traffic: Traffic) => Promise<void>): Promise<void> => {
      const before = await haproxies();
      const traffic = load();
      try {
        await untilServed(traffic);
        await during(traffic);
        await traffic.stop();
      } finally {
        await traffic.destroy();
      }
      expect(traffic.failures).toEqual([]);
      expect(traffic.requests).toBeGreaterThan(100);
      expect(await haproxies()).toEqual(before);
    };
    const withoutAgent = async (during: () => Promise<void>): Promise<void> => {
      await (await compose.container('sidecar')).remove({ force: true });
      await during();
      await compose.up('--no-recreate', 'sidecar');
      await until('the new agent is ready', async () => (await get(`http://127.0.0.1:${api}/ready`)).status === 200);
    };

    beforeAll(async () => {
      [hello, world, api] = await freePorts(3);
      const env = { SUBNET: subnet(0), HELLO_PORT: `${hello}`, WORLD_PORT: `${world}`, API_PORT: `${api}` };
      compose = new Compose(engine, 'docker-compose.yml', env, {
        version: '3.7',
        services: { hello: { entrypoint: ['node', '/service.mjs'], volumes: [`${SERVICE}:/service.mjs:ro`] } },
      });
      await compose.up();
      await until('hello is served', () => answers(port()), 30_000);
    });
    afterAll(() => compose.destroy());

    test('a request to the HAProxy container reaches a sample service in another', async () => {
      const name = shortId(await compose.container('world'));
      expect(await until('world is served', () => answers(world ?? 0))).toBe(`world from ${name}\n`);
    });

    test('the agent, HAProxy and haproxy-api give up root', async () => {
      const containers = [await compose.container('sidecar'), await compose.container('haproxy')];
      const all = (await Promise.all(containers.map(processesIn))).flat();
      expect(all.filter(({ user }) => user === 'root').map(({ command }) => command.split(' ')[0])).toEqual([
        '/usr/bin/tini',
        '/usr/bin/tini',
      ]);
    });

    test('scaling up and down under load: no request fails, nothing is reloaded', async () => {
      await underLoad(async (traffic) => {
        await scale(4);
        await untilServed(traffic);
        await scale(2);
        await untilServed(traffic);
      });
    });

    test('the agent is killed and replaced under load: no request fails, and the new one is followed', async () => {
      await underLoad(async (traffic) => {
        await withoutAgent(async () => {
          const { requests } = traffic;
          await until('HAProxy serves without an agent', () => traffic.requests > requests + 300, 30_000);
        });
        await scale(3);
        await untilServed(traffic);
        await scale(2);
      });
    });

    test('haproxy-api is killed under load: no request fails, and another takes its place', async () => {
      await underLoad(async (traffic) => {
        const container = await compose.container('haproxy');
        const killed = pidOf(await processesIn(container), isApi);
        process.kill(killed, 'SIGKILL');
        await until('another runs', async () => pidOf(await processesIn(container), isApi) !== killed);
        await scale(3);
        await untilServed(traffic);
        await scale(2);
      });
    });

    test('a restarted HAProxy container serves the last good configuration at once', async () => {
      await (await compose.container('haproxy')).restart();
      await until('it serves', () => answers(port()));
    });

    test('so it does without an agent, restarted or replaced', async () => {
      await withoutAgent(async () => {
        await (await compose.container('haproxy')).restart();
        await until('it serves', () => answers(port()));
        const replaced = await compose.container('haproxy');
        await compose.up('--no-deps', '--force-recreate', 'haproxy');
        await until('it serves', () => answers(port()));
        expect(shortId(await compose.container('haproxy'))).not.toBe(shortId(replaced));
      });
    });

    test("HAProxy's end ends its container with its status, and a container that is started anew serves", async () => {
      const container = await compose.container('haproxy');
      const ended = container.wait({ condition: 'next-exit' }) as Promise<{ StatusCode: number }>;
      process.kill(pidOf(await processesIn(container), isHaproxy), 'SIGSEGV'); // a worker: the master is older
      expect((await ended).StatusCode).toBe(128 + 11);
      await until('it serves', () => answers(port()));
    });

    test('a configuration that HAProxy refuses is set aside, and replaced by what the agent tells', async () => {
      const container = await compose.container('haproxy');
      const spoil = await container.exec({ Cmd: ['sh', '-c', 'echo broken >/var/lib/haproxy-api/haproxy.cfg'] });
      await spoil.start({ Detach: true });
      await until('it is written', async () => (await spoil.inspect()).ExitCode === 0);
      await container.restart();
      await until('it serves', () => answers(port()));
      expect(await logOf(container)).toContain('HAProxy does not start on /var/lib/haproxy-api/haproxy.cfg');
    });

    test('a stopped HAProxy container finishes what it has begun; it ends with status 0, and without a zombie before', async () => {
      const container = await compose.container('haproxy');
      await until('no zombie is left', async () =>
        (await processesIn(container)).every(({ command }) => !command.includes('<defunct>')),
      );
      const begun = await fetch(`http://127.0.0.1:${port()}/stream`, {
        headers: { connection: 'close', 'x-request': 'last' },
      });
      const stopped = container.stop();
      expect((await begun.text()).split('\n').filter((line) => line.startsWith('last '))).toHaveLength(50);
      await stopped;
      expect((await container.inspect()).State.ExitCode).toBe(0);
      await container.start();
      await until('it serves', () => answers(port()));
    });

    test("the agent's image alone: HAProxy runs beside the agent, and neither is root", async () => {
      const container = await engine.docker.createContainer({
        Image: 'sidecar',
        Env: ['BIND_IP=0.0.0.0', `ADVERTISE_IP=${subnet(0)}.1`],
        HostConfig: { Binds: [`${engine.socket}:/var/run/docker.sock`], NetworkMode: 'sidecar_default' },
      });
      await container.start();
      const url = `http://${await addressOf(container)}:8080/`;
      await until('it serves hello', async () => (await get(url)).status === 200);
      const ofRoot = (await processesIn(container)).filter(({ user }) => user === 'root');
      expect(ofRoot.map(({ command }) => command.split(' ')[0])).toEqual(['/usr/bin/tini']);
      await container.stop();
      expect((await container.inspect()).State.ExitCode).toBe(0);
      await container.remove();
    });

    test.each([
      { right: 'with', CapAdd: ['NET_ADMIN'], onLo: true },
      { right: 'without', CapAdd: [], onLo: false },
    ])('192.168.168.168 is put on lo $right NET_ADMIN: $onLo', async ({ CapAdd, onLo }) => {
      const HostConfig = { CapAdd, NetworkMode: 'none' };
      const container = await engine.docker.createContainer({ Image: 'sidecar-haproxy', HostConfig });
      await container.start();
      await until('HAProxy runs', async () => (await processesIn(container)).some(isHaproxy));
      const look = await container.exec({
        Cmd: ['sh', '-c', 'ip -o address show lo | grep -q 192.168.168.168/32'],
      });
      await look.start({ Detach: true });
      const { ExitCode } = await until('it was looked', async () => {
        const state = await look.inspect();
        return state.ExitCode === null ? undefined : state;
      });
      expect(ExitCode === 0).toBe(onLo);
      expect((await logOf(container)).includes('192.168.168.168 is not put on lo')).toBe(!onLo);
      await container.remove({ force: true });
    });
  });

  describe('two hosts on one machine', () => {
    let compose: Compose;
    let ports: readonly number[];

    beforeAll(async () => {
      ports = await freePorts(2);
      const [a, b] = ports;
      const env = { SUBNET_A: subnet(1), SUBNET_B: subnet(2), PORT_A: `${a}`, PORT_B: `${b}` };
      compose = new Compose(engine, 'docker-compose.two-hosts.yml', env, { version: '3.7' });
      await compose.up();
    });
    afterAll(() => compose.destroy());

    test('each HAProxy serves the instances of both', async () => {
      for (const port of ports) await untilAnsweredBy(port, [/hello on host a/, /hello on host b/]);
    });

    test('each agent announces the containers with its label, and no other', async () => {
      const address = await addressOf(await compose.container('agent-a'));
      const { Services } = (await getJson(`http://${address}:7777/services.json`)) as {
        Services: Record<string, { ID: string; Hostname: string }[]>;
      };
      const found = Object.values(Services).flatMap((instances) => instances.map(({ ID, Hostname }) => [Hostname, ID]));
      expect(found.sort()).toEqual([
        ['host-a', shortId(await compose.container('hello-a'))],
        ['host-b', shortId(await compose.container('hello-b'))],
      ]);
    });

    test('an instance that is stopped on one host is taken out on both', async () => {
      await compose.run('stop', 'hello-a');
      for (const port of ports) {
        const bodies = await Promise.all(Array.from({ length: 6 }, () => answers(port)));
        expect(bodies.filter((body) => !body.startsWith('hello on host b'))).toEqual([]);
      }
    });
  });

  describe('a pulled configuration', () => {
    let compose: Compose;
    let hello = 0;

    beforeAll(async () => {
      [hello = 0] = await freePorts(1);
      const env = { SUBNET: subnet(3), HELLO_PORT: `${hello}` };
      compose = new Compose(engine, 'docker-compose.pull.yml', env, { version: '3.7' });
      await compose.up();
    });
    afterAll(() => compose.destroy());

    test('HAProxy, a shell and curl serve what the agent knows', async () => {
      const name = shortId(await compose.container('hello'));
      await untilAnsweredBy(hello, [new RegExp(`hello from ${name}`)]);
    });

    test('an instance more is served, too', async () => {
      await compose.up('--no-recreate', '--scale', 'hello=2', 'hello');
      const names = (await compose.containers('hello')).map(shortId);
      await untilAnsweredBy(
        hello,
        names.map((name) => new RegExp(name)),
      );
    });

    test('a restarted container serves the last good configuration without the agent', async () => {
      await (await compose.container('sidecar')).remove({ force: true });
      await (await compose.container('haproxy')).restart();
      await until('it serves', () => answers(hello));
    });
  });
});
