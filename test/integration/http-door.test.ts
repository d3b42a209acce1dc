import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request as requestOverTls } from 'node:https';
import { connect, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from '@jest/globals';
import { samplesIn } from '../metrics/exposition.js';
import { Agent, target, type AgentSetup } from '../support/agent.js';
import { GossipPing } from '../support/gossip-ping.js';
import { get, listen, portOf } from '../support/network.js';
import { pause, until } from '../support/until.js';

const MEGABYTE = 1024 * 1024;
const opened: { destroy(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.destroy();
});

async function agentWith(services: number, setup: AgentSetup = {}): Promise<Agent> {
  const agent = await Agent.start({
    toml: { haproxy: ['disable = true'] },
    targets: Array.from({ length: services }, (_, i) => target(`s-${i}`, 1000 + i, 0, { Type: 'AlwaysSuccessful' })),
    ...setup,
  });
  opened.push(agent);
  return agent;
}

async function figuresOf(agent: Agent): Promise<Readonly<Record<string, number>>> {
  return samplesIn((await get(agent.url('/metrics'))).body);
}

const endedFor = (figures: Readonly<Record<string, number>>, reason: string): number | undefined =>
  figures[`sidecar_http_connections_ended_total{reason="${reason}"}`];

/** A client that sends what a test says, and keeps what it hears. */
class Client {
  heard = '';
  isOpen = true;
  readonly socket: Socket;

  constructor(agent: Agent, text = '') {
    this.socket = connect({ port: agent.httpPort, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.setEncoding('latin1').on('data', (chunk: string) => (this.heard += chunk));
    this.socket.on('error', () => undefined).on('close', () => (this.isOpen = false));
    this.socket.on('end', () => this.socket.end());
    if (text !== '') this.socket.write(text);
    opened.push(this.socket);
  }
}

const clients = (agent: Agent, count: number, text = ''): readonly Client[] =>
  Array.from({ length: count }, () => new Client(agent, text));

/** Asks the agent as a peer and as a client, all the time while `attack` goes on; every question must be answered. */
async function answersDuring(agent: Agent, attack: () => Promise<void>): Promise<void> {
  const ping = new GossipPing(agent.gossipPort);
  opened.push(ping);
  let isOver = false;
  let rounds = 0;
  const asking = (async () => {
    while (!isOver) {
      await ping.ask();
      expect((await get(agent.url('/services.json'))).status).toBe(200);
      rounds += 1;
      await pause(50);
    }
  })();
  await Promise.all([attack().finally(() => (isOver = true)), asking]);
  expect(rounds).toBeGreaterThan(0);
}

describe('the agent goes on gossiping and serving while', () => {
  test('clients are silent, send their request a piece at a time, or do not read, and it ends them all', async () => {
    const agent = await agentWith(1000);
    const state = 'GET /state.json HTTP/1.1\r\nHost: a\r\n\r\n';
    await answersDuring(agent, async () => {
      const silent = clients(agent, 200);
      const slowHeads = clients(agent, 200, 'GET / HTTP/1.1\r\n');
      const slowBodies = clients(agent, 200, 'POST /api/leave HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n');
      const deaf = clients(agent, 3, state.repeat(200)); // more than the buffers of the system hold
      for (const { socket } of deaf) socket.pause();
      const drip = setInterval(() => {
        for (const { socket } of slowHeads) if (socket.writable) socket.write('a: b\r\n');
        for (const { socket } of slowBodies) if (socket.writable) socket.write('x');
      }, 1_000);
      try {
        await until(
          'all are ended',
          async () => {
            const figures = await figuresOf(agent);
            return endedFor(figures, 'request-too-slow') === 600 && endedFor(figures, 'answer-not-taken') === 3;
          },
          60_000,
        );
      } finally {
        clearInterval(drip);
      }
      await until('they know', () => [...silent, ...slowHeads, ...slowBodies].every(({ isOpen }) => !isOpen));
      for (const { heard } of [...silent, ...slowHeads]) expect(heard).toMatch(/^HTTP\/1\.1 408 /);
    });
  });

  test('bodies of 100 MB come, says 413, and keeps nothing of them', async () => {
    const agent = await agentWith(10);
    const resident = async (): Promise<number> => (await figuresOf(agent))['process_resident_memory_bytes'] ?? 0;
    const before = await resident();
    await answersDuring(agent, async () => {
      const head = 'POST /api/leave HTTP/1.1\r\nHost: a\r\n';
      const declared = clients(agent, 5, `${head}Content-Length: ${100 * MEGABYTE}\r\n\r\n`);
      const chunked = clients(agent, 5, `${head}Transfer-Encoding: chunked\r\n\r\n`);
      const megabyte = Buffer.alloc(MEGABYTE, 'x');
      for (let i = 0; i < 100; i += 1) {
        for (const { socket } of declared) socket.write(megabyte);
        for (const { socket } of chunked.filter(({ isOpen }) => isOpen)) {
          socket.write('100000\r\n');
          socket.write(megabyte);
          socket.write('\r\n');
        }
        await pause(1);
      }
      const refusal =
        /^HTTP\/1\.1 413 [^]*\r\n\r\n\{"message":"the body is longer than 20971520 bytes","status":"error"\}$/;
      await until('those that said so are answered', () => declared.every(({ heard }) => refusal.test(heard)));
      await until('the others are cut off', () => chunked.every(({ isOpen }) => !isOpen));
      for (const { heard } of chunked) expect(heard).toMatch(/^(?:HTTP\/1\.1 413 |$)/); // the system may take the answer back
    });
    expect(agent.exit).toBeUndefined();
    expect((await resident()) - before).toBeLessThan(150 * MEGABYTE);
  });

  test('what comes is no HTTP', async () => {
    const agent = await agentWith(10);
    const malformed = [
      'GET\r\n\r\n',
      '\0'.repeat(1000),
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      'GET / HTTP/9.9\r\nHost: a\r\n\r\n',
      'GET / HTTP/1.1\r\nHost : a\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'POST /api/leave HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    ];
    const tooLong = `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`;
    await answersDuring(agent, async () => {
      const all = malformed.map((text) => clients(agent, 20, text)).flat();
      const long = clients(agent, 20, tooLong);
      await until('all are ended', () => [...all, ...long].every(({ isOpen }) => !isOpen));
      for (const { heard } of all) expect(heard).toMatch(/^HTTP\/1\.1 (?:400|404|505) |^$/);
      for (const { heard } of long) expect(heard).toMatch(/^HTTP\/1\.1 431 /);
    });
    const figures = await figuresOf(agent);
    expect([endedFor(figures, 'malformed'), endedFor(figures, 'header-too-long')]).toEqual([160, 20]);
  });

  test('clients close their half of the connection, and those that have asked get their answer', async () => {
    const agent = await agentWith(500);
    await answersDuring(agent, async () => {
      const nothingAsked = clients(agent, 200);
      const asked = clients(agent, 50, 'GET /services.json HTTP/1.1\r\nHost: a\r\n\r\n');
      for (const { socket } of [...nothingAsked, ...asked]) socket.end();
      await until('all are closed', () => [...nothingAsked, ...asked].every(({ isOpen }) => !isOpen));
      for (const { heard } of asked) expect(heard).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\}$/);
    });
    await until('none is left', async () => (await figuresOf(agent))['sidecar_http_connections'] === 1);
  });
});

test('more connections than may be open are closed and counted, gossip goes on, and the first that is free is served', async () => {
  const agent = await agentWith(10, { fileLimit: 1000 });
  const ping = new GossipPing(agent.gossipPort);
  opened.push(ping);
  const flood = clients(agent, 800);
  await until('those over the limit are closed', () => flood.filter(({ isOpen }) => !isOpen).length >= 300);
  for (let i = 0; i < 20; i += 1) await ping.ask();
  await expect(get(agent.url('/services.json'))).rejects.toThrow();
  for (const { socket } of flood) socket.destroy();
  const figures = await until('it serves again', () => figuresOf(agent).catch(() => undefined));
  expect(figures['sidecar_http_connections_refused_total']).toBeGreaterThanOrEqual(301);
});

const FIXTURES = resolve('test/fixtures/http-tls');
const CERT = `${FIXTURES}/cert.pem`;

async function agentOverTls(cert = 'cert.pem'): Promise<Agent> {
  const tls = ['tls_cert = "cert.pem"', 'tls_key = "key.pem"'];
  const agent = await Agent.prepare({ toml: { haproxy: ['disable = true'], http: tls } });
  opened.push(agent);
  copyFileSync(`${FIXTURES}/${cert}`, agent.path('cert.pem'));
  copyFileSync(`${FIXTURES}/key.pem`, agent.path('key.pem'));
  agent.spawn();
  await until('it is ready', async () => (await ask(agent, '/ready')).body.includes('"ready": true'));
  return agent;
}

interface Answer {
  readonly body: string;
  /** Whom the certificate is of. */
  readonly name: string | undefined;
}

function ask(agent: Agent, path: string): Promise<Answer> {
  return new Promise((done, fail) => {
    const url = `https://127.0.0.1:${agent.httpPort}${path}`;
    let name: string | undefined;
    const asked = requestOverTls(url, { rejectUnauthorized: false, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => done({ body, name }));
    });
    asked.on('socket', (socket) =>
      socket.on('secureConnect', () => {
        if (socket instanceof TLSSocket) name = String(socket.getPeerCertificate().subject.CN);
      }),
    );
    asked.on('error', fail).end();
  });
}

