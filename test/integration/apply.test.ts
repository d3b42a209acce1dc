import { connect } from 'node:net';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { PROGRAM_DIRECTORIES } from '../../src/haproxy/commands.js';
import { systemProcesses } from '../../src/platform/processes.js';
import { Agent, isAlive, target } from '../support/agent.js';
import { Load } from '../support/load.js';
import { Backend, freePorts, get } from '../support/network.js';
import { pause, until } from '../support/until.js';

const open: { destroy(): Promise<void> }[] = [];

async function backend(name: string): Promise<Backend> {
  const started = await Backend.start(name);
  open.push({ destroy: () => started.stop() });
  return started;
}

async function started(setup: Parameters<typeof Agent.start>[0]): Promise<Agent> {
  const agent = await Agent.start(setup);
  open.push(agent);
  return agent;
}

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.destroy();
});

describe('a custom template', () => {
  test('that breaks leaves the old HAProxy serving, is seen in /health, and takes effect once it is mended', async () => {
    const [a, b] = [await backend('a'), await backend('b')];
    const [port = 0, other = 0] = await freePorts(2);
    const agent = await Agent.prepare({
      toml: { haproxy: ['template_file = "custom.hbs"'] },
      targets: [target('web', a.port, port)],
    });
    open.push(agent);
    const good = readFileSync('templates/haproxy.cfg.hbs', 'utf8');
    writeFileSync(agent.path('custom.hbs'), good);
    agent.spawn();
    await agent.untilReady();
    const load = new Load(`http://127.0.0.1:${port}/`, 1);
    open.push(load);
    const since = performance.now();

    writeFileSync(agent.path('custom.hbs'), `${good}\n\tno-such-keyword {{bindIP}}\n`);
    agent.writeTargets([target('web', a.port, port), target('other', b.port, other)]);
    await until('HAProxy has rejected it', async () => (await agent.problems()).includes('CONFIG_REJECTED'));
    await until('the last good template goes on', async () => (await get(`http://127.0.0.1:${other}/`)).body === 'b');
    const config = agent.config();
    expect(config).not.toContain('no-such-keyword');
    const health = await get(agent.url('/health'));
    expect(health.status).toBe(200);
    expect(health.body).toContain('no-such-keyword');

    writeFileSync(agent.path('custom.hbs'), good.replace('{{#each', '{{#eech'));
    await until('the syntax error is named', async () => {
      const problems = await agent.problems();
      return problems.length === 1 && !problems.includes('CONFIG_REJECTED');
    });
    expect(agent.config()).toBe(config);

    writeFileSync(agent.path('custom.hbs'), `# mended\n${good}`);
    await until('the new service answers', async () => (await get(`http://127.0.0.1:${other}/`)).body === 'b');
    await until('nothing is wrong any more', async () => (await agent.problems()).length === 0);
    await until('the file follows', () => agent.config().startsWith('# mended\n'));
    await load.stop();
    expect(load.failuresSince(since)).toEqual([]);
  });
});

describe('HAProxy', () => {
  test('killed, is back within 2 s', async () => {
    const a = await backend('a');
    const [port = 0] = await freePorts(1);
    const agent = await started({ targets: [target('web', a.port, port)] });
    const awayMs: number[] = [];
    // A machine that stalls once gets a second chance.
    while (awayMs.length < 2 && !awayMs.some((each) => each <= 2_000)) {
      await until('it runs', () => agent.haproxyPids().some(isAlive));
      const [pid = 0] = agent.haproxyPids();
      const killedAt = performance.now();
      process.kill(pid, 'SIGKILL');
      const answer = await until('it answers again', () => get(`http://127.0.0.1:${port}/`, 500));
      awayMs.push(performance.now() - killedAt);
      expect(answer.body).toBe('a');
      expect(agent.haproxyPids()).not.toContain(pid);
    }
    expect(Math.min(...awayMs)).toBeLessThanOrEqual(2_000);
  });

  test('is left running by an agent that exits, and adopted by the next one without a reload or a failed request', async () => {
    const a = await backend('a');
    const [port = 0] = await freePorts(1);
    const agent = await started({
      toml: { haproxy: ['stop_on_exit = false'] },
      targets: [target('web', a.port, port)],
    });
    const pids = agent.haproxyPids();
    const load = new Load(`http://127.0.0.1:${port}/`, 1);
    open.push(load);
    const since = performance.now();
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      agent.kill(signal);
      await agent.ended();
      expect(pids.every(isAlive)).toBe(true);
      agent.spawn();
      await agent.untilReady();
    }
    await load.stop();
    expect(agent.haproxyPids()).toEqual(pids);
    expect(load.failuresSince(since)).toEqual([]);
    expect(load.attempts.length).toBeGreaterThan(20);
  });

  test('is ended with the agent when stop_on_exit says so, its socket and pid file too', async () => {
    const a = await backend('a');
    const [port = 0] = await freePorts(1);
    const agent = await started({ targets: [target('web', a.port, port)] });
    const pids = agent.haproxyPids();
    expect(pids.every(isAlive)).toBe(true);
    agent.kill('SIGINT');
    expect(await agent.ended()).toEqual({ code: 0, signal: null });
    expect(pids.some(isAlive)).toBe(false);
    expect(() => readFileSync(agent.path('haproxy.pid'))).toThrow('ENOENT');
    expect(() => readFileSync(agent.path('haproxy.sock'))).toThrow('ENOENT');
  });
});

