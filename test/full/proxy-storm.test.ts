import { afterEach, expect, test } from '@jest/globals';
import { ProxyWorld } from '../support/proxy-world.js';
import { weather } from '../support/storm-scenario.js';

let world: ProxyWorld | undefined;
afterEach(() => world?.destroy());

test('1,000 random adds, removals, drains and weights in 60 s: no request fails, nothing is reloaded, HAProxy shows them', async () => {
  world = await ProxyWorld.start({ services: 10, instances: 3, checkedEach: 3, checkEvery: '500ms' });
  await weather(world, { operations: 1_000, overMs: 60_000, seed: 20_261_124 });
  expect(await world.agent.problems()).toEqual([]);
}, 180_000);
