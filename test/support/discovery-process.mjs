// Discovery on the Docker Engine behind a socket as a process of its own, started with --expose-gc: `discovery-process.mjs SOCKET`.
// Told `look` over IPC it answers what it holds when nothing is going on: {heap, files, listeners}, and what it has done so far:
// {events, lists, losses}.
import { getEventListeners } from 'node:events';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';

const LOOKS = 20;
const LOOK_EVERY_MS = 50;

/** Every signal that somebody has listened to and that is still there. */
const seen = new WeakSet();
let signals = [];
const { addEventListener } = globalThis.EventTarget.prototype;
globalThis.AbortSignal.prototype.addEventListener = function (...args) {
  if (!seen.has(this)) signals.push(new WeakRef(this));
  seen.add(this);
  addEventListener.apply(this, args);
};

const load = (file) => import(resolve('dist', file));
const { DockerDiscovery } = await load('discovery/docker/docker-discovery.js');
const { ProblemBoard } = await load('lib/problems.js');
const { systemClock, systemWallClock } = await load('platform/clock.js');
const { dockerEngine } = await load('platform/docker.js');

/** Since when containers drain, by id. */
const draining = new Map();
const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
const discovery = new DockerDiscovery(
  {
    ...{ hostname: 'h1', publishedAddress: '127.0.0.1', ownPorts: new Map(), labelFilter: undefined },
    ...{ namer: { kind: 'docker_label', label: 'ServiceName' }, composeNames: true, dockerHealthcheck: true },
  },
  {
    engine: dockerEngine({ url: `unix://${process.argv[2]}`, certPath: undefined }),
    onListed() {},
    onStopping: (id) => draining.set(id, BigInt(Date.now()) * 1_000_000n),
    drainingSinceNs: (id) => draining.get(id),
    onRestarted: (id) => draining.delete(id),
    clock: systemClock,
    problems: new ProblemBoard(systemWallClock()),
    log,
  },
);

function holding() {
  globalThis.gc();
  signals = signals.filter((signal) => signal.deref() !== undefined);
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const ofSignals = signals.map((signal) => getEventListeners(signal.deref(), 'abort').length);
  const ofProcess = process.eventNames().map((name) => process.listenerCount(name));
  return {
    heap: heapUsed + arrayBuffers,
    files: readdirSync('/proc/self/fd').length,
    listeners: [...ofSignals, ...ofProcess].reduce((sum, count) => sum + count, 0),
  };
}

/** The least of many looks: lists and pings come and go. */
async function atRest() {
  let least = holding();
  for (let look = 1; look < LOOKS; look += 1) {
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    const now = holding();
    least = Object.fromEntries(Object.entries(least).map(([key, value]) => [key, Math.min(value, now[key])]));
  }
  return least;
}

process.on('message', async () => process.send({ ...(await atRest()), ...discovery.counters }));
process.on('disconnect', () => process.exit(0)); // the test has gone
await discovery.run(new globalThis.AbortController().signal, () => undefined);
