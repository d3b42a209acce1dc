// What an agent that knows 1,000 services still does while its HTTP API is under attack:
//   node bench/http-door.mjs [CONNECTIONS=10000] [SECONDS=30]
// For each kind of attack in turn: it is asked for /services.json on a connection of its own each time, and pinged as a peer would
// ping it; both are timed. The clients that attack are a process of their own. All on one machine, over loopback. The agent opens
// half as many connections as it may open files, so CONNECTIONS needs `ulimit -n` of a little more than twice as much. Writes
// bench/results/http-door.md. Needs a build; HAProxy is not needed.
import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { encodeMessage } from '../dist/gossip/wire/encode-message.js';
import { startAgent } from './static-agent.mjs';

const ROOT = join(import.meta.dirname, '..');
const SERVICES = 1000;
const ADDRESS = '127.0.2.3';
const [HTTP, GOSSIP] = [18_077, 18_079];
const PING_EVERY_MS = 20;
const ASK_EVERY_MS = 100;
/** Left free of the limit of connections for those who ask. */
const RESERVE = 16;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What each attacker sends at first, and then from time to time; `isAgain`: comes back when it is hung up on. */
const MEGABYTE = Buffer.alloc(1024 * 1024, 'x');
const POST = 'POST /api/leave HTTP/1.1\r\nHost: a\r\n';
const ATTACKS = {
  'nobody (for comparison)': { share: 0 },
  'silent connections': { share: 1, isAgain: true },
  'a header line each second, without an end': {
    share: 1,
    first: 'GET / HTTP/1.1\r\n',
    drip: 'a: b\r\n',
    isAgain: true,
  },
  'a byte of a body each second': {
    share: 1,
    first: `${POST}Content-Length: 100000\r\n\r\n`,
    drip: 'x',
    isAgain: true,
  },
  'connections that are kept after an answer': {
    share: 1,
    first: 'GET /ready HTTP/1.1\r\nHost: a\r\n\r\n',
    isAgain: true,
  },
  'malformed requests, again and again': { count: 100, first: 'GET / HTTP/9.9\r\nHost : a\r\n\r\n', isAgain: true },
  'bodies of 100 MB, again and again': {
    count: 20,
    first: `${POST}Content-Length: 104857600\r\n\r\n`,
    flood: 100,
    isAgain: true,
  },
  'answers that nobody reads': {
    count: 100,
    first: 'GET /state.json HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20),
    isDeaf: true,
  },
};

/** In the process of its own: attacks until it is ended, and tells once all connections are there. */
async function attack({ count, first, drip, flood = 0, isAgain, isDeaf }) {
  let isOver = false;
  const sockets = new Set();
  const begin = () => {
    if (isOver) return;
    let left = flood;
    const socket = connect({ port: HTTP, host: ADDRESS }, () => {
      if (first) socket.write(first);
      more();
    });
    const more = () => {
      while (left > 0 && socket.writable) {
        left -= 1;
        if (!socket.write(MEGABYTE)) break;
      }
      if (flood > 0 && left === 0) socket.end();
    };
    sockets.add(socket);
    socket.on('drain', more).on('error', () => undefined);
    if (isDeaf) socket.pause();
    else socket.resume();
    socket.on('close', () => {
      sockets.delete(socket);
      if (isAgain) setTimeout(begin, 10);
    });
  };
  for (let i = 0; i < count; i += 1) {
    begin();
    if (i % 100 === 99) await wait(10);
  }
  if (drip)
    setInterval(() => {
      for (const socket of sockets) if (socket.writable && !socket.connecting) socket.write(drip);
    }, 1000);
  process.send('all are begun');
  process.on('disconnect', () => {
    isOver = true;
    process.exit();
  });
}

async function until(what, probe) {
  for (const start = performance.now(); performance.now() - start < 60_000; await wait(50)) if (await probe()) return;
  throw new Error(`waited a minute in vain until ${what}`);
}

/** One request on a connection of its own. @returns status and body; status 0: there was no answer within 10 s */
function get(path) {
  return new Promise((resolve) => {
    const failed = () => resolve({ status: 0, body: '' });
    const options = { host: ADDRESS, port: HTTP, path, agent: false, timeout: 10_000 };
    const asked = request(options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk)).on('error', failed);
      response.on('end', () => resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString() }));
    });
    asked.on('timeout', () => asked.destroy()).on('error', failed);
    asked.end();
  });
}

async function figure(name) {
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec((await get('/metrics')).body)?.[1]);
}

