import { rmSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { target, type Agent } from '../support/agent.js';
import { addressOf, Cluster } from '../support/cluster.js';
import { Load } from '../support/load.js';
import { Backend, freePorts, get } from '../support/network.js';
import { haproxyPid } from '../support/proxy-figures.js';
import { problemTexts, proxyReport, serverNames } from '../support/proxy-report.js';
import { until } from '../support/until.js';

const CHECK = { Type: 'AlwaysSuccessful' };
/** Until the others hold a host for dead whose agent was killed. */
const LOST_WITHIN_MS = 40_000;

/** An agent that may apply does so within a fraction of this. */
const TIME_TO_ERR_MS = 3_000;

const open: { destroy(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.destroy();
});

/** Three agents with an HAProxy each; two services of which the only instances are on h1. */
class Trio {
  private constructor(
    readonly cluster: Cluster,
    private readonly backends: readonly Backend[],
    private readonly ports: readonly number[],
  ) {}

  static async start(haproxy: readonly string[] = []): Promise<Trio> {
    const backends = [await Backend.start('web'), await Backend.start('other')];
    for (const backend of backends) open.push({ destroy: () => backend.stop() });
    const [web, other] = backends;
    if (!web || !other) throw new Error('unreachable: two were started');
    const ports = await freePorts(2);
    const [webPort = 0, otherPort = 0] = ports;
    const cluster = await Cluster.start(3, {
      haproxy: ['stop_on_exit = false', ...haproxy],
      targets: (n) =>
        n === 1 ? [target('web', web.port, webPort, CHECK), target('other', other.port, otherPort, CHECK)] : [],
    });
    open.push(cluster);
    const trio = new Trio(cluster, backends, ports);
    for (const n of [2, 3]) await until(`h${n} serves h1's services`, () => trio.serves(n));
    return trio;
  }

  /** Where the n-th host serves web, or the other one. */
  url(n: number, service: 'web' | 'other'): string {
    return `http://${addressOf(n)}:${this.ports[service === 'web' ? 0 : 1]}/`;
  }

  async status(n: number, service: 'web' | 'other'): Promise<number> {
    return (await get(this.url(n, service))).status;
  }

  async serves(n: number): Promise<boolean> {
    return (await this.status(n, 'web')) === 200 && (await this.status(n, 'other')) === 200;
  }

  /** A constant load on web through the n-th host. */
  load(n: number): Load {
    const load = new Load(this.url(n, 'web'), 2);
    open.push(load);
    return load;
  }

  /** web is no longer in h1's file. */
  removeWeb(): void {
    const [, other] = this.backends;
    this.cluster.agent(1).writeTargets([target('other', other?.port ?? 0, this.ports[1] ?? 0, CHECK)]);
  }

  async killAgent(n: number): Promise<void> {
    this.cluster.agent(n).kill('SIGKILL');
    await this.cluster.agent(n).ended();
  }
}

/** Each of the two services of h1 is served by one stale server. */
async function isStale(agent: Agent): Promise<boolean> {
  const { stale } = await proxyReport(agent);
  return (
    stale
      .map(({ service, servers }) => `${service} ${servers}`)
      .sort()
      .join() === 'other 1,web 1'
  );
}

test('services whose agent was killed are served on, by agents that restart meanwhile, too; its return takes no reload', async () => {
  const trio = await Trio.start();
  const { cluster } = trio;
  const [h2, h3] = [cluster.agent(2), cluster.agent(3)];
  const pids = [await haproxyPid(h2), await haproxyPid(h3)];
  const loads = [trio.load(2), trio.load(3)];
  const since = performance.now();

  await trio.killAgent(1);
  for (const agent of [h2, h3]) {
    await until('its services are stale', () => isStale(agent), LOST_WITHIN_MS);
    await until('HAProxy has checked servers in their place, and no others', async () =>
      (await serverNames(agent)).every((name) => name.endsWith('-stale checked')),
    );
  }
  expect((await problemTexts(h2)).filter((text) => text.startsWith('SERVICE_STALE: '))).toHaveLength(2);

  await trio.killAgent(2);
  cluster.spawn(2);
  await h2.untilReady();
  await until('they are stale for the restarted agent', () => isStale(h2));

  cluster.spawn(1);
  for (const agent of [h2, h3]) {
    await until('nothing is stale', async () => (await proxyReport(agent)).stale.length === 0);
    await until('HAProxy has the living ones, and no others', async () => {
      const names = await serverNames(agent);
      return names.length === 2 && names.every((name) => /^h1-[0-9a-f]+$/.test(name));
    });
  }
  expect([await haproxyPid(h2), await haproxyPid(h3)]).toEqual(pids);
  for (const load of loads) {
    await load.stop();
    expect(load.failuresSince(since)).toEqual([]);
    expect(load.attempts.length).toBeGreaterThan(100);
  }
});

test('a restarted agent that knows nothing and reaches nobody leaves what HAProxy serves as it is', async () => {
  const trio = await Trio.start(['startup_grace = "60s"']);
  const { cluster } = trio;
  const h3 = cluster.agent(3);
  const load = trio.load(3);
  const since = performance.now();
  const before = await serverNames(h3);

  cluster.cutOff(3);
  await trio.killAgent(3);
  rmSync(h3.path('state'), { recursive: true });
  cluster.spawn(3);
  await until('it runs', async () => (await get(h3.url('/health'))).status === 200);
  const up = performance.now();
  await until('it had time to empty HAProxy', () => performance.now() > up + TIME_TO_ERR_MS);
  expect(Object.keys((await h3.catalog()).Services)).toEqual([]);
  expect(await serverNames(h3)).toEqual(before);
  expect(await trio.serves(3)).toBe(true);

  cluster.heal();
  await until('it knows them again', async () => (await h3.instances('web')).length === 1, LOST_WITHIN_MS);
  await h3.untilReady();
  await load.stop();
  expect(load.failuresSince(since)).toEqual([]);
  expect(load.answeredSince(since)).toEqual(new Set(['web']));
});

test('an instance that was seen to die is no server any more, and its port answers 503', async () => {
  const trio = await Trio.start();
  const h2 = trio.cluster.agent(2);
  const pid = await haproxyPid(h2);
  trio.removeWeb();
  await until('its port answers 503', async () => (await trio.status(2, 'web')) === 503, 5_000);
  expect((await proxyReport(h2)).stale).toEqual([]);
  expect(await trio.status(2, 'other')).toBe(200);
  expect(await haproxyPid(h2)).toBe(pid);
});

test('stale servers are held for stale_hold, and no longer', async () => {
  const trio = await Trio.start(['stale_hold = "3s"']);
  const h2 = trio.cluster.agent(2);
  await trio.killAgent(1);
  await until('its services are stale', () => isStale(h2), LOST_WITHIN_MS);
  expect(await trio.serves(2)).toBe(true);
  await until('the hold is over', async () => (await trio.status(2, 'web')) === 503);
  await until('nothing is stale', async () => (await proxyReport(h2)).stale.length === 0);
});
