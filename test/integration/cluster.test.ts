import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { target, type Agent } from '../support/agent.js';
import { addressOf, Cluster, type ClusterSetup } from '../support/cluster.js';
import { Load } from '../support/load.js';
import { Backend, freePorts, get } from '../support/network.js';
import { pause, until } from '../support/until.js';

const ALIVE = 0;
const TOMBSTONE = 1;

const opened: { destroy(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.destroy();
});

async function cluster(count: number, setup: ClusterSetup = {}): Promise<Cluster> {
  const started = await Cluster.start(count, setup);
  opened.push(started);
  return started;
}

async function backend(name: string): Promise<Backend> {
  const started = await Backend.start(name);
  opened.push({ destroy: () => started.stop() });
  return started;
}

/** An instance whose check needs nobody. */
const steady = (name: string, port = 9): unknown => target(name, port, 0, { Type: 'AlwaysSuccessful' });

/** Status of the instances of a service, by host, as one agent sees them. */
async function statusOf(agent: Agent, name: string): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries((await agent.instances(name)).map(({ Hostname, Status }) => [Hostname, Status]));
}

async function untilStatus(agents: readonly Agent[], name: string, host: string, status: number): Promise<void> {
  for (const agent of agents)
    await until(
      `${name} of ${host} has status ${status} for the agent at ${agent.httpPort}`,
      async () => (await statusOf(agent, name))[host] === status,
      60_000,
    );
}