/** Times pings until it is called. @returns what ends it: their round trips, and how many had no answer */
function pinging() {
  const socket = createSocket('udp4');
  const sent = new Map();
  const trips = [];
  const keyOf = (packet) => Buffer.from(packet.subarray(packet.indexOf('SeqNo'))).toString('hex');
  socket.on('message', (packet) => {
    const sentAt = sent.get(keyOf(packet));
    if (sentAt !== undefined) trips.push(performance.now() - sentAt);
    sent.delete(keyOf(packet));
  });
  let seqNo = 0;
  const timer = setInterval(() => {
    seqNo += 1;
    sent.set(keyOf(Buffer.from(encodeMessage({ type: 'ack', seqNo }))), performance.now());
    socket.send(encodeMessage({ type: 'ping', seqNo, node: '' }), GOSSIP, ADDRESS);
  }, PING_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await wait(1000); // for the last answers
    socket.close();
    return { trips, lost: sent.size };
  };
}

const ascending = (numbers) => numbers.sort((a, b) => a - b);
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;

async function measure({ share = 0, count, ...how }, connections, seconds) {
  const attackers = count ?? Math.floor(share * (connections - RESERVE));
  const child = fork(import.meta.filename, ['attack', JSON.stringify({ ...how, count: attackers })]);
  await new Promise((resolve) => child.once('message', resolve));
  const stopPings = pinging();
  const times = [];
  let failed = 0;
  let most = 0;
  for (const began = performance.now(); performance.now() - began < seconds * 1000; await wait(ASK_EVERY_MS)) {
    const askedAt = performance.now();
    const { status } = await get('/services.json');
    if (status === 200) times.push(performance.now() - askedAt);
    else failed += 1;
    const open = await figure('sidecar_http_connections');
    if (open > most) most = open;
  }
  const pings = await stopPings();
  const resident = await figure('process_resident_memory_bytes');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.disconnect();
  await ended;
  await until('they are gone', async () => (await figure('sidecar_http_connections')) < 10);
  return { times: ascending(times), failed, most, trips: ascending(pings.trips), lost: pings.lost, resident };
}

const ms = (time) => `${time.toFixed(time < 10 ? 1 : 0)} ms`;
const row = (name, { times, failed, most, trips, lost, resident }) =>
  `| ${name} | ${most.toLocaleString('en')} | ${times.length} | ${failed} | ${ms(quantile(times, 0.5))} | ${ms(quantile(times, 0.99))} ` +
  `| ${ms(quantile(trips, 0.5))} | ${ms(trips.at(-1) ?? NaN)} | ${lost} of ${trips.length + lost} | ${(resident / 1024 ** 2).toFixed(0)} MiB |`;

async function main([connections = 10_000, seconds = 30]) {
  const dir = mkdtempSync(join(tmpdir(), 'sidecar-bench-'));
  const agent = startAgent({ dir, address: ADDRESS, http: HTTP, gossip: GOSSIP, services: SERVICES });
  const ended = new Promise((resolve) => agent.once('close', resolve));
  try {
    await until('the agent is ready', async () => (await get('/ready')).status === 200);
    await wait(2000);
    const rows = [];
    for (const [name, how] of Object.entries(ATTACKS)) {
      rows.push(row(name, await measure(how, connections, seconds)));
      console.log(rows.at(-1));
    }
    const files = /^Max open files +(\d+)/m.exec(readFileSync(`/proc/${agent.pid}/limits`, 'utf8'))?.[1];
    const report = `# The door under attack

| Attack | connections at most | answered | not | median | p99 | gossip ping, median | slowest | lost | memory |
| :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}

Each attack for ${seconds} s, one after the other, on one agent with ${SERVICES.toLocaleString('en')} services that may open ${Number(files).toLocaleString('en')} files. Who is hung up on comes
back at once, but for the last. *Answered*: \`/services.json\` whole, on a new connection, asked every ${ASK_EVERY_MS} ms by a process that also counts
the connections; a ping every ${PING_EVERY_MS} ms. Memory is what the agent has resident at the end of the attack; garbage is not collected before.

Made by \`node bench/http-door.mjs ${connections} ${seconds}\` with Node.js ${process.version} and Linux ${release()} on ${cpus().length} × ${cpus()[0].model.trim()}, which the attackers and other work shared.
`;
    console.log(report);
    writeFileSync(join(ROOT, 'bench/results/http-door.md'), report);
  } finally {
    agent.kill('SIGTERM');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  }
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === 'attack') await attack(JSON.parse(rest[0]));
else await main(process.argv.slice(2).map(Number));
