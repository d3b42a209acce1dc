import { afterEach, expect, test } from '@jest/globals';
import { Agent, target } from '../support/agent.js';
import { Backends } from '../support/backends.js';
import { backendOf, setDrain, type Instance } from '../support/fleet.js';
import { freePorts } from '../support/network.js';
import { serversOf } from '../support/proxy-figures.js';
import { ProxyWorld } from '../support/proxy-world.js';
import { everyKind, monotonicMs, Traffic, type Failure } from '../support/traffic.js';
import { until } from '../support/until.js';

const open: { destroy(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.destroy();
});

test('a rolling restart of five backends fails no idempotent request, and no POST when each is drained before', async () => {
  const world = await ProxyWorld.start({ services: 2, instances: 5, checkedEach: 1, checkEvery: '100ms' });
  open.push(world);
  const { agent, backends, fleet } = world;
  // As many at once that something is in flight wherever a backend ends.
  const traffic = world.load(everyKind(fleet.servicePorts).map((lane) => ({ ...lane, workers: 6 })));
  const [announced, sudden] = fleet.services;

  const isDrained = async ({ service, port }: Instance): Promise<boolean> =>
    (await serversOf(agent))?.find((server) => server.backend === backendOf(service) && server.port === port)
      ?.isDrained === true;
  const restart = async (instance: Instance): Promise<void> => {
    const { id, port, service } = instance;
    await until(`${id} answers`, () => traffic.answersOf(id) > 0);
    if (service === announced) {
      expect(await setDrain(agent, instance, true)).toBe(true);
      await until(`${id} is drained`, () => isDrained(instance));
    }
    await backends.end(id);
    const before = traffic.answersOf(id);
    await backends.listen(id, port);
    if (service === announced) expect(await setDrain(agent, instance, false)).toBe(true);
    await until(`${id} answers again`, () => traffic.answersOf(id) > before);
  };
  await Promise.all(
    [announced, sudden].map(async (service) => {
      for (const instance of service?.instances ?? []) await restart(instance);
    }),
  );
  await traffic.stop();
  const failuresOf = (port: number | undefined): readonly Failure[] =>
    traffic.failures.filter((failure) => failure.port === port);
  expect(failuresOf(announced?.servicePort)).toEqual([]);
  expect(failuresOf(sudden?.servicePort).filter(({ method }) => method !== 'POST')).toEqual([]);
});

test('of a backend that is killed only the requests that were running in it may fail', async () => {
  const NAMES = ['a', 'b', 'c', 'd'];
  const start = async (name: string, port = 0): Promise<{ backends: Backends; port: number }> => {
    const backends = new Backends();
    open.push(backends);
    return { backends, port: await backends.listen(name, port) };
  };
  const processes = new Map(await Promise.all(NAMES.map(async (name) => [name, await start(name)] as const)));
  const [servicePort = 0] = await freePorts(1);
  const checkOf = (port: number): unknown => ({
    Type: 'HttpGet',
    Args: `http://127.0.0.1:${port}/`,
    HealthCheckInterval: '100ms',
  });
  const targets = [...processes.values()].map(({ port }) => target('web', port, servicePort, checkOf(port)));
  const agent = await Agent.start({ targets });
  open.push(agent);
  const traffic = new Traffic(everyKind([servicePort]).map((lane) => ({ ...lane, workers: 8 })));
  open.push(traffic);

  const kills: { readonly beganMs: number; readonly goneMs: number; readonly backends: Backends }[] = [];
  const everStarted = [...processes.values()].map(({ backends }) => backends);
  for (const [name, { backends, port }] of processes) {
    const before = traffic.answersOf(name);
    await until(`${name} answers`, () => traffic.answersOf(name) > before);
    const beganMs = monotonicMs();
    kills.push({ beganMs, goneMs: await backends.kill(), backends });
    const again = await start(name, port);
    everStarted.push(again.backends);
    const answers = traffic.answersOf(name);
    await until(`${name} answers again`, () => traffic.answersOf(name) > answers);
  }
  await traffic.stop();

  const begun = new Map(everStarted.map((backends) => [backends, backends.begun()]));
  /** Sent and not answered at the moment of a kill, and given to nobody but the process that was killed. */
  const wasRunning = (failure: Failure): boolean =>
    kills.some(
      ({ beganMs, goneMs, backends }) =>
        failure.sentMs <= goneMs &&
        failure.failedMs >= beganMs &&
        [...begun].every(([other, names]) => other === backends || !names.has(failure.name)),
    );
  expect(traffic.failures.filter((failure) => !wasRunning(failure))).toEqual([]);
  expect(traffic.failures.length).toBe(traffic.failed);
});
