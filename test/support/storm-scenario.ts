import { expect } from '@jest/globals';
import { haproxyPid, proxyFacts } from './proxy-figures.js';
import type { ProxyWorld } from './proxy-world.js';
import { Storm, type StormOptions } from './storm.js';

/** How many of the operations must be found in HAProxy's own figures. */
const SEEN_PART = 0.9;

/** A storm under constant load, and what must be true of it: no request fails, and nothing is reloaded. */
export async function weather(world: ProxyWorld, options: StormOptions): Promise<void> {
  const { agent, backends, fleet } = world;
  const before = { pid: await haproxyPid(agent), ...(await proxyFacts(agent)) };
  const traffic = world.load();
  const storm = new Storm(options, { agent, backends, fleet, traffic });
  await storm.run();
  await traffic.stop();
  const after = { pid: await haproxyPid(agent), ...(await proxyFacts(agent)) };

  expect({ failed: traffic.failed, failures: traffic.failures }).toEqual({ failed: 0, failures: [] });
  expect(traffic.posts).toBeGreaterThan(0.08 * traffic.requests);
  expect(storm.issued).toBe(options.operations);
  expect(Object.values(storm.done)).not.toContain(0);
  expect({ unanswered: storm.unanswered, unfinished: storm.unfinished }).toEqual({ unanswered: [], unfinished: [] });
  expect(storm.seen < SEEN_PART * options.operations ? storm.unseen : []).toEqual([]);
  expect(after.pid).toBe(before.pid);
  expect(after.reloads.total).toBe(before.reloads.total);
  expect(after.drift.found).toBe(0);
}
