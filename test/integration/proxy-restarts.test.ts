import { afterEach, expect, test } from '@jest/globals';
import type { Instance } from '../support/fleet.js';
import { haproxyPid, proxyFacts, serversOf } from '../support/proxy-figures.js';
import { ProxyWorld } from '../support/proxy-world.js';
import { pause, until } from '../support/until.js';

const SETUP = {
  services: 3,
  instances: 3,
  checkedEach: 3,
  checkEvery: '500ms',
  haproxy: ['stop_on_exit = false'],
};

/** After the last change of a burst. */
const KILLED_AFTER_MS = [5, 60, 120, 250];

let world: ProxyWorld | undefined;
afterEach(() => world?.destroy());

test('an agent restarted ten times under load, by SIGTERM and by SIGKILL, fails no request and leaves HAProxy alone', async () => {
  world = await ProxyWorld.start(SETUP);
  const { agent } = world;
  const pid = await haproxyPid(agent);
  const traffic = world.load();
  for (let n = 0; n < 10; n += 1) {
    agent.kill(n % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
    await agent.ended();
    agent.spawn();
    await agent.untilReady();
    expect(await haproxyPid(agent)).toBe(pid);
  }
  await traffic.stop();
  expect({ failed: traffic.failed, failures: traffic.failures }).toEqual({ failed: 0, failures: [] });
  expect(traffic.requests).toBeGreaterThan(1_000);
  expect((await proxyFacts(agent)).reloads.total).toBe(0);
});

test('an agent killed in the middle of a burst of changes of servers: the next one applies them all without a reload', async () => {
  world = await ProxyWorld.start(SETUP);
  const { agent, backends, fleet } = world;
  await until('HAProxy runs the fleet', async () => fleet.isServed(await serversOf(agent)));
  const pid = await haproxyPid(agent);
  const traffic = world.load();
  for (const delayMs of KILLED_AFTER_MS) {
    const removed = await burst(world);
    await pause(delayMs); // where in its work the agent is killed is the point
    agent.kill('SIGKILL');
    await agent.ended();
    agent.spawn();
    await agent.untilReady();
    await until('HAProxy runs what the file lists', async () => fleet.isServed(await serversOf(agent)));
    for (const { id } of removed) await backends.end(id);
    await until('every instance answers', () => fleet.instances.every(({ id }) => traffic.answersOf(id) > 0));
  }
  await traffic.stop();
  expect({ failed: traffic.failed, failures: traffic.failures }).toEqual({ failed: 0, failures: [] });
  expect(await haproxyPid(agent)).toBe(pid);
  expect((await proxyFacts(agent)).reloads.total).toBe(0);
});

/** Nine changes of each service in a fraction of a second: adds, weights and removals in turn. @returns what was removed */
async function burst(of: ProxyWorld): Promise<readonly Instance[]> {
  const removed: Instance[] = [];
  for (let n = 0; n < 9; n += 1) {
    for (const service of of.fleet.services) {
      const [oldest] = service.instances;
      if (n % 3 === 0 || !oldest) await of.fleet.add(service);
      else if (n % 3 === 1) oldest.weight += 10;
      else if (service.instances.delete(oldest)) removed.push(oldest);
    }
    of.writeTargets();
  }
  return removed;
}
