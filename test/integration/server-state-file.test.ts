import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reloadCommand } from '../../src/haproxy/commands.js';
import { parseConfig } from '../../src/haproxy/plan/parse-config.js';
import { serverStateFile } from '../../src/haproxy/server-state-file.js';
import { runCommand } from '../../src/platform/command.js';
import { askUnixSocket } from '../../src/platform/unix-socket.js';
import { get, until, World } from '../haproxy/support/world.js';

let world: World;
let pids: readonly number[] = [];
beforeEach(async () => {
  world = await World.create();
  pids = [];
  await writeFile(world.path('state'), serverStateFile('', parseConfig('')));
});
afterEach(() => world.end());

const configOf = (servers: readonly string[]): string =>
  `global
  stats socket ${world.path('s.sock')} mode 600 level admin expose-fd listeners
  server-state-file ${world.path('state')}
defaults
  mode http
  load-server-state-from-file global
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend web-80
  bind 127.0.0.1:${world.port}
  default_backend web-80
backend web-80
  option httpchk
${servers.map((server) => `  server ${server}`).join('\n')}
`;

const ask = async (line: string): Promise<string> => {
  const answer = await askUnixSocket(world.path('s.sock'), line, { timeoutMs: 5_000, maxBytes: 65_536 });
  return answer.ok ? answer.value : '';
};

/** The columns of one server after its name: address, operational state, administrative state, weights … */
async function stateOf(name: string): Promise<readonly string[]> {
  const line = (await ask('show servers state')).split('\n').find((row) => row.split(' ')[3] === name);
  return line?.split(' ').slice(4) ?? [];
}
const [ADDRESS, RUNNING, ADMIN, WEIGHT, RESULT] = [0, 1, 2, 3, 7];

/** Starts HAProxy on these servers, in place of the one that runs. @returns what it printed */
async function load(servers: readonly string[]): Promise<string> {
  const files = { configFile: world.path('haproxy.cfg'), pidFile: world.path('pid') };
  await writeFile(files.configFile, configOf(servers));
  const command = reloadCommand({ haproxy: 'haproxy', ...files, socket: undefined, pids });
  const { exitCode, output } = await runCommand(command, { timeoutMs: 30_000, maxOutputBytes: 65_536 });
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  const pid = (await readFile(files.pidFile, 'utf8')).trim();
  pids = [Number(pid)];
  await until('the new HAProxy answers', async () => (await ask('show info')).includes(`\nPid: ${pid}\n`));
  return output;
}

/** Reloads with what the running HAProxy knows of its checks. */
async function reload(servers: readonly string[]): Promise<string> {
  const next = parseConfig(configOf(servers));
  await writeFile(world.path('state'), serverStateFile(await ask('show servers state'), next));
  return load(servers);
}

const checked = (name: string): Promise<boolean> =>
  until(`${name} was checked`, async () => ['2', '3'].includes((await stateOf(name))[RESULT] ?? ''));

describe('a server that is down when HAProxy is reloaded', () => {
  /** `dead` takes connections and answers nothing, so a check of it fails when its time is over. */
  async function servers(): Promise<readonly string[]> {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    world.onEnd(() => silent.close().closeAllConnections());
    return [
      `dead 127.0.0.1:${(silent.address() as AddressInfo).port} check inter 50ms fall 1`,
      `alive 127.0.0.1:${await world.httpBackend('alive')} check inter 50ms`,
    ];
  }
  const patiently = (lines: readonly string[]): readonly string[] => lines.map((line) => line.replace('50ms', '1h'));

  test('stays down, so that it gets no request before a check of it succeeds', async () => {
    const lines = await servers();
    await load(lines);
    await checked('alive');
    await until('dead is down', async () => (await stateOf('dead'))[RUNNING] === '0');
    await reload(patiently(lines));
    expect((await stateOf('dead'))[RUNNING]).toBe('0');
    expect((await stateOf('alive'))[RUNNING]).toBe('2');
    for (let i = 0; i < 20; i += 1) expect(await get(world.port)).toBe('alive');
  });

  test('would get requests without the file', async () => {
    const lines = await servers();
    await load(lines);
    await until('dead is down', async () => (await stateOf('dead'))[RUNNING] === '0');
    await load(patiently(lines));
    expect((await stateOf('dead'))[RUNNING]).toBe('2');
  });

  test('begins anew at another address', async () => {
    const [dead = '', ...others] = await servers();
    await load([dead, ...others]);
    await until('dead is down', async () => (await stateOf('dead'))[RUNNING] === '0');
    const port = await world.httpBackend('moved');
    await reload([`dead 127.0.0.1:${port} check inter 1h`]);
    expect((await stateOf('dead'))[RUNNING]).toBe('2');
    expect(await get(world.port)).toBe('moved');
  });
});

