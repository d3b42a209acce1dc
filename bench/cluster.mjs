// How fast a cluster of three agents is, measured from the outside over HTTP, as medians:
//   node bench/cluster.mjs [CHANGES=20] [KILLS=5] [PARTITIONS=3]
// 1. from the moment a change stands in the origin's own catalog (and from the moment the static file is written) until both
//    other catalogs have it, 2. from SIGKILL until both others have the member's services as tombstones, 3. from the end of a
//    partition (packets dropped in the transport of the cut off agent) until every catalog is whole again; default settings.
// 4. from the start of an agent with 1,000 records until a peer has them all. Needs a build; HAProxy is not needed.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const [changes = 20, kills = 5, partitions = 3] = process.argv.slice(2).map(Number);
const DIR = mkdtempSync(join(tmpdir(), 'sidecar-bench-'));
const GOSSIP = 17_946;
const HTTP = 17_777;
const LOOK_EVERY_MS = 2;
/** Counting asks for the whole state: more often, and the looking would be what is measured. */
const COUNT_EVERY_MS = 50;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const address = (n) => `127.0.2.${n}`;

/** One agent: `h<n>` at 127.0.2.<n>. */
class Agent {
  constructor(n) {
    this.n = n;
    this.name = `h${n}`;
    this.dir = join(DIR, this.name);
    mkdirSync(this.dir, { recursive: true });
    this.write([steady('web')]);
    writeFileSync(
      join(this.dir, 'sidecar.toml'),
      `[sidecar]\ndiscovery = ["static"]\nhostname = "h${n}"\nbind_ip = "${address(n)}"\nbind_port = ${GOSSIP}\n` +
        `advertise_ip = "${address(n)}"\nseeds = ["${address(1)}:${GOSSIP}"]\nstate_dir = "${this.dir}/state"\n` +
        `[http]\nbind_ip = "${address(n)}"\nport = ${HTTP}\n` +
        `[static_discovery]\nconfig_file = "${this.dir}/static.json"\n[haproxy]\ndisable = true\n`,
    );
  }

