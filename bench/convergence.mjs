// Whether the agents' convergence clock is right: three agents on loopback, each with an HAProxy, measured from the outside:
//   node bench/convergence.mjs [CHANGES=200] [MIX=files]
// One host after the other takes an instance from its static file and brings it back, or, with MIX=drains, drains it and ends that; now
// and then it gets a new service, for which HAProxy is reloaded. For each change, requests through every host's HAProxy tell when the
// last one answers by it, counted from the time of the record in its origin's catalog; then the agents' own figures are put beside.
// Needs a build, and HAProxy.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent as HttpAgent, createServer, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const { 2: changes = '200', 3: mix = 'files' } = process.argv;
const DIR = mkdtempSync(join(tmpdir(), 'sidecar-bench-'));
const GOSSIP = 17_946;
const HTTP = 17_777;
const BACKEND = 18_080;
const LOOK_EVERY_MS = 3;
/** Hosts tell what they measured once a second, and hear it with their next beat. */
const TOLD_AFTER_MS = 5_000;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const address = (n) => `127.0.4.${n}`;
/** Of the i-th service of a host; the first comes and goes. */
const servicePort = (n, i) => 20_000 + 1_000 * n + i;
/** So many changes to one new service. */
const NEW_AFTER = 20;

/** One agent: `h<n>` at 127.0.4.<n>. */
class Agent {
  constructor(n) {
    this.n = n;
    this.name = `h${n}`;
    this.dir = join(DIR, this.name);
    mkdirSync(this.dir);
    this.services = 1;
    this.isHere = true;
    this.offer(true);
    writeFileSync(
      join(this.dir, 'sidecar.toml'),
      `[sidecar]\ndiscovery = ["static"]\nhostname = "${this.name}"\nbind_ip = "${address(n)}"\nbind_port = ${GOSSIP}\n` +
        `advertise_ip = "${address(n)}"\nseeds = ["${address(1)}:${GOSSIP}"]\nstate_dir = "${this.dir}/state"\n` +
        `[http]\nbind_ip = "${address(n)}"\nport = ${HTTP}\n` +
        `[static_discovery]\nconfig_file = "${this.dir}/static.json"\n` +
        `[haproxy]\nbind_ip = "${address(n)}"\nconfig_file = "${this.dir}/haproxy.cfg"\npid_file = "${this.dir}/haproxy.pid"\n` +
        `runtime_socket = "${this.dir}/haproxy.sock"\nstats_bind = ""\nstop_on_exit = true\n`,
    );
  }

  start() {
    this.child = spawn(process.execPath, [join(ROOT, 'dist/bin/sidecar.js')], {
      cwd: this.dir,
      stdio: 'ignore',
      env: { PATH: process.env.PATH },
    });
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  async stop() {
    this.child?.kill('SIGTERM');
    await this.ended;
  }

  /** Writes the static file, with or without the instance that comes and goes. */
  offer(withFirst) {
    const targets = Array.from({ length: this.services }, (_, i) => ({
      Service: {
        Name: `service-${this.n}-${i}`,
        Image: 'bench:1',
        ProxyMode: 'http',
        Ports: [{ Type: 'tcp', Port: BACKEND, ServicePort: servicePort(this.n, i), IP: '127.0.0.1' }],
      },
      Check: { Type: 'AlwaysSuccessful' },
    }));
    writeFileSync(join(this.dir, 'static.json'), JSON.stringify(withFirst ? targets : targets.slice(1)));
  }

  /** @returns what is served otherwise, and how */
  async change(isNew) {
    if (isNew) this.services += 1;
    else this.isHere = !this.isHere;
    if (mix === 'drains' && !isNew) await this.drain(!this.isHere);
    else this.offer(this.isHere || mix === 'drains');
    return isNew ? { i: this.services - 1, isServed: true } : { i: 0, isServed: this.isHere };
  }

  async drain(isBegin) {
    const { Services } = await this.json('/services.json');
    const [{ ID }] = Services[`service-${this.n}-0`];
    const { status } = await fetch(this.url(`/api/services/${ID}/drain`), { method: isBegin ? 'POST' : 'DELETE' });
    if (status !== 202) throw new Error(`a drain is answered with ${status}`);
  }

  url(path) {
    return `http://${address(this.n)}:${HTTP}${path}`;
  }

  async json(path) {
    return (await fetch(this.url(path))).json();
  }

  /** When its own records last changed, in milliseconds of the wall clock. */
  async lastChanged() {
    const { Servers } = await this.json('/state.json');
    return Date.parse(Servers[this.name].LastChanged);
  }
}

const sockets = new HttpAgent({ keepAlive: true });

/** @returns the status of the answer; 0 for none */
const ask = (n, port) =>
  new Promise((resolve) => {
    const request = get({ host: address(n), port, agent: sockets }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    });
    request.once('error', () => resolve(0));
  });