describe('the configuration has the last word on', () => {
  const check = 'check inter 50ms';

  test('weights, changed or not', async () => {
    const port = await world.httpBackend('x');
    await load([`same 127.0.0.1:${port} weight 20 ${check}`, `changed 127.0.0.1:${port} weight 20 ${check}`]);
    await Promise.all([checked('same'), checked('changed')]);
    await ask('set server web-80/same weight 5');
    await ask('set server web-80/changed weight 5');
    await reload([`same 127.0.0.1:${port} weight 20 ${check}`, `changed 127.0.0.1:${port} weight 30 ${check}`]);
    expect([(await stateOf('same'))[WEIGHT], (await stateOf('changed'))[WEIGHT]]).toEqual(['20', '30']);
  });

  test('draining and maintenance', async () => {
    const port = await world.httpBackend('x');
    const [drained, maintained, plain] = ['drained', 'maintained', 'plain'].map(
      (name) => `${name} 127.0.0.1:${port} ${check}`,
    );
    await load([drained!, maintained!, plain!]);
    await Promise.all([checked('drained'), checked('maintained'), checked('plain')]);
    await ask('set server web-80/drained state drain');
    await ask('set server web-80/maintained state maint');
    expect((await stateOf('drained'))[ADMIN]).toBe('8');
    await reload([drained!, maintained!, `${plain} disabled`]);
    expect((await stateOf('drained')).slice(RUNNING, WEIGHT)).toEqual(['2', '0']);
    expect((await stateOf('maintained')).slice(RUNNING, WEIGHT)).toEqual(['2', '0']);
    expect(Number((await stateOf('plain'))[ADMIN]) & 1).toBe(1);
  });

  test('weight 0, which drains', async () => {
    const port = await world.httpBackend('x');
    await load([`a 127.0.0.1:${port} ${check}`, `b 127.0.0.1:${port} weight 0 ${check}`]);
    await Promise.all([checked('a'), checked('b')]);
    await reload([`a 127.0.0.1:${port} weight 0 ${check}`, `b 127.0.0.1:${port} weight 7 ${check}`]);
    expect((await stateOf('a'))[WEIGHT]).toBe('0');
    expect((await stateOf('b')).slice(RUNNING, WEIGHT + 1)).toEqual(['2', '0', '7']);
  });

  test('addresses and ports', async () => {
    const [port, other] = [await world.httpBackend('one'), await world.httpBackend('two')];
    await load([`a 127.0.0.1:${port} ${check}`]);
    await checked('a');
    await reload([`a 127.0.0.2:${port} ${check}`]);
    expect((await stateOf('a'))[ADDRESS]).toBe('127.0.0.2');
    await reload([`a 127.0.0.1:${other} ${check}`]);
    expect(await get(world.port)).toBe('two');
  });
});

test('HAProxy takes the file without a warning, with servers and without', async () => {
  const server = `a 127.0.0.1:${await world.httpBackend('x')} check inter 50ms`;
  expect(await load([server])).toBe('');
  await checked('a');
  expect(await reload([server])).toBe('');
  expect(await readFile(world.path('state'), 'utf8')).toContain('\n3 web-80 1 a - 2 0 1 1 ');
});
