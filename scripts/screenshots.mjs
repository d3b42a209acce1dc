// Takes the pictures of the console in docs/screenshots: starts three small clusters with HAProxy and services that answer, lets them
// live for a while, and looks at every page in light and dark, at some also as on a phone.
//   node scripts/screenshots.mjs [FOLDER=docs/screenshots]
// Needs a build, HAProxy and chromium; takes about two minutes. All is on addresses of 127.0.9.0/24, and gone afterwards.
/* global setInterval, clearInterval */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ROOT } from './setup.mjs';
import { smallPng } from './small-png.mjs';

const FOLDER = process.argv[2] ?? join(ROOT, 'docs/screenshots');
const PROGRAM = join(ROOT, 'dist/bin/sidecar.js');
const [HTTP, GOSSIP] = [7707, 7906];
const DESKTOP = { width: 1280, height: 860 };
const PHONE = { width: 400, height: 860 };
/** Between what happens. */
const QUIET_MS = 8_000;
/** For the charts to have something to show. */
const TRAFFIC_MS = 20_000;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what, probe, withinMs = 60_000) {
  for (const start = performance.now(); performance.now() - start < withinMs; await wait(100))
    if (await probe().catch(() => undefined)) return;
  throw new Error(`waited ${withinMs} ms in vain until ${what}`);
}

/** Each with its version, the hosts it runs on, and how many requests come for each of the busiest one's ten. */
const SERVICES = [
  { name: 'web', version: '2.4.1', hosts: [1, 2, 3, 4], share: 10 },
  { name: 'api', version: '5.12.0', hosts: [1, 2, 3], share: 8 },
  { name: 'auth', version: '1.9.3', hosts: [2, 3], share: 5 },
  { name: 'billing', version: '3.2.0', hosts: [1, 2, 4], share: 2 },
  { name: 'cart', version: '4.0.7', hosts: [1, 3], share: 4 },
  { name: 'checkout', version: '2.8.5', hosts: [1, 2, 3, 4], share: 3 },
  { name: 'images', version: '0.31.0', hosts: [3, 4], share: 6 },
  { name: 'inventory', version: '2.1.2', hosts: [1, 4], share: 2 },
  { name: 'legacy-soap', version: '1.0.44', hosts: [4], share: 0 },
  { name: 'mailer', version: '1.5.0', hosts: [2], share: 1 },
  { name: 'recommendations', version: '7.3.1', hosts: [2, 4], share: 3 },
  { name: 'search', version: '6.2.0', hosts: [1, 3, 4], share: 5 },
];
const servicePortOf = (name) => 9410 + 10 * SERVICES.findIndex((service) => service.name === name);

/** A host: its agent, and the services that answer there. */
class Host {
  /** By service: the version that runs, and its port. */
  running = new Map();
  /** Services whose check finds them ill. */
  ill = new Set();
  servers = [];

  constructor(dir, { name, cluster, address, seeds = [], clusters = [], services }) {
    Object.assign(this, { dir, name, address });
    for (const { name: service, version } of services)
      this.running.set(service, { version, port: this.firstPortOf(service) });
    mkdirSync(dir);
    const lists = { seeds: seeds.map((seed) => `${seed}:${GOSSIP}`) };
    writeFileSync(
      join(dir, 'sidecar.toml'),
      `[sidecar]\ncluster_name = "${cluster}"\nhostname = "${name}"\ndiscovery = ["static"]\nseeds = ${JSON.stringify(lists.seeds)}\n` +
        `bind_ip = "${address}"\nadvertise_ip = "${address}"\nbind_port = ${GOSSIP}\nstate_dir = "${dir}/state"\n` +
        `[http]\nbind_ip = "${address}"\nport = ${HTTP}\n[static_discovery]\nconfig_file = "static.json"\n` +
        `[console]\nclusters = [${clusters.map((each) => `{ name = "${each.name}", url = "http://${each.address}:${HTTP}" }`).join(', ')}]\n` +
        `[haproxy]\nbind_ip = "${address}"\nconfig_file = "haproxy.cfg"\npid_file = "haproxy.pid"\nruntime_socket = "haproxy.sock"\n` +
        `stats_bind = ""\nstop_on_exit = true\n`,
    );
    this.write();
  }