/** An `haproxy` on a PATH of its own that notes each reload and then is the real one. */
class ReloadCounter {
  private constructor(private readonly dir: string) {}

  static create(): ReloadCounter {
    const counter = new ReloadCounter(mkdtempSync(join(tmpdir(), 'sidecar-reloads-')));
    const real = systemProcesses.findProgram('haproxy', PROGRAM_DIRECTORIES) ?? 'haproxy';
    const script = `#!/bin/sh\ncase " $* " in *" -sf "*) echo reload >> ${counter.log} ;; esac\nexec ${real} "$@"\n`;
    writeFileSync(join(counter.dir, 'haproxy'), script, { mode: 0o755 });
    writeFileSync(counter.log, '');
    return counter;
  }

  get path(): string {
    return `${this.dir}:${process.env['PATH'] ?? ''}`;
  }

  reloads(): number {
    return readFileSync(this.log, 'utf8').split('\n').length - 1;
  }

  destroy(): Promise<void> {
    rmSync(this.dir, { recursive: true });
    return Promise.resolve();
  }

  private get log(): string {
    return join(this.dir, 'reloads');
  }
}

test('100 changes in 5 s are joined into at most 7 reloads, and the last one wins', async () => {
  const a = await backend('a');
  const [port = 0, ...others] = await freePorts(6);
  const counter = ReloadCounter.create();
  open.push(counter);
  const agent = await started({
    toml: { haproxy: ['use_runtime_api = false'] },
    targets: [target('web', a.port, port)],
    env: { PATH: counter.path },
  });
  const load = new Load(`http://127.0.0.1:${port}/`, 1);
  open.push(load);
  const since = performance.now();
  for (let i = 1; i <= 100; i += 1) {
    const extra = others
      .slice(0, 1 + (i % others.length))
      .map((other) => target(`extra-${other}`, a.port, other, { Type: 'AlwaysSuccessful' }));
    agent.writeTargets([target('web', a.port, port), ...(i === 100 ? [] : extra)]);
    await pause(Math.max(0, since + i * 48 - performance.now())); // the rhythm of the changes is the point of the test
  }
  const tookMs = performance.now() - since;
  await until('the last change is applied', () => agent.config().match(/^\tserver /gm)?.length === 1);
  await until('HAProxy runs it', async () => (await get(agent.url('/ready'))).status === 200);
  await load.stop();
  expect(counter.reloads()).toBeGreaterThan(0);
  // With one reload a second: 7 for changes that come within 5 s, and more only where the machine took longer.
  expect(counter.reloads()).toBeLessThanOrEqual(Math.max(7, Math.floor(tookMs / 1_000) + 2));
  expect(load.failuresSince(since)).toEqual([]);
}, 60_000);