describe('three agents', () => {
  test('a service of one host is reached at its port on every host, and gone everywhere when it is gone', async () => {
    const web = await backend('web');
    const [servicePort = 0] = await freePorts(1);
    const { agents } = await cluster(3, {
      haproxy: true,
      targets: (n) => (n === 3 ? [target('web', web.port, servicePort)] : []),
    });
    for (const n of [1, 2, 3]) {
      await until(`HAProxy of h${n} leads to it`, async () => {
        return (await get(`http://${addressOf(n)}:${servicePort}/`)).body === 'web';
      });
    }
    await web.stop();
    await untilStatus(agents, 'web', 'h3', 2);
    agents[2]?.writeTargets([]);
    await untilStatus(agents, 'web', 'h3', TOMBSTONE);
  });

  test('a killed host is seen to be dead by the others, and its services with it', async () => {
    const { agents } = await cluster(3, { targets: () => [steady('web')] });
    const [h1, h2, h3] = agents as [Agent, Agent, Agent];
    await untilStatus([h1, h2], 'web', 'h3', ALIVE);
    h3.kill('SIGKILL');
    await untilStatus([h1, h2], 'web', 'h3', TOMBSTONE);
    expect((await h1.members())['h3']?.state).toBe('dead');
    expect(await statusOf(h1, 'web')).toEqual({ h1: ALIVE, h2: ALIVE, h3: TOMBSTONE });
  });

  test('a host that stands still for four seconds is not taken for dead', async () => {
    const { agents } = await cluster(3, { targets: () => [steady('web')] });
    const [h1, h2, h3] = agents as [Agent, Agent, Agent];
    await untilStatus([h1, h2], 'web', 'h3', ALIVE);
    h3.kill('SIGSTOP');
    await pause(4_000);
    h3.kill('SIGCONT');
    await until('h3 has refuted', async () => ((await h1.members())['h3']?.incarnation ?? 0) > 1);
    for (const agent of agents) expect(Object.values(await statusOf(agent, 'web'))).toEqual([ALIVE, ALIVE, ALIVE]);
    for (const agent of agents) expect(agent.log).not.toMatch(/member-lost/);
  });

  test('a partition heals: nothing is lost, and nothing that died meanwhile comes back', async () => {
    const all = await cluster(3, { targets: (n) => [steady('web'), ...(n === 3 ? [steady('mortal', 10)] : [])] });
    const [h1, h2, h3] = all.agents as [Agent, Agent, Agent];
    await untilStatus(all.agents, 'mortal', 'h3', ALIVE);
    all.cutOff(3);
    await untilStatus([h1, h2], 'web', 'h3', TOMBSTONE);
    await untilStatus([h3], 'web', 'h1', TOMBSTONE);
    h3.writeTargets([steady('web'), steady('newborn', 11)]);
    await untilStatus([h3], 'mortal', 'h3', TOMBSTONE);
    all.heal();
    await all.untilAllAlive();
    for (const host of ['h1', 'h2', 'h3']) await untilStatus(all.agents, 'web', host, ALIVE);
    await untilStatus(all.agents, 'newborn', 'h3', ALIVE);
    for (const agent of all.agents) expect(await statusOf(agent, 'mortal')).toEqual({ h3: TOMBSTONE });
  });

  test('a restart drops no request of others to its services', async () => {
    const web = await backend('web');
    const [servicePort = 0] = await freePorts(1);
    const all = await cluster(2, {
      haproxy: true,
      targets: (n) => (n === 2 ? [target('web', web.port, servicePort)] : []),
    });
    const [h1, h2] = all.agents as [Agent, Agent];
    const url = `http://${addressOf(1)}:${servicePort}/`;
    await until('h1 leads to it', async () => (await get(url)).body === 'web');
    const load = new Load(url);
    opened.push(load);
    const start = performance.now();
    h2.kill('SIGTERM');
    await h2.ended();
    all.spawn(2);
    await h2.untilReady();
    await until('h1 has heard of its new life', async () => ((await h1.members())['h2']?.incarnation ?? 0) > 1);
    await load.stop();
    expect(load.failuresSince(start)).toEqual([]);
    expect(await statusOf(h1, 'web')).toEqual({ h2: ALIVE });
    expect(h1.log).not.toMatch(/member-lost/);
  });

  test('who leaves has told everybody first: its services are tombstones before anyone misses it', async () => {
    const { agents } = await cluster(3, { targets: () => [steady('web')] });
    const [h1, h2, h3] = agents as [Agent, Agent, Agent];
    await untilStatus([h1, h2], 'web', 'h3', ALIVE);
    expect(await h3.post('/api/leave')).toBe(202);
    expect(await h3.ended()).toEqual({ code: 0, signal: null });
    await untilStatus([h1, h2], 'web', 'h3', TOMBSTONE);
    for (const agent of [h1, h2]) {
      await until('it left', async () => (await agent.members())['h3']?.state === 'left');
      expect(agent.log).not.toMatch(/member-lost/);
    }
  });

  test('leave_on_terminate makes of every SIGTERM a leave', async () => {
    const { agents } = await cluster(2, { targets: () => [steady('web')], sidecar: ['leave_on_terminate = true'] });
    const [h1, h2] = agents as [Agent, Agent];
    await untilStatus([h1], 'web', 'h2', ALIVE);
    h2.kill('SIGTERM');
    expect(await h2.ended()).toEqual({ code: 0, signal: null });
    await until('it left', async () => (await h1.members())['h2']?.state === 'left');
    expect(await statusOf(h1, 'web')).toEqual({ h1: ALIVE, h2: TOMBSTONE });
  });

  test('an agent that starts alone serves what it knew, and tries to find the others again', async () => {
    const all = await cluster(2, { targets: () => [steady('web')] });
    const [h1, h2] = all.agents as [Agent, Agent];
    await untilStatus([h2], 'web', 'h1', ALIVE);
    h2.kill('SIGTERM');
    await h2.ended();
    h1.kill('SIGKILL');
    await h1.ended();
    all.spawn(2);
    await h2.untilReady();
    expect(await statusOf(h2, 'web')).toEqual({ h1: ALIVE, h2: ALIVE });
    expect(await h2.problems()).toContain('SEEDS_UNREACHABLE');
    all.spawn(1);
    await all.untilAllAlive();
    await until('all is well again', async () => (await h2.problems()).length === 0);
  });

  test('what was kept and is damaged is left alone, with a word, and the agent starts', async () => {
    const all = await cluster(2, { targets: () => [steady('web')] });
    const [, h2] = all.agents as [Agent, Agent];
    await untilStatus([h2], 'web', 'h1', ALIVE);
    h2.kill('SIGTERM');
    await h2.ended();
    rmSync(h2.path('state'), { recursive: true });
    writeFileSync(h2.path('state'), 'not a directory');
    all.spawn(2);
    await h2.untilReady();
    await untilStatus([h2], 'web', 'h1', ALIVE);
    expect(await h2.problems()).toContain('STATE_NOT_KEPT');
  });

  test('the key is changed while the cluster runs: new one accepted, then used, then the old one dropped', async () => {
    const [oldKey, newKey] = ['AAECAwQFBgcICQoLDA0ODw==', 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='];
    const all = await Cluster.start(3, {
      targets: () => [steady('web')],
      sidecar: [`gossip_keys_file = "keys"`],
      files: { keys: `${oldKey}\n` },
    });
    opened.push(all);
    for (const keys of [`${oldKey}\n${newKey}\n`, `${newKey}\n${oldKey}\n`, `${newKey}\n`]) {
      for (const agent of all.agents) {
        const seen = agent.log.length;
        writeFileSync(agent.path('keys'), keys);
        await until('the keys were taken in', () => /gossip keys/.test(agent.log.slice(seen)));
      }
    }
    all.agents[2]?.writeTargets([steady('web'), steady('after', 10)]);
    await untilStatus(all.agents, 'after', 'h3', ALIVE);
    for (const agent of all.agents) {
      expect(agent.log).not.toMatch(/member-lost/);
      expect(await agent.problems()).toEqual([]);
    }
  });
});