  async start() {
    for (const [service, { port }] of this.running) await this.serve(service, port);
    this.agent = spawn(process.execPath, [PROGRAM], {
      cwd: this.dir,
      stdio: 'ignore',
      env: { PATH: `${process.env.PATH}:/usr/sbin` },
    });
    this.ended = new Promise((resolve) => this.agent.once('close', resolve));
  }

  url(path) {
    return `http://${this.address}:${HTTP}${path}`;
  }

  async json(path) {
    return (await fetch(this.url(path), { signal: AbortSignal.timeout(5000) })).json();
  }

  firstPortOf(service) {
    return 32_768 + 7 * SERVICES.findIndex(({ name }) => name === service) + Number(this.address.split('.').at(-1));
  }

  async serve(service, port) {
    const server = createServer((request, response) => this.answer(service, request, response));
    await new Promise((resolve) => server.listen(port, this.address, resolve));
    this.servers.push(server);
  }

  /** An instance of another version takes the place of the one that runs, at a port of its own as a container would. */
  async deploy(service, version) {
    const port = this.running.get(service).port + 7 * SERVICES.length;
    await this.serve(service, port);
    this.running.set(service, { version, port });
    this.write();
    await until(`${service} ${version} is alive on ${this.name}`, async () => {
      const { Image, Status } = await instanceOf(this, service, this.name);
      return Image.endsWith(`:${version}`) && Status === 0;
    });
  }

  write() {
    const targets = [...this.running].map(([service, { version, port }]) => ({
      Service: {
        Name: service,
        Image: `registry.example.com/shop/${service}:${version}`,
        ProxyMode: 'http',
        Ports: [{ Type: 'tcp', Port: port, ServicePort: servicePortOf(service), IP: this.address }],
      },
      Check: {
        ...{ Type: 'HttpGet', Args: `http://${this.address}:${port}/health` },
        HealthCheckFall: service === 'billing' ? 2 : 5, // the machine may be busy with other things
      },
    }));
    writeFileSync(join(this.dir, 'static.json'), JSON.stringify(targets));
  }

  answer(service, request, response) {
    if (request.url === '/health' && this.ill.has(service)) {
      response.writeHead(503, { 'Content-Type': 'application/json' });
      response.end('{"status":"down","database":"connection refused (10.20.3.4:5432)"}\n');
      return;
    }
    const status = request.url !== '/health' && service === 'images' && Math.random() < 0.05 ? 500 : 200;
    setTimeout(() => response.writeHead(status).end(`${service} on ${this.name}\n`), Math.random() * 12);
  }

  async end() {
    this.agent?.kill('SIGTERM');
    await this.ended;
    for (const server of this.servers) {
      server.close();
      server.closeAllConnections();
    }
  }
}

/** Asks the services through HAProxy of a host, more and less by turns. @returns its end */
function trafficTo(host) {
  const timer = setInterval(() => {
    const wave = 1 + 0.5 * Math.sin(performance.now() / 6000);
    for (const { name, share } of SERVICES) {
      if (Math.random() >= share * 0.09 * wave) continue;
      fetch(`http://${host.address}:${servicePortOf(name)}/`, { signal: AbortSignal.timeout(2000) }).then(
        (answer) => answer.arrayBuffer(),
        () => undefined, // what HAProxy counts is all that is looked at
      );
    }
  }, 25);
  return () => clearInterval(timer);
}

const TOMBSTONE = 1;

/** The one that is not gone. */
async function instanceOf(host, service, hostname) {
  const { Services } = await host.json('/services.json');
  return Services[service]?.find(({ Hostname, Status }) => Hostname === hostname && Status !== TOMBSTONE);
}

/** What somebody may find on a day that is not the best. @returns when it still was a good one */
async function live(production, staging) {
  const [first, second, third, fourth] = production;
  for (const host of production) {
    await host.deploy('web', '2.5.0');
    await wait(QUIET_MS / 8);
  }
  const deployed = new Date();
  await wait(QUIET_MS);
  for (const host of [third, fourth]) await host.deploy('checkout', '3.0.0-rc.1');
  await staging.deploy('api', '5.13.0-rc.2');
  second.ill.add('billing');
  const { ID } = await instanceOf(first, 'search', fourth.name);
  await fetch(fourth.url(`/api/services/${ID}/drain?for=1h`), { method: 'POST' });
  await until('billing is unhealthy', async () => (await instanceOf(first, 'billing', second.name))?.Status === 2);
  await until('search drains', async () => (await instanceOf(first, 'search', fourth.name))?.Status === 4);
  await wait(QUIET_MS);
  return deployed;
}

