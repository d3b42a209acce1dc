import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pause } from '../support/until.js';
import { freePort, get, isAlive, read, until, World } from '../haproxy/support/world.js';

jest.setTimeout(60_000);

/** With one reload a second: 7 for changes that come within 5 s, and more only where the machine took longer. */
const mostReloads = (tookMs: number): number => Math.max(7, Math.floor(tookMs / 1_000) + 2);

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world.end());

describe('traffic through the real HAProxy', () => {
  test('http mode alternates between the instances', async () => {
    const [a, b] = [await world.httpBackend('a'), await world.httpBackend('b')];
    world.start();
    world.catalog.hold([world.service(a), world.service(b, { hostname: 'h2' })]);
    await world.caughtUp();
    const answers = [await get(world.port), await get(world.port), await get(world.port), await get(world.port)];
    expect(answers.sort()).toEqual(['a', 'a', 'b', 'b']);
  });

  test('tcp mode carries what is not HTTP', async () => {
    const port = await world.tcpBackend('+PONG\r\n');
    world.start();
    world.catalog.hold([world.service(port, { proxyMode: 'tcp' })]);
    await world.caughtUp();
    expect(await read(world.port)).toBe('+PONG\r\n');
  });

  test('the stats page answers with the header that other origins need (fault 19)', async () => {
    const stats = await freePort();
    world.start({ statsBind: `127.0.0.1:${stats}` });
    world.catalog.hold([world.service(1)]);
    await world.caughtUp();
    const page = await fetch(`http://127.0.0.1:${stats}/;csv;norefresh`);
    expect(page.headers.get('access-control-allow-origin')).toBe('*');
    expect(await page.text()).toContain(`web-${world.port},h1-i1,`);
  });
});

describe('reloading', () => {
  test('100 changes in 5 s take at most 7 reloads without the Runtime API, and the last one is served', async () => {
    const backend = await world.httpBackend('last');
    world.start({ reloadIntervalMs: 1_000, useRuntimeApi: false });
    const since = performance.now();
    for (let i = 1; i <= 100; i += 1) {
      world.catalog.hold([world.service(backend, { id: `n${i}` })]);
      await pause(Math.max(0, since + i * 48 - performance.now())); // the rhythm of the changes is the point of the test
    }
    const tookMs = performance.now() - since;
    await world.caughtUp();
    expect(world.manager.status().reloads).toBeLessThanOrEqual(mostReloads(tookMs));
    expect(await readFile(world.path('haproxy.cfg'), 'utf8')).toContain('server h1-n100 ');
    expect(await get(world.port)).toBe('last');
  });

  test('100 changes of servers in 5 s take none, and the last one is on disk, too', async () => {
    const backend = await world.httpBackend('last');
    world.start();
    world.catalog.hold([world.service(backend, { id: 'n0' })]);
    await world.caughtUp();
    const { pids } = world;
    const since = performance.now();
    for (let i = 1; i <= 100; i += 1) {
      world.catalog.hold([world.service(backend, { id: `n${i}` })]);
      await pause(Math.max(0, since + i * 48 - performance.now())); // as above
    }
    await world.caughtUp();
    expect(await get(world.port)).toBe('last');
    await until('the file follows', async () =>
      (await readFile(world.path('haproxy.cfg'), 'utf8')).includes('server h1-n100 '),
    );
    expect(world.manager.status().reloads).toBe(1);
    expect(world.pids).toEqual(pids);
    expect(world.applyTimes).not.toEqual([]);
  });

  test('listeners are handed over by the stats socket, and the old process ends', async () => {
    const backend = await world.httpBackend('x');
    world.start();
    world.catalog.hold([world.service(backend, { id: 'one' })]);
    await world.caughtUp();
    const [old] = world.pids;
    world.catalog.hold([world.service(backend, { id: 'one', proxyMode: 'ws' })]);
    await world.caughtUp();
    expect(world.commands.at(-1)).toMatch(new RegExp(` -x ${world.path('s.sock')} -sf ${old ?? ''}$`));
    await until('the old process is gone', () => !isAlive(old ?? 0));
    expect(await get(world.port)).toBe('x');
  });

  test('a change that HAProxy cannot see does nothing', async () => {
    world.start();
    world.catalog.hold([world.service(1)]);
    await world.caughtUp();
    world.catalog.hold([world.service(1, { image: 'another' })]);
    await world.caughtUp();
    expect(world.manager.status().reloads).toBe(1);
  });

  test('the next agent adopts what an agent left running, without a reload', async () => {
    const backend = await world.httpBackend('x');
    world.start({ stopOnExit: false });
    world.catalog.hold([world.service(backend)]);
    await world.caughtUp();
    const { pids } = world;
    await world.stop();
    expect(await get(world.port)).toBe('x');
    world.start();
    await world.caughtUp();
    expect(world.pids).toEqual(pids);
    expect(world.manager.status().reloads).toBe(0);
  });

  test('an agent that stops HAProxy with it leaves no process, pid file, socket or candidate', async () => {
    world.start();
    world.catalog.hold([world.service(1)]);
    await world.caughtUp();
    const [pid] = world.pids;
    await world.stop();
    expect(isAlive(pid ?? 0)).toBe(false);
    for (const name of ['haproxy.pid', 's.sock', '.haproxy.cfg.candidate'])
      expect(existsSync(world.path(name))).toBe(false);
    expect(await get(world.port)).toBeUndefined();
  });
});
