import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent, target } from '../support/agent.js';
import { Dev, type DevSetup } from '../support/dev.js';
import { Backend, freePorts, get, listen, portOf } from '../support/network.js';
import { processesWith } from '../support/processes.js';

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write('skipped the tests of sidecar dev without HAProxy: only root can hide it\n');
const testWithoutHaproxy = isRoot ? test : test.skip;

const SHOW_CURSOR = '\u001b[?25h';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function dev(setup: DevSetup): Dev {
  const started = Dev.start(setup);
  ends.push(() => started.destroy());
  return started;
}

async function backend(name: string): Promise<Backend> {
  const started = await Backend.start(name);
  ends.push(() => started.stop());
  return started;
}

const bodyOf = async (port: number): Promise<string> => (await get(`http://127.0.0.1:${port}/`)).body;

describe('sidecar dev', () => {
  test('offers what static.json names through HAProxy, and leaves nothing running', async () => {
    const [port = 0] = await freePorts(1);
    const web = await backend('web');
    const run = dev({ targets: [target('web', web.port, port)] });
    await run.says(/^HAProxy: .*takes the connections/);
    await run.says(new RegExp(`^web at http://127\\.0\\.0\\.1:${port}: ready \\(1 of 1 instances\\)$`));
    expect(await bodyOf(port)).toBe('web');
    expect(processesWith(run.dir).some(({ command }) => /haproxy -D /.test(command))).toBe(true);
    expect(await run.interrupt()).toBe(0);
    expect(processesWith(run.dir)).toEqual([]);
  });

  test('runs without root', async () => {
    const [port = 0] = await freePorts(1);
    const web = await backend('web');
    const run = dev({ targets: [target('web', web.port, port)], unprivileged: true });
    await run.says(/^web at .*: ready/);
    expect(await bodyOf(port)).toBe('web');
    expect(await run.interrupt()).toBe(0);
    expect(processesWith(run.dir)).toEqual([]);
  });

  test('shows how the first service is started, and where it looks for Docker, while there is nothing', async () => {
    const run = dev({});
    await run.says(/--label ServiceName=web --label ServicePort_80=8080/);
    await run.says(/^Docker: does not run, or not at unix:.*none\.sock/);
  });

  test('takes another port when 7777 is taken, and says how it is asked', async () => {
    const server = createServer();
    await listen(server, 7777).catch(() => undefined); // then another program has it: the same
    ends.push(() => new Promise((resolve) => server.close(resolve)));
    const line = await dev({}).says(/^Ask: sidecar ls --agent 127\.0\.0\.1:\d+/);
    const agent = /127\.0\.0\.1:\d+/.exec(line)?.[0];
    expect(agent).not.toBe('127.0.0.1:7777');
    expect((await get(`http://${agent}/services.json`)).status).toBe(200);
  });

  test('leaves 7777 to an agent that is followed there, through a tunnel say that is opened later', async () => {
    const run = dev({ follow: 'localhost:7777' });
    await run.says(/^Follows: /);
    await run.says(/^Ask: sidecar ls --agent 127\.0\.0\.1:77(?:7[89]|8\d)/);
  });

  test('shows one page in a terminal of 80 columns, and gives the cursor back', async () => {
    const [port = 0, closed = 0, other = 0] = await freePorts(3);
    const web = await backend('web');
    const targets = [target('web', web.port, port), target('broken', closed, other)];
    const run = dev({ targets, columns: 80 });
    await run.says(new RegExp(`^web +http://127\\.0\\.0\\.1:${port} +1 of 1 +ready$`));
    await run.says(/^broken .* 0 of 1 +failing$/);
    await run.says(/^broken: its check fails: .*ECONNREFUSED/);
    expect(run.lines().filter((line) => line.length > 80)).toEqual([]);
    await web.stop();
    await run.says(/^web .* 0 of 1 +failing$/);
    expect(run.output).not.toContain(SHOW_CURSOR);
    await run.interrupt();
    expect(run.output).toContain(SHOW_CURSOR);
    expect(processesWith(run.dir)).toEqual([]);
  });

  testWithoutHaproxy('without HAProxy hands connections on by turns, and around an instance that is gone', async () => {
    const [port = 0] = await freePorts(1);
    const [one, two] = [await backend('one'), await backend('two')];
    const run = dev({
      targets: [target('web', one.port, port), target('web', two.port, port)],
      withoutHaproxy: true,
    });
    await run.says(/^HAProxy: is not here: connections are forwarded by this program/);
    await run.says(/^web at .*: ready \(2 of 2 instances\)$/);
    expect(new Set([await bodyOf(port), await bodyOf(port)])).toEqual(new Set(['one', 'two']));
    await one.stop();
    expect([await bodyOf(port), await bodyOf(port)]).toEqual(['two', 'two']);
    await run.says(/^web at .*: ready \(1 of 2 instances\); its check fails/);
    expect(await run.interrupt()).toBe(0);
  });

  testWithoutHaproxy('says that a ServicePort is taken, and has it once it is free', async () => {
    const other = await listen(createServer());
    const port = portOf(other);
    const web = await backend('web');
    const run = dev({ targets: [target('web', web.port, port)], withoutHaproxy: true });
    await run.says(/^web at .*: set aside .*EADDRINUSE/);
    await new Promise((resolve) => other.close(resolve));
    await run.says(/^web at .*: ready/);
    expect(await bodyOf(port)).toBe('web');
  });

  test('borrows the services of another cluster, the own ones first, and keeps them when it is gone', async () => {
    const [apiPort = 0, theirPort = 0, ownPort = 0] = await freePorts(3);
    const [api, web, own] = [await backend('api'), await backend('web'), await backend('own')];
    const agent = await Agent.start({
      targets: [target('api', api.port, apiPort), target('web', web.port, theirPort)],
      toml: { haproxy: ['disable = true'], sidecar: ['hostname = "elsewhere"'] },
    });
    ends.push(() => agent.destroy());
    const run = dev({ targets: [target('web', own.port, ownPort)], follow: `127.0.0.1:${agent.httpPort}` });
    await run.says(/^Follows: http:.*: its services are borrowed/);
    await run.says(/^api at .*: ready, borrowed \(1 of 1 instances\)$/);
    await run.says(/^web at .*: ready \(1 of 1 instances\)$/);
    expect([await bodyOf(apiPort), await bodyOf(ownPort)]).toEqual(['api', 'own']);
    expect(Object.keys(await agent.members())).toEqual(['elsewhere']);
    expect(await agent.instances('web')).toHaveLength(1);
    agent.kill();
    await agent.ended();
    await run.says(/^Follows: .* is gone: what it said last, at \d\d:\d\d:\d\d, stays/);
    expect(await bodyOf(apiPort)).toBe('api');
  });
});
