// What those who watch an agent wait for and cost:
//   node bench/watch.mjs [WATCHERS=500] [CHANGES=30] [IDLE=5000]
// 1. from the gossip packet that changes the status of an instance until the last watcher has the whole object that shows it;
// 2. what watchers at rest add to the memory of the agent, after a collection. All on one machine, over loopback; the packet
// comes from here, as any peer would send it. Writes bench/results/watch.md. Needs a build; HAProxy is not needed.
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pinging } from './gossip-ping.mjs';
import { isSettled, portsOf, startAgent } from './static-agent.mjs';

const ROOT = join(import.meta.dirname, '..');
const [watching = 500, changes = 30, idle = 5000] = process.argv.slice(2).map(Number);
const DIR = mkdtempSync(join(tmpdir(), 'sidecar-bench-'));
const [SERVICES, INSTANCES] = [100, 3];
const ADDRESS = '127.0.2.1';
const [HTTP, GOSSIP] = [17_877, 17_879];
/** Longer than the changes of a burst are kept together, so that each is one of its own. */
const REST_MS = 250;
const COLLECT_ON_SIGNAL = "data:text/javascript,process.on('SIGUSR2',()=>gc())";

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const url = (path) => `http://${ADDRESS}:${HTTP}${path}`;

async function until(what, probe, lookEveryMs = 50) {
  for (const start = performance.now(); performance.now() - start < 60_000; await wait(lookEveryMs))
    if (await probe()) return;
  throw new Error(`waited a minute in vain until ${what}`);
}

/** Counts the objects it gets, and knows when the last one was whole. */
class Watcher {
  objects = 0;
  bytes = 0;
  lastAt = 0;
  end = '';

  constructor() {
    this.socket = connect(HTTP, ADDRESS, () => this.socket.write('GET /watch HTTP/1.1\r\nHost: a\r\n\r\n'));
    this.socket.on('data', (data) => {
      this.bytes += data.length;
      // Within an object there is no end of a line: only a whole one ends so, at times in two pieces.
      this.end = (this.end + data.subarray(-3).toString('latin1')).slice(-3);
      if (this.end !== '}\r\n') return;
      this.objects += 1;
      this.lastAt = performance.now();
    });
  }
}

async function watchersAt(count) {
  const watchers = [];
  while (watchers.length < count) {
    const some = Array.from({ length: Math.min(500, count - watchers.length) }, () => new Watcher());
    await until('they have the first object', () => some.every(({ objects }) => objects === 1));
    watchers.push(...some);
  }
  return watchers;
}

async function leave(watchers) {
  for (const { socket } of watchers) socket.destroy();
  await until('the agent knows that they are gone', async () => (await figure('sidecar_http_watchers')) === 0);
}

async function figure(name) {
  const text = await (await fetch(url('/metrics'))).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** Of the agent after a collection, in bytes. */
async function memoryOf(agent) {
  for (let i = 0; i < 4; i += 1) {
    agent.kill('SIGUSR2');
    await wait(250);
  }
  return { heap: await figure('nodejs_heap_size_used_bytes'), resident: await figure('process_resident_memory_bytes') };
}

/** The message of a peer about the one instance of h9. */
function packetOf(created, status) {
  const record = {
    ID: 'abcdef012345',
    Name: 'service-0',
    Image: 'bench:1',
    Created: created.toISOString(),
    Hostname: 'h9',
    Ports: portsOf(0, 0, ADDRESS),
    Updated: new Date().toISOString(),
    ProxyMode: 'http',
    Status: status,
  };
  return Buffer.concat([Buffer.of(8), Buffer.from(JSON.stringify(record))]); // 8: a user message
}

/** @returns milliseconds until the last watcher had each change, ascending; the size of an object; what gossip pings met meanwhile */
async function measureChanges() {
  const gossip = createSocket('udp4');
  const watchers = await watchersAt(watching);
  const created = new Date();
  const times = [];
  const stopPings = pinging(ADDRESS, GOSSIP);
  let size = 0;
  try {
    for (let i = 0; i <= changes; i += 1) {
      const bytes = watchers[0].bytes;
      const began = performance.now();
      gossip.send(packetOf(created, i % 2 === 0 ? 0 : 2), GOSSIP, ADDRESS);
      await until('all have it', () => watchers.every(({ objects }) => objects === i + 2), 1);
      if (i > 0) times.push(Math.max(...watchers.map(({ lastAt }) => lastAt)) - began); // the first is to warm up
      size = watchers[0].bytes - bytes;
      await wait(REST_MS);
    }
  } finally {
    gossip.close();
    await leave(watchers);
  }
  return { times: times.sort((a, b) => a - b), size, ping: await stopPings() };
}

/** @returns bytes that each watcher at rest adds */
async function measureRest(agent) {
  await leave(await watchersAt(idle)); // what the first ones leave behind for good is not theirs
  const before = await memoryOf(agent);
  const watchers = await watchersAt(idle);
  const after = await memoryOf(agent);
  await leave(watchers);
  return { heap: (after.heap - before.heap) / idle, resident: (after.resident - before.resident) / idle };
}

const agent = startAgent({
  ...{ dir: DIR, address: ADDRESS, http: HTTP, gossip: GOSSIP },
  ...{ services: SERVICES, instances: INSTANCES },
  nodeArgs: ['--expose-gc', `--import=${COLLECT_ON_SIGNAL}`],
});
const ended = new Promise((resolve) => agent.once('close', resolve));
try {
  await until('the agent has settled', () => isSettled(ADDRESS, HTTP, SERVICES * INSTANCES));
  const { times, size, ping } = await measureChanges();
  const { heap, resident } = await measureRest(agent);
  const ms = (time) => `${time.toFixed(0)} ms`;
  const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
  const report = `# Those who watch

| ${SERVICES} services, ${INSTANCES} instances each: objects of ${kib(size)} | |
| :--- | ---: |
| a change is with the last of ${watching} watchers, median (n = ${times.length}) | ${ms(times[Math.floor((times.length - 1) / 2)])} |
| … the slowest | ${ms(times.at(-1))} |
| the slowest of ${ping.count} gossip pings meanwhile, ${ping.lost} lost | ${ms(ping.slowest)} |
| heap of the agent for each of ${idle.toLocaleString('en')} watchers at rest | ${kib(heap)} |
| … resident memory | ${kib(resident)} |

From the gossip packet to the last byte of the object, client and agent on the same machine. Memory is that after a collection.

Made by \`node bench/watch.mjs ${watching} ${changes} ${idle}\` with Node.js ${process.version} and Linux ${release()} on ${cpus().length} × ${cpus()[0].model.trim()}.
`;
  console.log(report);
  writeFileSync(join(ROOT, 'bench/results/watch.md'), report);
} finally {
  agent.kill('SIGTERM');
  await ended;
  rmSync(DIR, { recursive: true, force: true });
}