async function until(probe, withinMs = 60_000) {
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    if (await probe()) return Date.now();
    await wait(LOOK_EVERY_MS);
  }
  throw new Error(`waited ${withinMs} ms in vain for ${probe}`);
}

/** @returns when the last HAProxy answered so */
const everywhere = async (port, isServed) => {
  const times = await Promise.all(
    agents.map(({ n }) => until(async () => ((await ask(n, port)) === 200) === isServed)),
  );
  return Math.max(...times);
};

const quantile = (times, share) => [...times].sort((a, b) => a - b)[Math.max(0, Math.ceil(times.length * share) - 1)];

const backend = createServer((_, response) => response.end('here\n')).listen(BACKEND, '127.0.0.1');
const agents = [1, 2, 3].map((n) => new Agent(n));
try {
  // Twice: what a cluster goes through when it is new is not what is measured.
  for (const isFirst of [true, false]) {
    for (const agent of agents) agent.start();
    for (const { n } of agents) await everywhere(servicePort(n, 0), true);
    await wait(TOLD_AFTER_MS);
    if (isFirst) for (const agent of agents) await agent.stop();
  }
  const { delays: before } = await agents[0].json('/api/convergence');

  const observed = [];
  let unseen = 0;
  for (let turn = 1; turn <= Number(changes); turn += 1) {
    const agent = agents[turn % agents.length];
    const { i, isServed } = await agent.change(turn % NEW_AFTER === 0);
    const servedAt = await everywhere(servicePort(agent.n, i), isServed);
    observed.push(servedAt - (await agent.lastChanged()));
    // The end of a drain is two changes, commands for a server both: requests show the second one.
    if (mix === 'drains' && isServed && i === 0) unseen += 1;
    await wait(200 + Math.random() * 300);
  }
  await wait(TOLD_AFTER_MS);

  // Counted as ordinary ones, so that both sides take their p99 of as many changes.
  const all = [...observed, ...new Array(unseen).fill(quantile(observed, 0.5))];
  const [p50, p99] = [quantile(all, 0.5), quantile(all, 0.99)];
  const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
  row('measured by', 'changes', 'p50', 'p99', 'p99, compared');
  row(':--', '--:', '--:', '--:', '--:');
  row('requests through every HAProxy', all.length, `${p50.toFixed(0)} ms`, `${p99.toFixed(0)} ms`, '');
  for (const agent of agents) {
    const { delays } = await agent.json('/api/convergence');
    const compared = `${((delays.p99Ms / p99 - 1) * 100).toFixed(1)} %`;
    row(agent.name, delays.changes, `${delays.p50Ms.toFixed(0)} ms`, `${delays.p99Ms.toFixed(0)} ms`, compared);
  }
  console.log(`\nOf the changes that the agents count, ${before.changes} were made before the first of these.`);
  if (unseen > 0) console.log(`${unseen} are ends of drains, each a change that no request shows and one that does.`);
} finally {
  for (const agent of agents) await agent.stop();
  backend.close();
  sockets.destroy();
  rmSync(DIR, { recursive: true, force: true });
}
