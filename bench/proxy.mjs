// How fast a change is served, from the outside: from the gossip packet that tells of a new instance to its first answer through
// the frontend of its service, with the Runtime API and with a reload of the same size:
//   node bench/proxy.mjs [CHANGES=30] [SERVICES=100,1000]
// One agent has the services, three instances each, another one has HAProxy and learns of them by gossip; the packet with the
// change comes from here, as any peer would send it. The frontend is asked without pause, on a connection for each request.
// Writes bench/results/proxy.md. Needs a build and HAProxy.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const changes = Number(process.argv[2] ?? 30);
const sizes = (process.argv[3] ?? '100,1000').split(',').map(Number);
const DIR = mkdtempSync(join(tmpdir(), 'sidecar-bench-'));
const PROXY = '127.0.3.1';
const HOLDER = '127.0.3.2';
const BACKENDS = '127.0.3.3';
const OLD_PORT = 9_001;
const NEW_PORT = 9_002;
const FIRST_SERVICE_PORT = 20_000;
const GOSSIP = 17_946;
const HTTP = 17_777;
const INSTANCES = 3;
/** Between a change and the next: longer than `reload_interval`, so that no reload waits for its turn. */
const REST_MS = 1_500;
const PATIENCE_MS = 120_000;
/** Of the original, from a change to its reload: at 100 services and at 1,000. */
const ORIGINAL = new Map([
  [100, '0.13 s'],
  [1_000, '3.6 s'],
]);

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what, probe, lookEveryMs) {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    if (await probe()) return;
    await wait(lookEveryMs);
  }
  throw new Error(`waited ${PATIENCE_MS} ms in vain until ${what}`);
}

function startAgent(name, address, targets, haproxy) {
  const dir = join(DIR, name);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'static.json'), JSON.stringify(targets));
  writeFileSync(
    join(dir, 'sidecar.toml'),
    `[sidecar]\ndiscovery = ["static"]\nhostname = "${name}"\nbind_ip = "${address}"\nbind_port = ${GOSSIP}\n` +
      `advertise_ip = "${address}"\nseeds = ["${HOLDER}:${GOSSIP}"]\nstate_dir = "${dir}/state"\n` +
      `[http]\nbind_ip = "${address}"\nport = ${HTTP}\n[static_discovery]\nconfig_file = "${dir}/static.json"\n` +
      `[haproxy]\n${haproxy(dir).join('\n')}\n`,
  );
  const child = spawn(process.execPath, [join(ROOT, 'dist/bin/sidecar.js')], { cwd: dir, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const end = () => (child.kill('SIGTERM'), ended);
  return { dir, end };
}

const withHaproxy = (useRuntimeApi) => (dir) => [
  `bind_ip = "${PROXY}"`,
  `config_file = "${dir}/haproxy.cfg"`,
  `pid_file = "${dir}/haproxy.pid"`,
  `runtime_socket = "${dir}/haproxy.sock"`,
  'stats_bind = ""',
  'stop_on_exit = true',
  `use_runtime_api = ${useRuntimeApi}`,
];

const portsOf = (service, port) => [
  { Type: 'tcp', Port: port, ServicePort: FIRST_SERVICE_PORT + service, IP: BACKENDS },
];

const targetsOf = (services) =>
  Array.from({ length: services * INSTANCES }, (_, i) => ({
    Service: { Name: `service-${i % services}`, Image: 'bench:1', Ports: portsOf(i % services, OLD_PORT) },
    Check: { Type: 'AlwaysSuccessful' },
  }));

function recordOf(id, service, created, status) {
  const [Created, Updated] = [created, new Date()].map((time) => time.toISOString());
  const Ports = portsOf(service, NEW_PORT);
  const Name = `service-${service}`;
  const record = {
    ID: id,
    Name,
    Image: 'bench:1',
    Created,
    Hostname: 'h9',
    Ports,
    Updated,
    ProxyMode: 'http',
    Status: status,
  };
  return Buffer.concat([Buffer.of(8), Buffer.from(JSON.stringify(record))]); // 8: a user message
}

/** What a service answers; undefined when there is no complete answer. */
function ask(service) {
  return new Promise((resolve) => {
    const port = FIRST_SERVICE_PORT + service;
    const asking = request({ host: PROXY, port, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve(response.statusCode === 200 ? text : undefined));
      response.on('error', () => resolve(undefined));
    });
    asking.on('error', () => resolve(undefined));
    asking.setTimeout(5_000, () => asking.destroy());
    asking.end();
  });
}