describe('over TLS', () => {
  /** Runs `sidecar status` against an agent, trusting its certificate. */
  function status(agent: Agent, url: string): Promise<string> {
    return new Promise((done) => {
      const args = [resolve('dist/bin/sidecar.js'), 'status', '--agent', url];
      const env = { PATH: process.env['PATH'] ?? '', NODE_EXTRA_CA_CERTS: CERT };
      const child = spawn(process.execPath, args, { cwd: agent.dir, env, timeout: 20_000 });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.on('close', (code) => done(`${code}: ${output}`));
    });
  }

  test('the agent is asked with https, by its own command, too; plain HTTP is told so', async () => {
    const agent = await agentOverTls();
    expect((await ask(agent, '/services.json')).body).toContain('"ClusterName": "default"');
    expect(await status(agent, `https://127.0.0.1:${agent.httpPort}`)).toMatch(/^0: .*healthy, ready/);
    const plain = await get(agent.url('/services.json'));
    expect([plain.status, plain.body]).toEqual([400, expect.stringContaining('this port speaks TLS')]);
    expect(await status(agent, `127.0.0.1:${agent.httpPort}`)).toMatch(/^2: .*this port speaks TLS/);
  });

  test('one that has expired is no reason not to start: it is told of, and gossip goes on', async () => {
    const agent = await agentOverTls('january-cert.pem');
    expect((await ask(agent, '/health')).body).toContain('TLS_EXPIRES');
    const ping = new GossipPing(agent.gossipPort);
    opened.push(ping);
    await ping.ask();
    copyFileSync(CERT, agent.path('cert.pem'));
    await until('it is replaced', async () => !(await ask(agent, '/health')).body.includes('TLS_EXPIRES'));
  });

  test('a folder whose links are swapped, as Kubernetes does, is taken in as one, and nothing is said', async () => {
    const version = (name: string, prefix: string): void => {
      mkdirSync(agent.path(name));
      for (const file of ['cert.pem', 'key.pem'])
        copyFileSync(`${FIXTURES}/${prefix}${file}`, agent.path(`${name}/${file}`));
    };
    const tls = ['tls_cert = "tls/cert.pem"', 'tls_key = "tls/key.pem"'];
    const agent = await Agent.prepare({ toml: { haproxy: ['disable = true'], http: tls } });
    opened.push(agent);
    mkdirSync(agent.path('tls'));
    version('tls/..1', '');
    symlinkSync('..1', agent.path('tls/..data'));
    for (const file of ['cert.pem', 'key.pem']) symlinkSync(`..data/${file}`, agent.path(`tls/${file}`));
    agent.spawn();
    await until('it answers', async () => (await ask(agent, '/ready')).name === 'sidecar test agent');
    version('tls/..2', 'renewed-');
    symlinkSync('..2', agent.path('tls/..data_tmp'));
    renameSync(agent.path('tls/..data_tmp'), agent.path('tls/..data'));
    rmSync(agent.path('tls/..1'), { recursive: true });
    await until('the new one is shown', async () => (await ask(agent, '/ready')).name === 'sidecar test agent renewed');
    expect(agent.log).not.toContain('TLS_UNUSABLE');
  });

  test('a renewed certificate is taken in, a broken one is a problem and changes nothing', async () => {
    const agent = await agentOverTls();
    expect((await ask(agent, '/health')).name).toBe('sidecar test agent');
    for (const name of ['cert.pem', 'key.pem']) copyFileSync(`${FIXTURES}/renewed-${name}`, agent.path(name));
    await until(
      'the new one is shown',
      async () => (await ask(agent, '/health')).name === 'sidecar test agent renewed',
    );
    writeFileSync(agent.path('key.pem'), 'broken');
    await until('that is a problem', async () => (await ask(agent, '/health')).body.includes('TLS_UNUSABLE'));
    expect((await ask(agent, '/health')).name).toBe('sidecar test agent renewed');
    copyFileSync(`${FIXTURES}/renewed-key.pem`, agent.path('key.pem'));
    await until('the problem is over', async () => !(await ask(agent, '/health')).body.includes('TLS_UNUSABLE'));
  });

  test('an agent whose certificate cannot be used does not start, and says why', async () => {
    const toml = { http: ['tls_cert = "cert.pem"', 'tls_key = "key.pem"'] };
    const agent = await Agent.prepare({ toml });
    opened.push(agent);
    copyFileSync(CERT, agent.path('cert.pem'));
    copyFileSync(`${FIXTURES}/renewed-key.pem`, agent.path('key.pem'));
    agent.spawn();
    expect((await agent.ended()).code).toBe(1);
    expect(agent.log).toContain('the key is not that of the certificate');
  });
});