test('a config directory that cannot be written is named, the old config serves on, and it heals by itself', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const [port = 0, other = 0] = await freePorts(2);
  const agent = await Agent.prepare({
    unprivileged: true,
    toml: { haproxy: ['config_file = "etc/haproxy.cfg"'] },
    targets: [target('web', a.port, port)],
  });
  open.push(agent);
  agent.spawn();
  await agent.untilReady();
  chmodSync(agent.path('etc'), 0o555);
  chmodSync(agent.path('etc/haproxy.cfg'), 0o444);
  agent.writeTargets([target('web', a.port, port), target('other', b.port, other)]);
  await until('the problem is named', async () => (await get(agent.url('/health'))).body.includes('haproxy.cfg'));
  expect((await get(agent.url('/health'))).status).toBe(200);
  expect((await get(`http://127.0.0.1:${port}/`)).body).toBe('a');
  chmodSync(agent.path('etc'), 0o755);
  await until('the new service answers', async () => (await get(`http://127.0.0.1:${other}/`)).body === 'b', 40_000);
  await until('nothing is wrong any more', async () => (await agent.problems()).length === 0);
}, 60_000);

test('a config file that may be written in a directory that may not is overwritten in place', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const [port = 0, other = 0] = await freePorts(2);
  const agent = await Agent.prepare({
    unprivileged: true,
    toml: { haproxy: ['config_file = "etc/haproxy.cfg"', 'pid_file = "haproxy.pid"'] },
    targets: [target('web', a.port, port)],
  });
  open.push(agent);
  agent.spawn();
  await agent.untilReady();
  chmodSync(agent.path('etc'), 0o555);
  agent.writeTargets([target('web', a.port, port), target('other', b.port, other)]);
  await until('the new service answers', async () => (await get(`http://127.0.0.1:${other}/`)).body === 'b');
  expect(await agent.problems()).toEqual([]);
  expect(readdirSync(agent.path('etc'))).toEqual(['.haproxy.cfg.states', 'haproxy.cfg']);
  expect(agent.log.split('overwritten in place')).toHaveLength(2);
});

test('an haproxy program that hangs does not keep the agent from ending', async () => {
  const agent = await Agent.prepare();
  open.push(agent);
  const [hangs, dir] = [agent.path('hangs'), agent.path('bin')];
  mkdirSync(dir);
  writeFileSync(join(dir, 'haproxy'), `#!/bin/sh\necho $$ > ${hangs}\nexec sleep 600\n`, { mode: 0o755 });
  agent.spawn({ PATH: `${dir}:${process.env['PATH'] ?? ''}` });
  const pid = await until('it hangs', () => Number(readFileSync(hangs, 'utf8')));
  const since = performance.now();
  agent.kill('SIGTERM');
  expect(await agent.ended()).toEqual({ code: 0, signal: null });
  expect(performance.now() - since).toBeLessThan(8_000);
  expect(isAlive(pid)).toBe(false);
});

test('an agent that restarts beside half a static file leaves what HAProxy serves as it is, until the file is whole', async () => {
  const a = await backend('a');
  const [port = 0] = await freePorts(1);
  const agent = await started({
    toml: { haproxy: ['stop_on_exit = false', 'startup_grace = "1s"'] },
    targets: [target('web', a.port, port)],
  });
  const pids = agent.haproxyPids();
  agent.kill();
  await agent.ended();
  agent.writeTargets('[ {"Service": {"Name": "half');
  agent.spawn();
  await until('the agent complains', async () => (await agent.problems()).length === 1);
  const since = performance.now();
  await until('the grace has passed', () => performance.now() > since + 2500);
  expect(agent.haproxyPids()).toEqual(pids);
  expect((await get(`http://127.0.0.1:${port}/`)).body).toBe('a');
  agent.writeTargets([target('web', a.port, port)]);
  await agent.untilReady();
  expect(agent.haproxyPids()).toEqual(pids);
});

test('a flood of connections takes no file from what must go on: changes reach HAProxy all the while', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const [port = 0] = await freePorts(1);
  const agent = await started({ fileLimit: 200, targets: [target('web', a.port, port), target('web', b.port, port)] });
  const sockets = Array.from({ length: 250 }, () => connect(agent.httpPort, '127.0.0.1').on('error', () => undefined));
  const hangUp = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return Promise.resolve();
  };
  open.push({ destroy: hangUp });
  await until('the agent is full', () => sockets.filter(({ readyState }) => readyState === 'open').length <= 100);
  await a.stop();
  await until('the stopped instance is out of the configuration', () => !agent.config().includes(`:${a.port}`));
  expect((await get(`http://127.0.0.1:${port}/`)).body).toBe('b');
  expect(agent.exit).toBeUndefined();
  await hangUp();
  await until('it answers again', async () => (await agent.problems()).length === 0);
});