const startBackend = (port, text) =>
  new Promise((resolve) => {
    const server = createServer((_request, response) => response.end(text));
    server.listen(port, BACKENDS, 1024, () => resolve(server));
  });

/** @returns milliseconds of each change */
async function measure(services, useRuntimeApi) {
  const holder = startAgent('h2', HOLDER, targetsOf(services), () => ['disable = true']);
  const proxy = startAgent('h1', PROXY, [], withHaproxy(useRuntimeApi));
  const config = () => readFileSync(join(proxy.dir, 'haproxy.cfg'), 'utf8');
  const gossip = createSocket('udp4');
  const tell = (record) => new Promise((resolve) => gossip.send(record, GOSSIP, PROXY, resolve));
  const times = [];
  try {
    const servers = services * INSTANCES;
    const all = () => (config().match(/^\s+server h2-/gm) ?? []).length === servers;
    await until(
      'everything is in the file',
      () => {
        try {
          return all();
        } catch {
          return false; // not written yet
        }
      },
      200,
    );
    for (const service of [0, services - 1])
      await until('it is served', async () => (await ask(service)) === 'old', 50);
    await wait(2 * REST_MS);
    for (let i = 0; i < changes; i += 1) {
      const service = (i * 7) % services;
      const id = randomBytes(6).toString('hex');
      const created = new Date();
      const began = performance.now();
      await tell(recordOf(id, service, created, 0));
      await until('the new instance answers', async () => (await ask(service)) === 'new', 0);
      times.push(performance.now() - began);
      await wait(REST_MS);
      await tell(recordOf(id, service, created, 1));
      await until('it is gone', () => !config().includes(`server h9-${id} `), 50);
      await wait(REST_MS);
    }
  } finally {
    gossip.close();
    await proxy.end();
    await holder.end();
  }
  return times.sort((a, b) => a - b);
}

const ms = (time) => `${Math.round(time).toLocaleString('en')} ms`;
const medianOf = (times) => times[Math.floor((times.length - 1) / 2)];

const backends = [await startBackend(OLD_PORT, 'old'), await startBackend(NEW_PORT, 'new')];
const rows = [];
try {
  for (const services of sizes) {
    const runtime = await measure(services, true);
    const reload = await measure(services, false);
    const cells = [runtime, reload].flatMap((times) => [ms(medianOf(times)), ms(times.at(-1))]);
    rows.push(
      `| ${[`${services.toLocaleString('en')} × ${INSTANCES}`, ...cells, ORIGINAL.get(services) ?? '–'].join(' | ')} |`,
    );
    console.log(rows.at(-1));
  }
} finally {
  for (const backend of backends) backend.close();
  rmSync(DIR, { recursive: true, force: true });
}

const haproxyVersion = /version (\S+)/.exec(execFileSync('haproxy', ['-v'], { encoding: 'utf8' }))?.[1] ?? 'unknown';
writeFileSync(
  join(ROOT, 'bench/results/proxy.md'),
  `# From the gossip packet with a new instance to its first answer through the frontend

| services × instances | Runtime API, median | maximum | reload, median | maximum | the original |
| -------------------: | ------------------: | ------: | -------------: | ------: | -----------: |
${rows.join('\n')}

n = ${changes} changes in each case, one at a time, ${REST_MS / 500} s apart. Measured from the outside: a packet is sent to the agent's gossip port, and the
frontend is asked without pause on a connection for each request until the new instance answers. The services are those of a
second agent, learnt by gossip. *Reload* is the same with \`use_runtime_api = false\`: the text is rendered, verified and
loaded by a new HAProxy process that takes over the listening sockets. *The original* reloads, too; its figures are of another
run and count from the change to its reload.

Made by \`node bench/proxy.mjs ${changes} ${sizes.join(',')}\` with Node.js ${process.version}, HAProxy ${haproxyVersion} and Linux ${release()} on ${cpus().length} × ${cpus()[0].model.trim()}.
`,
);
