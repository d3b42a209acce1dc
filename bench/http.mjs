// What the HTTP API of an agent that knows 1,000 services answers, and what that costs its gossip:
//   node bench/http.mjs [SECONDS=8] [CONNECTIONS=64]
// Clients are a process of their own with keep-alive connections, each with one request at a time; an answer counts when its last byte
// is there. The same clients ask a bare Koa, which answers a buffer of the same size, for comparison. Meanwhile the agent is pinged
// as a peer would ping it. Writes bench/results/http.md. Needs a build; HAProxy is not needed.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pinging } from './gossip-ping.mjs';
import { isSettled, startAgent } from './static-agent.mjs';

const ROOT = join(import.meta.dirname, '..');
const SERVICES = 1000;
const ADDRESS = '127.0.2.2';
const [HTTP, GOSSIP, KOA] = [17_977, 17_979, 17_980];
const WARM_UP_MS = 2000;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const url = (path) => `http://${ADDRESS}:${HTTP}${path}`;
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;

/** One for all connections, so that it stays in the caches of the processor. */
const READ_BUFFER = Buffer.alloc(64 * 1024);

/** One keep-alive connection that asks again as soon as it has the whole answer. */
class Client {
  /** Of the answer that is coming; negative: its head is not whole yet. */
  missing = -1;
  head = '';
  etag = '""';

  constructor({ port, path, headers, isConditional }, onAnswer) {
    this.request = `GET ${path} HTTP/1.1\r\nHost: ${ADDRESS}:${port}\r\n${headers}`;
    this.isConditional = isConditional;
    this.onAnswer = onAnswer;
    const onread = { buffer: READ_BUFFER, callback: (length, bytes) => this.take(length, bytes) };
    this.socket = connect({ port, host: ADDRESS, noDelay: true, onread }, () => this.ask());
    this.socket.on('error', (error) => this.onAnswer({ error }));
    this.socket.on('close', () => this.onAnswer({ error: new Error('the connection was closed') }));
  }

  ask() {
    this.askedAt = performance.now();
    this.socket.write(`${this.request}${this.isConditional ? `If-None-Match: ${this.etag}\r\n` : ''}\r\n`);
  }

  take(length, bytes) {
    if (this.missing >= 0) this.missing -= length;
    else {
      this.head += bytes.latin1Slice(0, length);
      const end = this.head.indexOf('\r\n\r\n');
      if (end < 0) return true;
      this.missing = Number(/^content-length: (\d+)/im.exec(this.head)?.[1] ?? 0) - (this.head.length - end - 4);
      this.status = Number(this.head.slice(9, 12));
      if (this.isConditional) this.etag = /^etag: (.+)\r$/im.exec(this.head)?.[1] ?? this.etag;
      this.head = '';
    }
    if (this.missing > 0) return true;
    const [tookMs, status] = [performance.now() - this.askedAt, this.status];
    this.missing = -1;
    this.onAnswer({ status, tookMs });
    this.ask();
    return true;
  }
}

/** The process of the clients. */
async function beClients({ connections, seconds, ...what }) {
  const times = [];
  const statuses = {};
  let isCounting = false;
  const clients = Array.from(
    { length: connections },
    () =>
      new Client(what, ({ status, tookMs, error }) => {
        if (!isCounting) return;
        if (error) throw error;
        times.push(tookMs);
        statuses[status] = (statuses[status] ?? 0) + 1;
      }),
  );
  const received = () => clients.reduce((sum, { socket }) => sum + socket.bytesRead, 0);
  await wait(WARM_UP_MS);
  const [began, bytesBefore] = [performance.now(), received()];
  isCounting = true;
  await wait(seconds * 1000);
  isCounting = false;
  const tookS = (performance.now() - began) / 1000;
  const bytes = received() - bytesBefore;
  times.sort((a, b) => a - b);
  process.send({
    perSecond: times.length / tookS,
    bytesPerSecond: bytes / tookS,
    ...{ p50: quantile(times, 0.5), p99: quantile(times, 0.99), statuses },
  });
  process.exit();
}

async function beKoa({ size }) {
  const { default: Koa } = await import('koa');
  const body = Buffer.alloc(size, 'x');
  const app = new Koa();
  app.use((ctx) => {
    ctx.type = 'application/json';
    ctx.body = body;
  });
  app.listen(KOA, ADDRESS, () => process.send('listens'));
}

