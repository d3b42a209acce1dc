// How fast HAProxy follows a Docker Engine, from the outside: from the time that Docker itself gives its event
//   start     to the first answer through the frontend of the container's service, its health check included: an instance more of a
//             service, and the first one of a service that HAProxy does not know, which takes a reload
//   kill      with SIGKILL, and die, until HAProxy has the server no more, or in maintenance
//   kill      with SIGTERM, until HAProxy drains the server, under load, where the container goes on listening for 1 s
// and how soon after 50 containers are started or stopped at once the catalog is what `docker ps` shows:
//   node bench/docker.mjs [ROUNDS=30]
// Frontend and `show servers state` are asked without pause. Writes bench/results/docker.md. Needs a build, HAProxy, root, and
// docker.io and busybox-static of Debian: the engine is one of its own.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const rounds = Number(process.argv[2] ?? 30);
const PATIENCE_MS = 30_000;
const BURST = 50;
const BURSTS = 5;
/** Between one round and the next. */
const REST_MS = 300;
/** Longer than `reload_interval`, so that no reload waits for its turn. */
const RELOAD_REST_MS = 1_500;

process.chdir(ROOT); // the parts of the tests look for the program there
execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'bench/tsconfig.json'], {
  stdio: 'inherit',
});
const built = (path) => import(join(ROOT, 'run/bench', path));
const { RealEngine, whyNoEngine } = await built('test/support/docker-engine.js');
const { DockerWorld } = await built('test/support/docker-world.js');
const { freePorts } = await built('test/support/network.js');

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @returns when it was so, as `Date.now` says it */
async function momentWhen(what, probe) {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    if (await probe()) return Date.now();
  }
  throw new Error(`waited ${PATIENCE_MS} ms in vain until ${what}`);
}

/** When Docker says that things happened to containers, by id and action. */
async function followEvents(docker) {
  const times = new Map();
  const stream = await docker.getEvents({
    filters: JSON.stringify({ type: ['container'], event: ['start', 'kill', 'die'] }),
  });
  let rest = '';
  stream.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const { Action, Actor, timeNano } of lines.filter(Boolean).map((line) => JSON.parse(line)))
      times.set(`${Actor.ID} ${Action}`, timeNano / 1e6);
  });
  return {
    end: () => stream.destroy(),
    timeOf: async ({ id }, action) => {
      await momentWhen(`${action} of ${id} is told`, () => wait(1).then(() => times.has(`${id} ${action}`)));
      return times.get(`${id} ${action}`);
    },
  };
}

const isServed = async (world, container) => {
  const server = await world.server(container);
  return server !== undefined && !server.isDrained;
};

async function measureStart(world, events, name, setup) {
  const answers = momentWhen(`${name} answers`, async () => {
    const by = await world.answer(setup.servicePort).catch(() => undefined); // no frontend yet
    return by === name;
  });
  const { container } = await world.launch(name, setup);
  const took = (await answers) - (await events.timeOf(container, 'start'));
  await container.remove({ force: true }); // with many instances the new one would wait long for its turn
  return took;
}

async function measureKill(world, events, name) {
  const killed = await world.run(name);
  await wait(REST_MS);
  const out = momentWhen(`${name} is out of HAProxy`, async () => !(await isServed(world, killed)));
  await killed.container.kill();
  const since = async (action) => (await out) - (await events.timeOf(killed.container, action));
  return { sinceKill: await since('kill'), sinceDie: await since('die') };
}

async function measureStop(world, events, name) {
  const stopped = await world.run(name, { lingersS: 1 });
  await wait(REST_MS);
  const drained = momentWhen(`${name} drains`, async () => !(await isServed(world, stopped)));
  await stopped.container.stop();
  return (await drained) - (await events.timeOf(stopped.container, 'kill'));
}

/** How long after the last of many is started, and after the last is stopped, the catalog is what `docker ps` shows. */
async function measureBurst(world, engine, round) {
  const lag = async () => {
    const ended = Date.now();
    const expected = JSON.stringify(await engine.ps());
    const moment = momentWhen('the catalog is what docker ps shows', async () => {
      const { Services } = await world.agent.catalog();
      const alive = Object.entries(Services).filter(([, records]) => records.some(({ Status }) => Status === 0));
      return JSON.stringify(alive.map(([name]) => name).sort()) === expected;
    });
    return (await moment) - ended;
  };
  const starts = Array.from({ length: BURST }, (_, i) => engine.run(`burst-${round}-${i}`));
  const containers = await Promise.all(starts);
  const started = await lag();
  await Promise.all(containers.map((container) => container.stop()));
  const stopped = await lag();
  await engine.removeContainers();
  return { started, stopped };
}

