import { readdirSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { Agent, isAlive, target } from '../support/agent.js';
import { Load } from '../support/load.js';
import { Backend, freePorts, get } from '../support/network.js';
import { processesWith } from '../support/processes.js';
import { pause, until } from '../support/until.js';

const CHANGES = 300;
const SERVICES = 40;

const open: { destroy(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.destroy();
});

/** The same pseudo-random numbers in [0, n) each time (a linear congruential generator), so that a failure can be replayed. */
function seeded(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * n);
  };
}

test('300 random changes of 40 services with live traffic: none fails, nothing leaks, the last state wins', async () => {
  const backend = await Backend.start('steady');
  open.push({ destroy: () => backend.stop() });
  const [steadyPort = 0, ...ports] = await freePorts(SERVICES + 1);
  const steady = target('steady', backend.port, steadyPort);
  const agent = await Agent.start({ targets: [steady] });
  open.push(agent);
  const files = (): number => readdirSync(`/proc/${agent.pid}/fd`).length;
  const below = seeded(20_261_122);
  const some = (): readonly number[] => ports.filter(() => below(2) === 0);
  const targets = (chosen: readonly number[]): readonly unknown[] => [
    steady,
    ...chosen.map((port) =>
      target(`service-${port}`, backend.port, port, port % 3 === 0 ? undefined : { Type: 'AlwaysSuccessful' }),
    ),
    ...(below(5) === 0 ? [null, { Service: { Name: 'two words' } }] : []),
  ];
  agent.writeTargets(targets(ports));
  await until('all are served', () => ports.every((port) => agent.config().includes(`service-${port} `)));
  const filesBefore = files();

  const load = new Load(`http://127.0.0.1:${steadyPort}/`);
  open.push(load);
  const since = performance.now();
  for (let i = 0; i < CHANGES; i += 1) {
    agent.writeTargets(i % 50 === 49 ? '[ {"Service": ' : targets(some())); // now and then half of a file
    await pause(below(400)); // the rhythm of the changes is the point of the test
  }
  const last = some();
  agent.writeTargets([steady, ...last.map((port) => target(`service-${port}`, backend.port, port))]);
  await until('the last state is served', () => {
    const config = agent.config(); // a service that has ended keeps its port, without servers
    const isServed = (port: number): boolean =>
      new RegExp(`^backend service-${port}-${port}\\n(?:\\t(?!server ).*\\n)*\\tserver `, 'm').test(config);
    return ports.every((port) => isServed(port) === last.includes(port));
  });
  for (const port of last)
    await until('it is reached', async () => (await get(`http://127.0.0.1:${port}/`)).body === 'steady');
  await until('nothing is wrong any more', async () => (await agent.problems()).length === 0);
  await load.stop();
  expect(load.failuresSince(since)).toEqual([]);
  expect(load.attempts.length).toBeGreaterThan(CHANGES);
  await until('old HAProxy processes have ended', () => {
    const running = processesWith(`-p haproxy.pid`).filter(({ pid }) => isAlive(pid));
    return running.filter(({ pid }) => agent.haproxyPids().includes(pid)).length === running.length;
  });
  await until('the agent holds no more files than before', () => files() <= filesBefore + 2);
}, 300_000);
