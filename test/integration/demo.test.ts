import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { isAlive } from '../support/agent.js';
import { Load } from '../support/load.js';
import { get, getJson } from '../support/network.js';
import { processesWith } from '../support/processes.js';
import { until } from '../support/until.js';

const SERVICE = 'http://127.0.0.1:8080/';

interface View {
  readonly Services: { readonly hello?: readonly { readonly Status: number }[] };
}

const statuses = async (): Promise<readonly number[]> => {
  const view = (await getJson('http://127.0.0.1:7777/services.json')) as View;
  return (view.Services.hello ?? []).map(({ Status }) => Status).sort();
};

test('npm start: three instances by turns; one that is stopped is taken out and comes back; Ctrl-C leaves nothing', async () => {
  const demo = spawn(process.execPath, ['scripts/start.mjs'], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let said = '';
  const keep = (chunk: Buffer): void => void (said += chunk.toString());
  demo.stdout.on('data', keep);
  demo.stderr.on('data', keep);
  const ended = new Promise<number | null>((resolve) => demo.on('close', resolve));
  let load: Load | undefined;
  try {
    await until('it says that it is ready', () => /^ready\./m.test(said), 60_000);
    const answers = await Promise.all(Array.from({ length: 6 }, () => get(SERVICE)));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(3);

    load = new Load(SERVICE);
    const victim = Number(/hello-b (\d+)/.exec(said)?.[1]);
    process.kill(victim, 'SIGKILL');
    const stoppedAt = performance.now();
    await until('services.json says so', async () => (await statuses()).join() === '0,0,2');
    await until('2 s and more have passed', () => performance.now() > stoppedAt + 5000);
    expect(load.failuresSince(stoppedAt + 2000)).toEqual([]);
    expect(load.answeredSince(stoppedAt + 2000).size).toBe(2);
    await until('it comes back by itself', async () => (await statuses()).join() === '0,0,0', 30_000);
    const backAt = performance.now();
    await until('all three answer again', () => load?.answeredSince(backAt).size === 3);
    expect(load.failuresSince(stoppedAt + 2000)).toEqual([]);
  } finally {
    await load?.stop();
    if (demo.pid) process.kill(-demo.pid, 'SIGINT'); // Ctrl-C reaches the whole group
  }
  expect(await ended).toBe(0);
  expect(processesWith('scripts/demo/instance.mjs').filter(({ pid }) => isAlive(pid))).toEqual([]);
  expect(processesWith('run/haproxy.cfg').filter(({ pid }) => isAlive(pid))).toEqual([]);
  expect(existsSync('run/haproxy.pid')).toBe(false);
  expect(existsSync('run/haproxy.sock')).toBe(false);
});