/** One after the other. */
async function each(title, measure, count = rounds, restMs = REST_MS) {
  const results = [];
  for (let i = 0; i < count; i += 1) {
    results.push(await measure(i));
    await wait(restMs);
  }
  console.log(title, JSON.stringify(results));
  return results;
}

const why = whyNoEngine();
if (why !== undefined) throw new Error(why);
const engine = await RealEngine.start();
let world;
try {
  world = await DockerWorld.start(engine);
  const events = await followEvents(engine.docker);
  await world.run('steady');
  const known = await each('start', (i) => measureStart(world, events, `more-${i}`, {}));
  const servicePorts = await freePorts(rounds);
  const unknown = await each(
    'start of a new service',
    (i) => measureStart(world, events, `new-${i}`, { service: `new-${i}`, servicePort: servicePorts[i] }),
    ...[rounds, RELOAD_REST_MS],
  );
  const kills = await each('kill', (i) => measureKill(world, events, `killed-${i}`));
  const load = world.load();
  const stops = await each('stop', (i) => measureStop(world, events, `stopped-${i}`));
  await load.stop();
  await engine.removeContainers();
  const bursts = await each('bursts', (i) => measureBurst(world, engine, i), BURSTS);
  events.end();
  report({ known, unknown, kills, stops, load, bursts });
} finally {
  await world?.destroy();
  await engine.destroy();
}

function report({ known, unknown, kills, stops, load, bursts }) {
  const ms = (time) => `${Math.round(time).toLocaleString('en')} ms`;
  const row = (from, to, times, target) => {
    const sorted = times.toSorted((a, b) => a - b);
    const [median, max] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)];
    return `| ${[from, to, sorted.length, ms(median), ms(max), target].join(' | ')} |`;
  };
  const versionOf = (program, flag) =>
    / ([0-9]+\.[0-9.]+)/.exec(execFileSync(program, [flag], { encoding: 'utf8' }))?.[1];
  const rows = [
    row('`start`', 'first answer, an instance more of a service', known, 'under 500 ms'),
    row('`start`', 'first answer, a service that is new: a reload', unknown, ''),
    row(
      '`kill`, SIGKILL',
      'HAProxy does not use the server',
      kills.map(({ sinceKill }) => sinceKill),
      'under 300 ms',
    ),
    row(
      '`die`',
      'HAProxy does not use the server',
      kills.map(({ sinceDie }) => sinceDie),
      '',
    ),
    row('`kill`, SIGTERM', 'HAProxy drains the server', stops, 'under 1 s'),
    row(
      `${BURST} are started`,
      'the catalog is what `docker ps` shows',
      bursts.map(({ started }) => started),
      'under 1 s, all',
    ),
    row(
      `${BURST} are stopped`,
      'the catalog is what `docker ps` shows',
      bursts.map(({ stopped }) => stopped),
      'under 1 s, all',
    ),
  ];
  const text = `# From an event of a Docker Engine to HAProxy

| from Docker's event | to | n | median | maximum | target for the median |
| :------------------ | :- | -: | -----: | ------: | :------------------- |
${rows.join('\n')}

During the ${stops.length} stops ${load.requests.toLocaleString('en')} requests were made, by turns on kept connections and on one each; ${load.failed} of them failed. The containers
listened for 1 s after SIGTERM.

An event is taken at the time that the engine itself says of it; engine, agent, HAProxy and this program are on one host. The
frontend, or HAProxy's \`show servers state\`, is asked without pause until it shows the change. Each container is an HTTP server
of busybox that runs a script for each request; *first answer* includes its start and the health check by HTTP.

${BURST} containers are started, then stopped, all at once. There the time runs from the engine's last answer, and the catalog is that
of the agent's HTTP API.

Made by \`node bench/docker.mjs ${rounds}\` with Node.js ${process.version}, Docker ${versionOf('dockerd', '--version')}, HAProxy ${versionOf('haproxy', '-v')} and Linux ${release()} on ${cpus().length} × ${cpus()[0].model.trim()}.
`;
  writeFileSync(join(ROOT, 'bench/results/docker.md'), text);
}