describe('the health check of the image', () => {
  /** Runs it with variables. @returns its exit code and what it says */
  function check(env: Readonly<Record<string, string>>): Promise<string> {
    return new Promise((done) => {
      const child = spawn(process.execPath, [resolve('scripts/container/health.mjs')], { env, timeout: 20_000 });
      let output = '';
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.on('close', (code) => done(`${code} ${output.trim()}`));
    });
  }

  test.each(['http', 'https'])('is content with an agent that is well over %s', async (scheme) => {
    const agent = scheme === 'http' ? await agentWith(0) : await agentOverTls();
    const HTTP_PORT = String(agent.httpPort);
    expect(await check({ HTTP_PORT })).toBe('0 ');
    expect(await check({ HTTP_PORT, HTTP_BIND_IP: '0.0.0.0' })).toBe('0 ');
    expect(await check({ HTTP_PORT, HTTP_BIND_IP: '127.0.0.9' })).toMatch(/^1 connect ECONNREFUSED 127\.0\.0\.9/);
    if (scheme === 'http') return;
    const before = notTls((await ask(agent, '/metrics')).body);
    expect(await check({ HTTP_PORT, HTTP_TLS_CERT: 'cert.pem' })).toBe('0 ');
    expect(notTls((await ask(agent, '/metrics')).body)).toBe(before);
  });

  const notTls = (metrics: string): number | undefined => endedFor(samplesIn(metrics), 'not-tls');

  test('is not content with what answers, but not well', async () => {
    const server = await listen(createServer((_, response) => void response.writeHead(503).end()));
    opened.push({ destroy: () => server.close() });
    expect(await check({ HTTP_PORT: String(portOf(server)) })).toBe('1 /health answered 503');
  });
});