  start() {
    this.child = spawn(process.execPath, [join(ROOT, 'dist/bin/sidecar.js')], {
      cwd: this.dir,
      stdio: 'ignore',
      env: {
        PATH: process.env.PATH,
        NODE_OPTIONS: `--import=${join(ROOT, 'test/support/drop-packets.mjs')}`,
        DROP_FILE: join(this.dir, 'dropped'),
      },
    });
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  async kill(signal = 'SIGKILL') {
    this.child?.kill(signal);
    await this.ended;
  }

  write(targets) {
    writeFileSync(join(this.dir, 'static.json'), JSON.stringify(targets));
  }

  drop(others) {
    writeFileSync(join(this.dir, 'dropped'), others.map(address).join('\n'));
  }

  /** Status of `service` of `host` here, undefined when it is not known. */
  async status(service, host) {
    const answer = await fetch(`http://${address(this.n)}:${HTTP}/services/${service}.json`).catch(() => undefined);
    if (!answer?.ok) return undefined;
    const { Services } = await answer.json();
    return Services[service]?.find(({ Hostname }) => Hostname === host)?.Status;
  }

  async count() {
    const answer = await fetch(`http://${address(this.n)}:${HTTP}/state.json`).catch(() => undefined);
    if (!answer?.ok) return 0;
    const { Servers } = await answer.json();
    return Object.values(Servers)
      .flatMap(({ Services }) => Object.values(Services))
      .filter(({ Status }) => Status !== 1).length;
  }
}

function steady(name, i = 9) {
  return {
    Service: { Name: name, Image: 'bench:1', Ports: [{ Type: 'tcp', Port: i, ServicePort: 0 }] },
    Check: { Type: 'AlwaysSuccessful' },
  };
}

async function until(probe, lookEveryMs = LOOK_EVERY_MS, withinMs = 120_000) {
  const start = performance.now();
  while (performance.now() - start < withinMs) {
    if (await probe()) return performance.now();
    await wait(lookEveryMs);
  }
  throw new Error(`waited ${withinMs} ms in vain for ${probe}`);
}

const everywhere = async (agents, service, host, status) => {
  const times = await Promise.all(
    agents.map((agent) => until(async () => (await agent.status(service, host)) === status)),
  );
  return Math.max(...times);
};

const sorted = (times) => [...times].sort((a, b) => a - b);
const median = (times) => sorted(times)[Math.floor((times.length - 1) / 2)];
const seconds = (ms) => (ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${ms.toFixed(0)} ms`);
const show = (what, times) =>
  times.length > 0 &&
  console.log(
    `${what.padEnd(62)} ${seconds(median(times)).padStart(7)}  (${seconds(Math.min(...times))} – ${seconds(Math.max(...times))}, n = ${times.length})`,
  );

const agents = [1, 2, 3].map((n) => new Agent(n));
const [h1, h2, h3] = agents;
try {
  for (const agent of agents) agent.start();
  for (const { name } of agents) await everywhere(agents, 'web', name, 0);
  console.log('Three agents on loopback, default settings; median (lowest – highest):');

  const fromFile = [];
  const fromOrigin = [];
  for (let i = 0; i < changes; i += 1) {
    const isThere = i % 2 === 0;
    const written = performance.now();
    h3.write(isThere ? [steady('web'), steady('blink')] : [steady('web')]);
    const status = isThere ? 0 : 1;
    const [origin, others] = await Promise.all([
      everywhere([h3], 'blink', 'h3', status),
      everywhere([h1, h2], 'blink', 'h3', status),
    ]);
    fromFile.push(others - written);
    fromOrigin.push(Math.max(0, others - origin));
    await wait(500 + Math.random() * 1000);
  }
  show('a change in the origin is in both other catalogs', fromOrigin);
  show('… counted from the write of the static file', fromFile);

  const deaths = [];
  for (let i = 0; i < kills; i += 1) {
    const killed = performance.now();
    await h3.kill();
    deaths.push((await everywhere([h1, h2], 'web', 'h3', 1)) - killed);
    h3.start();
    for (const { name } of agents) await everywhere(agents, 'web', name, 0);
    await wait(Math.random() * 2000);
  }
  show('SIGKILL is seen by both others', deaths);

  const heals = [];
  for (let i = 0; i < partitions; i += 1) {
    h1.drop([3]);
    h2.drop([3]);
    h3.drop([1, 2]);
    await Promise.all([everywhere([h1, h2], 'web', 'h3', 1), everywhere([h3], 'web', 'h1', 1)]);
    await wait(40_000 + Math.random() * 10_000); // both sides have forgotten each other's members by now
    for (const agent of agents) agent.drop([]);
    const healed = performance.now();
    const whole = await Promise.all(agents.map(({ name }) => everywhere(agents, 'web', name, 0)));
    heals.push(Math.max(...whole) - healed);
  }
  show('a partition of about a minute is healed', heals);

  const bulks = [];
  for (let i = 0; i < 3; i += 1) {
    const before = await h1.count();
    h3.write([steady('web'), ...Array.from({ length: 1000 }, (_, port) => steady(`bulk-${i}-${port}`, 1000 + port))]);
    const known = await until(async () => (await h3.count()) >= 1002, COUNT_EVERY_MS);
    bulks.push((await until(async () => (await h1.count()) >= before + 1000, COUNT_EVERY_MS)) - known);
    h3.write([steady('web')]);
    await until(async () => (await h1.count()) === 3, COUNT_EVERY_MS);
    await wait(12_000); // their tombstones are told for ten seconds, and go before everything else
  }
  show('1,000 records of one host reach a peer', bulks);
} finally {
  for (const agent of agents) await agent.kill();
  rmSync(DIR, { recursive: true, force: true });
}