const child = (role, facts) => fork(import.meta.filename, [role, JSON.stringify(facts)]);
const told = (process) =>
  new Promise((resolve, reject) => {
    process.once('message', resolve);
    process.once('exit', (code) => reject(new Error(`the process ended with ${code}`)));
  });

async function measure(what) {
  const stop = pinging(ADDRESS, GOSSIP);
  const figures = await told(child('clients', { connections, seconds, headers: '', ...what }));
  return { ...figures, ping: await stop() };
}

/** The same from a bare Koa, with a body of that size. */
async function measureKoa(size) {
  const koa = child('koa', { size });
  const ended = new Promise((resolve) => koa.once('exit', resolve));
  try {
    await told(koa);
    return await measure({ port: KOA, path: '/' });
  } finally {
    koa.kill();
    await ended;
  }
}

async function settled() {
  for (const start = performance.now(); performance.now() - start < 60_000; await wait(100))
    if (await isSettled(ADDRESS, HTTP, SERVICES)) return;
  throw new Error('waited a minute in vain until the agent has settled');
}

const number = (n) => Math.round(n).toLocaleString('en');
const ms = (time) => `${time < 10 ? time.toFixed(1) : time.toFixed(0)} ms`;
const kib = (bytes) => `${(bytes / 1024).toFixed(0)} KiB`;

function row(name, { perSecond, bytesPerSecond, p50, p99, statuses }, ...more) {
  const codes = Object.entries(statuses).map(([code, count]) => `${code}: ${number(count)}`);
  const figures = [number(perSecond), `${number(bytesPerSecond / 1e6)} MB`, ms(p50), ms(p99), codes.join(', ')];
  return `| ${[name, ...figures, ...more].join(' | ')} |`;
}

async function beBench() {
  const dir = mkdtempSync(join(tmpdir(), 'sidecar-bench-'));
  const agent = startAgent({ dir, address: ADDRESS, http: HTTP, gossip: GOSSIP, services: SERVICES });
  const ended = new Promise((resolve) => agent.once('close', resolve));
  const load = loadavg()[0].toFixed(1);
  const rows = [];
  let [pings, lost] = [0, 0];
  const ask = async (name, what) => {
    const figures = await measure({ port: HTTP, ...what });
    pings += figures.ping.count;
    lost += figures.ping.lost;
    return { perSecond: figures.perSecond, shown: (ratio) => row(name, figures, ratio, ms(figures.ping.slowest)) };
  };
  try {
    await settled();
    for (const path of ['/services.json', '/state.json']) {
      const { byteLength: size } = await (await fetch(url(path))).arrayBuffer();
      const plain = await ask(`\`${path}\`, ${kib(size)}`, { path });
      const koa = await measureKoa(size);
      rows.push(
        plain.shown((plain.perSecond / koa.perSecond).toFixed(2)),
        row(`bare Koa, ${kib(size)}`, koa, '1', ''),
        (await ask('… conditional', { path, isConditional: true })).shown(''),
        (await ask('… gzip', { path, headers: 'Accept-Encoding: gzip\r\n' })).shown(''),
      );
    }
  } finally {
    agent.kill('SIGTERM');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  }
  const report = `# What the API answers

${number(SERVICES)} services, one instance each; ${connections} connections with one request at a time each.

| | answers each second | bytes each second | median | p99 | by status | × bare Koa | slowest gossip ping meanwhile |
| :--- | ---: | ---: | ---: | ---: | :--- | ---: | ---: |
${rows.join('\n')}

From the request to the last byte of its answer; agent and clients on the same machine, over loopback, ${seconds} s each. A bare Koa answers
a buffer of the same size and does nothing else. Of ${number(pings)} gossip pings ${lost} were not answered.

Made by \`node bench/http.mjs ${seconds} ${connections}\` with Node.js ${process.version} and Linux ${release()} on ${cpus().length} × ${cpus()[0].model.trim()}, whose load average was ${load} before.
`;
  console.log(report);
  writeFileSync(join(ROOT, 'bench/results/http.md'), report);
}

const [role = '', facts = ''] = process.argv.slice(2);
const [seconds, connections] = [Number(role) || 8, Number(facts) || 64];
if (role === 'clients') await beClients(JSON.parse(facts));
else if (role === 'koa') await beKoa(JSON.parse(facts));
else await beBench();