async function pagesOf(first, second, goodTime) {
  const ill = await instanceOf(first, 'billing', second.name);
  const well = await instanceOf(first, 'web', first.name);
  return [
    { name: 'services', address: 'services', staysMs: 8000, phone: true },
    { name: 'service', address: 'services/checkout', staysMs: 8000 },
    { name: 'instance', address: `instances/${first.name}/${well.ID}` },
    { name: 'fault', address: `instances/${second.name}/${ill.ID}`, phone: true },
    { name: 'hosts', address: 'hosts', phone: true },
    { name: 'host', address: `hosts/${first.name}` },
    { name: 'haproxy', address: 'haproxy', staysMs: TRAFFIC_MS, phone: true },
    { name: 'haproxy-changes', address: 'haproxy/changes' },
    { name: 'haproxy-config', address: 'haproxy/config' },
    { name: 'events', address: 'events' },
    { name: 'past', address: `events?at=${goodTime.toISOString()}` },
    { name: 'clusters', address: 'clusters', phone: true, staysMs: 3000 },
  ];
}

/** One page as it is, in both colours, and as on a phone where that is wanted. */
async function takePictures(browser, first, { name, address, phone, staysMs = 1500 }) {
  const page = await browser.newPage({ viewport: DESKTOP, locale: 'en-GB' });
  await page.goto(first.url(`/ui/${address}`));
  await page.locator('.link-live').waitFor();
  await wait(staysMs);
  for (const { viewport, suffix } of [
    { viewport: DESKTOP, suffix: '' },
    ...(phone ? [{ viewport: PHONE, suffix: '-phone' }] : []),
  ])
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await wait(700);
      const picture = smallPng(await page.screenshot({ animations: 'disabled' }));
      writeFileSync(join(FOLDER, `${name}${suffix}-${colorScheme}.png`), picture);
    }
  await page.close();
}

const dir = mkdtempSync(join(tmpdir(), 'sidecar-screenshots-'));
const addressOf = (n) => `127.0.9.${n}`;
const others = [
  { name: 'staging', address: addressOf(11) },
  { name: 'us-east', address: addressOf(12) },
];
const production = [1, 2, 3, 4].map(
  (n) =>
    new Host(join(dir, `production-${n}`), {
      ...{ name: `node${n}.eu-west.example`, cluster: 'eu-west', address: addressOf(n), clusters: others },
      seeds: n === 1 ? [] : [addressOf(1)],
      services: SERVICES.filter(({ hosts }) => hosts.includes(n)),
    }),
);
const beside = others.map(
  ({ name, address }) =>
    new Host(join(dir, name), {
      ...{ name: `node1.${name}.example`, cluster: name, address },
      services: SERVICES.filter((service) => service.name !== 'legacy-soap').map((service) =>
        name === 'staging' && service.name === 'web' ? { ...service, version: '2.6.0-beta.1' } : service,
      ),
    }),
);
const [first, second] = production;
const hosts = [...production, ...beside];
// Another program is where a service wants to be.
const intruders = production.map(({ address }) => createTcpServer().listen(servicePortOf('legacy-soap'), address));
let browser;
let endTraffic = () => undefined;
try {
  mkdirSync(FOLDER, { recursive: true });
  for (const host of hosts) await host.start();
  const all = SERVICES.reduce((sum, service) => sum + service.hosts.length, 0);
  await until('all instances are alive', async () => {
    const { Services } = await first.json('/services.json');
    return (
      Object.values(Services)
        .flat()
        .filter(({ Status }) => Status === 0).length === all
    );
  });
  endTraffic = trafficTo(first);
  await wait(QUIET_MS);
  const goodTime = await live(production, beside[0]);
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  for (const page of await pagesOf(first, second, goodTime)) await takePictures(browser, first, page);
} finally {
  endTraffic();
  await browser?.close();
  for (const host of hosts) await host.end();
  for (const intruder of intruders) intruder.close();
  rmSync(dir, { recursive: true, force: true });
}
