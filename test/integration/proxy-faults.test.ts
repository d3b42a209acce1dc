import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { target } from '../support/agent.js';
import { HaproxyWrapper, type Act } from '../support/haproxy-wrapper.js';
import { freePorts, get } from '../support/network.js';
import { haproxyPid, serversOf } from '../support/proxy-figures.js';
import { proxyReport, tellHaproxy } from '../support/proxy-report.js';
import {
  briefLanes,
  BY_ITSELF_MS,
  changeServers,
  nothingFailed,
  run,
  successorOf,
  untilNamed,
  untilNothingIsWrong,
} from '../support/proxy-trial.js';
import { ProxyWorld, type ProxyWorldSetup } from '../support/proxy-world.js';
import { monotonicMs } from '../support/traffic.js';
import { until } from '../support/until.js';

const FLEET = { services: 3, instances: 2, checkedEach: 4, checkEvery: '500ms' };
const BACK_WITHIN_MS = 2_000;
/** HAProxy is compared with what it should run every 5 s. */
const SEEN_WITHIN_MS = 7_000;
const STOPPED_MS = 3_000;

const open: { destroy(): Promise<void> }[] = [];
function opened<T extends { destroy(): Promise<void> }>(one: T): T {
  open.push(one);
  return one;
}
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.destroy();
});

const started = async (setup: Partial<ProxyWorldSetup> = {}): Promise<ProxyWorld> =>
  opened(await ProxyWorld.start({ ...FLEET, ...setup }));

describe('HAProxy', () => {
  test('killed under load is back within two seconds with the servers that it had last', async () => {
    const world = await started();
    const { agent } = world;
    const traffic = world.load(briefLanes(world));
    const awayMs: number[] = [];
    // A machine that stalls once gets a second chance.
    while (awayMs.length < 2 && !awayMs.some((each) => each <= BACK_WITHIN_MS)) {
      await changeServers(world);
      const pid = (await haproxyPid(agent)) ?? 0;
      const killedAt = monotonicMs();
      process.kill(pid, 'SIGKILL');
      await successorOf(pid, world);
      awayMs.push(monotonicMs() - killedAt);
    }
    expect(Math.min(...awayMs)).toBeLessThanOrEqual(BACK_WITHIN_MS);
    const back = monotonicMs();
    await changeServers(world);
    await traffic.stop();
    expect(traffic.failures.filter(({ sentMs }) => sentMs > back)).toEqual([]);
  });

  test('stopped for three seconds has every change soon after, and fails nothing any more', async () => {
    const world = await started();
    const { agent, fleet } = world;
    const [service] = fleet.services;
    const traffic = world.load(briefLanes(world));
    const pid = (await haproxyPid(agent)) ?? 0;
    process.kill(pid, 'SIGSTOP');
    const stoppedAt = monotonicMs();
    if (service) await fleet.add(service);
    world.writeTargets();
    await until('three seconds have passed', () => monotonicMs() - stoppedAt > STOPPED_MS);
    process.kill(pid, 'SIGCONT');
    await until('HAProxy runs what the file lists', async () => fleet.isServed(await serversOf(agent)));
    await untilNothingIsWrong(world);
    const overAt = monotonicMs();
    await changeServers(world);
    await traffic.stop();
    expect(traffic.failures.filter(({ sentMs }) => sentMs > overAt)).toEqual([]);
  });

  test('reloaded on the same file by somebody else is followed, and not reloaded again', async () => {
    const world = await started();
    const { agent } = world;
    await changeServers(world);
    await untilNothingIsWrong(world);
    const before = (await proxyReport(agent)).reloads.total;
    const traffic = world.load(briefLanes(world));
    const pid = (await haproxyPid(agent)) ?? 0;
    const [config = '', pids = '', socket = ''] = ['haproxy.cfg', 'haproxy.pid', 'haproxy.sock'].map((name) =>
      agent.path(name),
    );
    run('haproxy', '-D', '-f', config, '-p', pids, '-x', socket, '-sf', String(pid));
    await successorOf(pid, world);
    await changeServers(world);
    await until(
      'the agent knows it',
      async () => (await proxyReport(agent)).pids.join() === String(await haproxyPid(agent)),
    );
    await untilNothingIsWrong(world);
    expect((await proxyReport(agent)).reloads.total).toBe(before);
    await nothingFailed(traffic);
  });

  test("somebody's hand on its servers is undone and counted", async () => {
    const world = await started();
    const { agent, fleet } = world;
    await changeServers(world);
    const pid = await haproxyPid(agent);
    const traffic = world.load(briefLanes(world));
    const state = (await tellHaproxy(agent, 'show servers state')).split('\n').map((line) => line.split(' '));
    const [off, light, lost] = state
      .flatMap(([, backend, , server]) => (backend?.startsWith('service-') ? [`${backend}/${server}`] : []))
      .filter((_, i) => i % FLEET.instances === 0);
    await tellHaproxy(agent, `disable server ${off}`);
    await tellHaproxy(agent, `set server ${light} weight 1`);
    await tellHaproxy(agent, `disable server ${lost}`);
    await until('it is deleted', async () => (await tellHaproxy(agent, `del server ${lost}`)).includes('deleted'));
    await until('all is as it should be', async () => fleet.isServed(await serversOf(agent)), SEEN_WITHIN_MS);
    await until('it is counted', async () => (await proxyReport(agent)).drift.repaired >= 3);
    expect(await haproxyPid(agent)).toBe(pid);
    await nothingFailed(traffic);
  });
});

