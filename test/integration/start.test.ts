import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent, isAlive, target } from '../support/agent.js';
import { Backend, freePorts, get } from '../support/network.js';
import { until } from '../support/until.js';

const PROGRAM = resolve('dist/bin/sidecar.js');
const open: { destroy(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.destroy();
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program to its end in the folder of `agent`. */
function run(agent: Agent, argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [PROGRAM, ...argv], {
      cwd: agent.dir,
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 20_000,
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', fail);
    child.on('close', (code) => done({ code, out, err }));
  });
}

async function prepared(setup: Parameters<typeof Agent.prepare>[0] = {}): Promise<Agent> {
  const agent = await Agent.prepare(setup);
  open.push(agent);
  return agent;
}

async function serves(agent: Agent): Promise<void> {
  agent.spawn();
  await until('the agent answers', async () => {
    if (agent.exit) throw new Error(`it has ended: ${JSON.stringify(agent.exit)}\n${agent.log}`);
    return (await get(agent.url('/health'))).status === 200;
  });
}

describe('a configuration of the original', () => {
  const folder = 'test/fixtures/contract';
  test.each([
    'config/sidecar-node1.toml', // appendix B of the contract
    'config/sidecar-node2.toml',
    'config/sidecar-docker.toml',
    'config/sidecar-listeners.toml',
    'config/sidecar-regex-namer.toml',
    'haproxy/v1-rich-sample.node1.toml',
  ])('%s starts the agent unchanged', async (file) => {
    const [port = 0] = await freePorts(1);
    const env = { HTTP_PORT: String(port), HTTP_BIND_IP: '127.0.0.1' }; // tests share one machine
    const agent = await Agent.prepare({ env, httpPort: port });
    open.push(agent);
    copyFileSync(`${folder}/${file}`, agent.path('sidecar.toml'));
    copyFileSync(`${folder}/config/static.json`, agent.path('static.json'));
    await serves(agent);
    agent.kill();
    expect(await agent.ended()).toEqual({ code: 0, signal: null });
  });
});

describe('a flag of the original', () => {
  test.each<[string, readonly string[]]>([
    ['-c', ['-c', '127.0.0.1', '-c127.0.0.2:7946']],
    ['--cluster-ip', ['--cluster-ip=127.0.0.1', '--cluster-ip', 'localhost']],
    ['-a, --advertise-ip', ['-a', '127.0.0.1', '--advertise-ip=127.0.0.1']],
    ['-f, --config-file', ['-f', 'sidecar.toml', '--config-file=sidecar.toml']],
    ['-n, --cluster-name', ['-n', 'one', '--cluster-name=two']],
    ['-d, --discover', ['-d', 'static', '--discover=static']],
    ['-x, --haproxy-disable', ['-x', '--haproxy-disable']],
    ['--no-haproxy-disable', ['--no-haproxy-disable']],
    ['-l, --logging-level', ['-l', 'debug', '--logging-level=error']],
    ['-p, --cpuprofile', ['-p', '--no-cpuprofile', '--cpuprofile']],
  ])('%s starts the agent', async (_name, flags) => {
    const agent = await prepared({ flags });
    await serves(agent);
    agent.kill();
    expect(await agent.ended()).toEqual({ code: 0, signal: null });
  });

  test('-p writes a profile, and an interrupt ends it with status 1', async () => {
    const agent = await prepared({ flags: ['-p'] });
    await serves(agent);
    agent.kill('SIGINT');
    expect(await agent.ended()).toEqual({ code: 1, signal: null });
    expect(JSON.parse(readFileSync(agent.path('sidecar.cpu.prof'), 'utf8'))).toHaveProperty('nodes');
  });

  test.each(['--help', '--help-long', '--help-man', '--version'])('%s answers with status 0', async (flag) => {
    const { code, out } = await run(await prepared(), [flag]);
    expect(code).toBe(0);
    expect(out).toContain('sidecar');
  });
});

describe('a start that is refused', () => {
  test('says all that is wrong, with status 1, before anything was started', async () => {
    const agent = await prepared();
    writeFileSync(agent.path('sidecar.toml'), '[haproxy]\nconfig_file = 7\n[sidecar]\npush_pull_interval = "soon"\n');
    const { code, out, err } = await run(agent, ['--bogus', 'x']);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(/--bogus.*\[FLAG_UNKNOWN\]/);
    expect(err).toMatch(/sidecar\.toml: haproxy\.config_file is 7.*\[NOT_A_STRING\]/);
    expect(err).toMatch(/sidecar\.push_pull_interval is "soon".*\[DURATION_SYNTAX\]/);
    expect(existsSync(agent.path('haproxy.cfg'))).toBe(false);
  });

  test('without a file ends, unless a variable of v2 stands for it', async () => {
    const agent = await prepared();
    writeFileSync(agent.path('empty'), '');
    const missing = await run(agent, ['-f', 'nope.toml'], { HAPROXY_DISABLE: 'true' });
    expect(missing.code).toBe(1);
    expect(missing.err).toContain('nope.toml');
  });

  test('a second agent on the same port ends and leaves the HAProxy of the first alone', async () => {
    const backend = await Backend.start('a');
    open.push({ destroy: () => backend.stop() });
    const [port = 0] = await freePorts(1);
    const agent = await Agent.start({ targets: [target('web', backend.port, port)] });
    open.push(agent);
    const pids = agent.haproxyPids();
    const { code, err } = await run(agent, []);
    expect(code).toBe(1);
    expect(err).toContain("Can't start HTTP server");
    expect(agent.haproxyPids()).toEqual(pids);
    expect(pids.every(isAlive)).toBe(true);
    expect((await get(`http://127.0.0.1:${port}/`)).body).toBe('a');
  });
});

describe('a running agent', () => {
  test('survives the signal that stops an HAProxy', async () => {
    const agent = await prepared({ flags: ['-x'] });
    await serves(agent);
    agent.kill('SIGUSR1');
    await until('it has been noticed', () => agent.log.includes('SIGUSR1'));
    expect((await get(agent.url('/health'))).status).toBe(200);
    expect(agent.log).not.toContain('Debugger listening');
  });

  test('is asked by `sidecar status`: 0 when all is well, 1 when not, 2 when it is not there', async () => {
    const agent = await prepared({ flags: ['-x'], targets: [] });
    const where = ['--agent', `127.0.0.1:${agent.httpPort}`];
    const absent = await run(agent, ['status', ...where]);
    expect([absent.code, absent.err]).toEqual([2, expect.stringContaining(String(agent.httpPort))]);
    await serves(agent);
    await agent.untilReady();
    const fine = await run(agent, ['status', ...where]);
    expect([fine.code, fine.out]).toEqual([0, expect.stringContaining('healthy')]);
    agent.writeTargets('not json');
    await until('it has a problem', async () => (await agent.problems()).length > 0);
    const unwell = await run(agent, ['status', '--json', ...where]);
    expect(unwell.code).toBe(1);
    expect(JSON.parse(unwell.out)).toHaveProperty('problems');
  });
});

describe('sidecar --check-config', () => {
  test('prints what is in force and from where, and HAProxy accepts what the template gives', async () => {
    const agent = await prepared({ targets: [target('web', 1, 9999)] });
    const { code, out, err } = await run(agent, ['--check-config', '-l', 'warn']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/logging_level += "warn" +# .*--logging-level/);
    expect(out).toContain('names 1 service instance');
    expect(out).toContain('HAProxy accepts the rendered configuration');
    expect(existsSync(agent.path('haproxy.cfg'))).toBe(false);
  });

  test('refuses a misspelt key that the agent itself only warns of', async () => {
    const agent = await prepared({ toml: { haproxy: ['reload_comand = "true"'] } });
    const { code, err } = await run(agent, ['--check-config']);
    expect(code).toBe(1);
    expect(err).toContain('reload_command');
    await serves(agent);
    expect(agent.log).toContain('reload_command');
  });

  test('shows the words of HAProxy about a template that it does not accept', async () => {
    const agent = await prepared({ toml: { haproxy: ['template_file = "custom.hbs"'] } });
    writeFileSync(agent.path('custom.hbs'), 'global\n\tno-such-keyword\n');
    const { code, out } = await run(agent, ['--check-config']);
    expect(code).toBe(1);
    expect(out).toContain("unknown keyword 'no-such-keyword'");
  });
});
