import { afterEach, expect, test } from '@jest/globals';
import { isAlive } from '../support/agent.js';
import { processesWith } from '../support/processes.js';
import { haproxyPid, listenerInodes } from '../support/proxy-figures.js';
import { ProxyWorld } from '../support/proxy-world.js';
import type { Lane } from '../support/traffic.js';

const RELOADS = 25;
/** `max_old_processes`, and the one that serves. */
const MOST_PROCESSES = 5 + 1;

let world: ProxyWorld | undefined;
afterEach(() => world?.destroy());

test('25 reloads at 64 concurrent connections fail no request and keep the listening socket', async () => {
  world = await ProxyWorld.start({
    services: 1,
    instances: 3,
    checkedEach: 1,
    checkEvery: '500ms',
    haproxy: ['reload_interval = "500ms"'],
    template: (builtIn) => builtIn,
  });
  const { agent, fleet } = world;
  const [port = 0] = fleet.servicePorts;
  const inodes = listenerInodes(port);
  expect(inodes).toHaveLength(1);
  const lane = (kind: Lane['kind']): Lane => ({ port, kind, workers: 32, pauseMs: 40 });
  const traffic = world.load([lane('keep-alive'), lane('close')]);
  const haproxies = (): number => processesWith(agent.path('haproxy.cfg')).filter(({ pid }) => isAlive(pid)).length;

  const pids = new Set([await haproxyPid(agent)]);
  for (let n = 1; n <= RELOADS; n += 1) {
    pids.add(await world.reload(n));
    expect(haproxies()).toBeLessThanOrEqual(MOST_PROCESSES);
  }
  await traffic.stop();
  expect(pids.size).toBe(RELOADS + 1);
  expect({ failed: traffic.failed, failures: traffic.failures }).toEqual({ failed: 0, failures: [] });
  expect(traffic.requests).toBeGreaterThan(64 * RELOADS);
  expect(listenerInodes(port)).toEqual(inodes);
});