describe('a stats socket that somebody deletes', () => {
  test('is named and made anew by itself; until then changes get to HAProxy by a reload', async () => {
    const world = await started();
    const { agent } = world;
    const before = await proxyReport(agent);
    const lanes = briefLanes(world);
    const traffic = world.load(lanes);
    unlinkSync(agent.path('haproxy.sock'));
    await until(
      'it is named',
      async () => (await proxyReport(agent)).runtimeApi.fault?.includes('ENOENT'),
      SEEN_WITHIN_MS,
    );
    await until('it is there again', () => haproxyPid(agent), BY_ITSELF_MS);
    await until('it is used again', async () => (await proxyReport(agent)).runtimeApi.available);
    expect((await proxyReport(agent)).reloads.byCause['runtime-api-silent']).toBe(1);

    unlinkSync(agent.path('haproxy.sock'));
    await changeServers(world);
    const { reloads, operations } = await proxyReport(agent);
    expect(reloads).toMatchObject({ total: before.reloads.total + 2, byCause: { 'runtime-api-silent': 2 } });
    await changeServers(world);
    await untilNothingIsWrong(world);
    const after = await proxyReport(agent);
    expect(after.reloads.total).toBe(reloads.total);
    expect(after.operations['add'] ?? 0).toBeGreaterThan(operations['add'] ?? 0);
    expect(after.runtimeApi.available).toBe(true);
    await traffic.stop();
    // Without the socket nobody hands over the listeners: what is in their queues when they close is lost, one of each worker.
    expect(traffic.failed).toBeLessThanOrEqual(2 * lanes.length);
  });
});

describe('a template', () => {
  test('that breaks, or is deleted, is named, and changes of servers go on by the last good one', async () => {
    const world = await started({ template: (builtIn) => builtIn });
    const { agent } = world;
    const path = agent.path('template.cfg.hbs');
    const good = readFileSync(path, 'utf8');
    const traffic = world.load(briefLanes(world));
    const pid = await haproxyPid(agent);
    const faults: readonly (readonly [act: () => void, named: RegExp])[] = [
      [() => unlinkSync(path), /^TEMPLATE_MISSING: .*template\.cfg\.hbs/],
      [() => writeFileSync(path, good.replace('{{#each', '{{#eech')), /^TEMPLATE_/],
      [() => writeFileSync(path, `${good}\n\tno-such-keyword\n`), /^CONFIG_REJECTED: .*no-such-keyword/s],
    ];
    for (const [act, named] of faults) {
      act();
      await untilNamed(world, named);
      await changeServers(world);
      await untilNamed(world, named);
      expect(await haproxyPid(agent)).toBe(pid);
    }
    writeFileSync(path, good);
    await untilNothingIsWrong(world);
    await changeServers(world);
    expect(await haproxyPid(agent)).toBe(pid);
    await nothingFailed(traffic);
  });
});

describe('an agent killed in the middle of an apply', () => {
  test.each<readonly [what: string, act: Act]>([
    ['while HAProxy verifies', '-c'],
    ['while HAProxy is reloaded', '-sf'],
  ])('%s: the next one ends what it began, without a lost request', async (_, act) => {
    const wrapper = opened(new HaproxyWrapper());
    const world = await started({ haproxy: ['stop_on_exit = false'], process: { env: { PATH: wrapper.path } } });
    const { agent, backends, fleet } = world;
    const [service] = fleet.services;
    await untilNothingIsWrong(world);
    const traffic = world.load();
    const [servicePort = 0] = await freePorts(1);
    const added = target('added', await backends.listen('added'), servicePort, { Type: 'AlwaysSuccessful' });
    const hung = wrapper.hang(act);
    if (service) await fleet.add(service);
    agent.writeTargets([...fleet.targets(), added]);
    await hung.untilHung();
    agent.kill('SIGKILL');
    await agent.ended();
    hung.release();
    agent.spawn();
    await agent.untilReady();
    await until('HAProxy runs what the file lists', async () => fleet.isServed(await serversOf(agent)));
    expect((await get(`http://127.0.0.1:${servicePort}/`)).status).toBe(200);
    await untilNothingIsWrong(world);
    await nothingFailed(traffic);
  });
});
