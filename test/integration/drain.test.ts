import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { target, type Agent } from '../support/agent.js';
import { Cluster } from '../support/cluster.js';
import { Backend } from '../support/network.js';
import { pause, until } from '../support/until.js';

const [ALIVE, UNHEALTHY, DRAINING] = [0, 2, 4];

let backend: Backend;
let cluster: Cluster;
let h1: Agent;
let h2: Agent;

/** The only instance, on h1, as one agent sees it. */
async function instance(agent: Agent): Promise<{ readonly ID: string; readonly Status: number } | undefined> {
  return (await agent.instances('web'))[0];
}

async function untilBothSee(status: number): Promise<void> {
  for (const agent of [h1, h2])
    await until(
      `the agent at ${agent.httpPort} sees status ${status}`,
      async () => (await instance(agent))?.Status === status,
    );
}

/** @returns the status of the answer */
async function drain(method: 'POST' | 'DELETE', query = ''): Promise<number> {
  const { ID = '' } = (await instance(h1)) ?? {};
  const url = h1.url(`/api/services/${ID}/drain${query}`);
  return (await fetch(url, { method, signal: AbortSignal.timeout(5000) })).status;
}

async function restart(): Promise<void> {
  h1.kill('SIGKILL');
  await h1.ended();
  cluster.spawn(1);
  await h1.untilReady();
}

beforeEach(async () => {
  backend = await Backend.start('web');
  const check = { Type: 'HttpGet', Args: `http://127.0.0.1:${backend.port}/`, HealthCheckInterval: '100ms' };
  cluster = await Cluster.start(2, { targets: (n) => (n === 1 ? [target('web', backend.port, 0, check)] : []) });
  [h1, h2] = [cluster.agent(1), cluster.agent(2)];
  await untilBothSee(ALIVE);
});
afterEach(async () => {
  await cluster.destroy();
  await backend.stop();
});

describe('a drained instance', () => {
  test('drains on every host, whatever its check says meanwhile, over a restart, until the drain is ended', async () => {
    expect(await drain('POST')).toBe(202);
    await untilBothSee(DRAINING);
    await backend.stop();
    await untilBothSee(UNHEALTHY);
    await backend.start();
    await untilBothSee(DRAINING);
    await restart();
    await untilBothSee(DRAINING);
    expect(h2.log).not.toMatch(/web is Draining → Alive/);
    expect(await drain('DELETE')).toBe(202);
    await untilBothSee(ALIVE);
    expect(h1.log).toMatch(/web is Draining → Unhealthy.*drain-ended[^]*web is Unhealthy → Alive.*drain-ended/);
  });

  test('drains on after a restart that came right after it began, and is alive after one that came right after its end', async () => {
    const kept = (isOver: boolean): Promise<boolean> =>
      until(
        'the drain is kept',
        () => readFileSync(h1.path('state/drains'), 'utf8').includes(`"isOver": ${isOver}`),
        3_000,
      );
    expect(await drain('POST')).toBe(202);
    await kept(false);
    await restart();
    await untilBothSee(DRAINING);
    expect(await drain('DELETE')).toBe(202);
    await kept(true);
    await restart();
    await untilBothSee(ALIVE);
  });

  test('is alive again by itself when the drain was for a while', async () => {
    expect(await drain('POST', '?for=1s')).toBe(202);
    for (const agent of [h1, h2]) await until('it drains', () => agent.log.includes('web is Alive → Draining'));
    await untilBothSee(ALIVE);
  });

  test('is known to drain by who was not there when it was told', async () => {
    cluster.cutOff(2);
    expect(await drain('POST')).toBe(202);
    await until('h1 drains', async () => (await instance(h1))?.Status === DRAINING);
    await pause(6_000); // longer than the rounds of a change last
    cluster.heal();
    await cluster.untilAllAlive();
    await untilBothSee(DRAINING);
  });

  test('on another host is none of the asked one', async () => {
    const { ID = '' } = (await instance(h1)) ?? {};
    const answer = await fetch(h2.url(`/api/services/${ID}/drain`), { method: 'POST' });
    expect([answer.status, await answer.json()]).toEqual([
      404,
      { message: `Not Found - Service ID "${ID}" not found`, status: 'error' },
    ]);
  });
});
