import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent, target } from '../support/agent.js';
import { Load } from '../support/load.js';
import { Backend, freePorts, get, listen, portOf } from '../support/network.js';
import { processesWith } from '../support/processes.js';
import { until } from '../support/until.js';

const open: { destroy(): Promise<void> }[] = [];

function opened<T extends { destroy(): Promise<void> }>(one: T): T {
  open.push(one);
  return one;
}

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.destroy();
});

/** `haproxy/pull.sh` as a process, in a folder of its own. */
class Puller {
  errors = '';
  exitCode: number | null | undefined;
  readonly dir = mkdtempSync(join(tmpdir(), 'sidecar-pull-'));
  readonly config = join(this.dir, 'haproxy.cfg');
  private child: ChildProcess | undefined;

  start(env: Readonly<Record<string, string>>): void {
    this.exitCode = undefined;
    this.child = spawn('/bin/sh', [resolve('haproxy/pull.sh')], {
      cwd: this.dir,
      env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin`, CONFIG_FILE: this.config, BIND_IP: '127.0.0.1', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.child.on('exit', (code) => (this.exitCode = code));
  }

  /** What the script itself has said. */
  get said(): readonly string[] {
    return this.errors.split('\n').filter((line) => line.startsWith('pull.sh: '));
  }

  /** HAProxy's master: the one that the script has started. */
  get haproxy(): number {
    const masters = processesWith(`-W -db -f ${this.dir}`).filter(({ command }) => command.startsWith('haproxy'));
    return Math.min(...masters.map(({ pid }) => pid));
  }

  get leftovers(): readonly string[] {
    return processesWith(this.dir).map(({ command }) => command);
  }

  /** Resolves when HAProxy takes no new connections, by its own words. */
  async untilStopping(): Promise<void> {
    await until('HAProxy stops', () => this.errors.includes('Proxy web stopped'));
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** @returns its exit status; -1 when a signal has ended it */
  async ended(): Promise<number> {
    await until('the script has ended', () => this.exitCode !== undefined);
    return this.exitCode ?? -1;
  }

  async destroy(): Promise<void> {
    if (this.exitCode === undefined) {
      this.signal('SIGTERM');
      this.signal('SIGTERM');
      await this.ended().catch(() => this.signal('SIGKILL'));
    }
    for (const { pid } of processesWith(this.dir)) process.kill(pid, 'SIGKILL');
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A configuration that answers each request with one word. */
const saying = (word: string, port: number): string =>
  `defaults\n\tmode http\n\ttimeout connect 5s\n\ttimeout client 1m\n\ttimeout server 1m\n` +
  `frontend web\n\tbind 127.0.0.1:${port}\n\thttp-request return content-type text/plain string ${word}\n`;

type Answer = (response: ServerResponse) => void;

/** What answers in the place of an agent: a configuration, held back while it is known, or anything else. */
class AgentDouble {
  asked = 0;
  private answer: Answer = (response) => response.writeHead(503).end();
  private known = '';
  private waiting: ServerResponse[] = [];
  private constructor(private readonly server: Server) {}

  static async start(): Promise<AgentDouble> {
    const server = await listen(createServer());
    const agent = opened(new AgentDouble(server));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => agent.take(request, response));
    return agent;
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.server)}`;
  }

  gives(text: string): void {
    const etag = `"${createHash('sha256').update(text).digest('hex')}"`;
    const headers = { 'Content-Type': 'text/plain; charset=utf-8', ETag: etag };
    this.does((response) => response.writeHead(200, headers).end(text));
    this.known = etag;
  }

  does(answer: Answer): void {
    this.known = '';
    this.answer = answer;
    for (const response of this.waiting.splice(0)) this.answer(response);
  }

  /** Nothing new has come in the time that was asked for. */
  letGo(): void {
    for (const response of this.waiting.splice(0)) response.writeHead(304).end();
  }

  async destroy(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    this.asked += 1;
    if (this.known !== '' && request.headers['if-none-match'] === this.known) this.waiting.push(response);
    else this.answer(response);
  }
}

/** Writes as fast as it is read, until nobody does. */
function endless(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', ETag: '"endless"' });
  const write = (): void => void response.write('#'.repeat(65_536), () => response.destroyed || write());
  write();
}

const word = async (port: number): Promise<string> => (await get(`http://127.0.0.1:${port}/`)).body;
const untilSaid = (port: number, expected: string): Promise<unknown> =>
  until(`HAProxy says ${expected}`, async () => (await word(port)) === expected);

/** The script after its first configuration, which says `one`. */
async function following(): Promise<{ readonly agent: AgentDouble; readonly puller: Puller; readonly port: number }> {
  const [port = 0] = await freePorts(1);
  const agent = await AgentDouble.start();
  agent.gives(saying('one', port));
  const puller = opened(new Puller());
  puller.start({ SIDECAR_URL: agent.url });
  await untilSaid(port, 'one');
  return { agent, puller, port };
}

describe('the script that follows an agent', () => {
  test('brings each change to HAProxy without a failed request, though the agent drives none itself', async () => {
    const [a, b] = [await Backend.start('a'), await Backend.start('b')];
    for (const backend of [a, b]) open.push({ destroy: () => backend.stop() });
    const [servicePort = 0] = await freePorts(1);
    const targets = (...backends: Backend[]): unknown => backends.map(({ port }) => target('web', port, servicePort));
    const agent = opened(await Agent.start({ targets: targets(a), toml: { haproxy: ['disable = true'] } }));
    const puller = opened(new Puller());
    puller.start({ SIDECAR_URL: agent.url('/') });
    await untilSaid(servicePort, 'a');

    const load = opened(new Load(`http://127.0.0.1:${servicePort}/`));
    const began = performance.now();
    for (const backends of [[a, b], [b], [a, b], [a]]) {
      agent.writeTargets(targets(...backends));
      const names = backends.map((backend) => (backend === a ? 'a' : 'b')).sort();
      await until(`${names.join(' and ')} alone answer`, () => {
        const last = load.attempts.slice(-12);
        return [...new Set(last.map(({ by }) => by ?? '?'))].sort().join() === names.join();
      });
    }
    await load.stop();
    expect(load.failuresSince(began)).toEqual([]);
    expect(readFileSync(puller.config, 'utf8')).toContain(`bind 127.0.0.1:${servicePort}`);
  });

  test.each<readonly [string, (agent: AgentDouble, port: number) => void, number, RegExp]>([
    [
      'a page of something else',
      (agent) => agent.does((response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>')),
      2,
      /is this an agent\?/,
    ],
    [
      'a refusal',
      (agent) => agent.does((response) => response.writeHead(503).end('{"message":"not yet"}')),
      2,
      /it answers 503: \{"message":"not yet"\}/,
    ],
    [
      'half an answer',
      (agent) => agent.does((response) => response.write('half', () => response.destroy())),
      2,
      /no configuration can be had .*curl/,
    ],
    ['an answer without an end', (agent) => agent.does(endless), 2, /no configuration can be had .*curl/],
    [
      'what HAProxy does not accept',
      (agent, port) => agent.gives(saying('two', port).replace('mode http', 'mode hypertext')),
      4,
      /does not accept .*hypertext/,
    ],
    [
      'what gives HAProxy nothing to do',
      (agent) => agent.gives('global\n\tmaxconn 10\n'),
      4,
      /does not accept .*no listener/,
    ],
  ])('given %s keeps the last good configuration, says why once, and takes the next', async (_, spoil, asks, why) => {
    const { agent, puller, port } = await following();
    const good = readFileSync(puller.config, 'utf8');
    const before = agent.asked;
    spoil(agent, port);
    await until('it says why', () => puller.said.some((line) => why.test(line)));
    await until('it asks again', () => {
      agent.letGo();
      return agent.asked >= before + asks;
    });
    expect(puller.said.filter((line) => why.test(line))).toHaveLength(1);
    expect([await word(port), readFileSync(puller.config, 'utf8')]).toEqual(['one', good]);
    agent.gives(saying('three', port));
    await untilSaid(port, 'three');
    await until('it says so', () => puller.said.some((line) => line.includes('is in place')));
  });

  test('serves the last good configuration while no agent answers, and waits for one where there is none', async () => {
    const [port = 0, agentPort = 0] = await freePorts(2);
    const waiting = opened(new Puller());
    waiting.start({ SIDECAR_URL: `http://127.0.0.1:${agentPort}` });
    await until('it says why it waits', () =>
      waiting.said.some((line) => line.includes('no configuration can be had')),
    );
    expect(existsSync(waiting.config)).toBe(false);
    waiting.signal('SIGTERM');
    expect([await waiting.ended(), waiting.leftovers]).toEqual([0, []]);

    writeFileSync(waiting.config, saying('kept', port));
    waiting.start({ SIDECAR_URL: `http://127.0.0.1:${agentPort}` });
    await untilSaid(port, 'kept');
  });

  test('waits for another configuration when HAProxy does not accept the kept one any more', async () => {
    const [port = 0] = await freePorts(1);
    const agent = await AgentDouble.start();
    const puller = opened(new Puller());
    writeFileSync(puller.config, 'frobnicate\n');
    puller.start({ SIDECAR_URL: agent.url });
    await until('it says so', () => puller.said.some((line) => /does not accept .* any more.*frobnicate/.test(line)));
    agent.gives(saying('new', port));
    await untilSaid(port, 'new');
  });

  test('pauses between two questions also when nothing is held back', async () => {
    const { agent } = await following();
    const pauses: number[] = [];
    let answeredAt = -Infinity;
    agent.does((response) => {
      pauses.push(performance.now() - answeredAt);
      response.writeHead(304).end();
      answeredAt = performance.now();
    });
    await until('it has asked some times', () => pauses.length > 5);
    expect(Math.min(...pauses)).toBeGreaterThan(90);
  });

  test('asks another agent when one is gone', async () => {
    const [port = 0, nobody = 0] = await freePorts(2);
    const agent = await AgentDouble.start();
    agent.gives(saying('second', port));
    const puller = opened(new Puller());
    puller.start({ SIDECAR_URL: `http://127.0.0.1:${nobody}  ${agent.url}/` });
    await untilSaid(port, 'second');
    expect(puller.said).toEqual([expect.stringContaining(`${agent.url}/ is asked instead`)]);
  });

  test('says what is missing when it is started without an agent', async () => {
    const puller = opened(new Puller());
    puller.start({});
    expect(await puller.ended()).not.toBe(0);
    expect(puller.errors).toContain('SIDECAR_URL');
  });
});

describe('the end of the script', () => {
  /** HAProxy with one request under way, which is answered when the test says so. */
  async function busy(): Promise<{ puller: Puller; finish: () => void; answer: Promise<{ readonly body: string }> }> {
    let finish: (() => void) | undefined;
    const backend = await listen(
      createServer(({ url }, response) => {
        if (url === '/slow') finish = () => response.end('finished');
        else response.end('at once');
      }),
    );
    open.push({
      destroy: async () => {
        backend.closeAllConnections();
        await new Promise((resolve) => backend.close(resolve));
      },
    });
    const [port = 0] = await freePorts(1);
    const agent = await AgentDouble.start();
    const web = saying('x', port).replace(/\thttp-request return.*\n/, '\tdefault_backend b\nbackend b\n\tserver s ');
    agent.gives(`${web}127.0.0.1:${portOf(backend)}\n`);
    const puller = opened(new Puller());
    puller.start({ SIDECAR_URL: agent.url });
    await untilSaid(port, 'at once');
    const answer = get(`http://127.0.0.1:${port}/slow`, 20_000).catch(() => ({ body: 'cut' }));
    const end = await until('the request is under way', () => finish);
    return { puller, finish: end, answer };
  }

  test.each(['SIGTERM', 'SIGINT', 'SIGUSR1'] as const)(
    'by %s lets requests finish and leaves nothing behind',
    async (signal) => {
      const { puller, finish, answer } = await busy();
      puller.signal(signal);
      await puller.untilStopping();
      finish();
      expect((await answer).body).toBe('finished');
      expect([await puller.ended(), puller.leftovers]).toEqual([0, []]);
    },
  );

  test('comes at once with a second signal', async () => {
    const { puller, answer } = await busy();
    puller.signal('SIGTERM');
    await puller.untilStopping();
    puller.signal('SIGTERM');
    expect((await answer).body).toBe('cut');
    await puller.ended();
    expect(puller.leftovers).toEqual([]);
  });

  test('comes with the end of HAProxy, and is like it', async () => {
    const { puller, finish, answer } = await busy();
    finish();
    await answer;
    process.kill(puller.haproxy, 'SIGKILL');
    expect(await puller.ended()).toBe(137);
    expect(puller.leftovers.filter((command) => !command.startsWith('haproxy'))).toEqual([]);
  });
});
