// How fast a change reaches those who pull their configuration: from the gossip packet that tells of a new instance to the moment
// when the last of the waiting clients has the whole new text, and how many renderings that costs:
//   node bench/haproxy-cfg.mjs [CHANGES=20] [WAITERS=200] [SERVICES=10,100,1000]
// The agent leaves HAProxy alone; its services, three instances each, are its own. Writes bench/results/haproxy-cfg.md. Needs a
// build.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent as Connections, request } from 'node:http';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const changes = Number(process.argv[2] ?? 20);
const waiters = Number(process.argv[3] ?? 200);
const sizes = (process.argv[4] ?? '10,100,1000').split(',').map(Number);
const DIR = mkdtempSync(join(tmpdir(), 'sidecar-bench-'));
const ADDRESS = '127.0.3.9';
const GOSSIP = 17_956;
const HTTP = 17_787;
const FIRST_SERVICE_PORT = 20_000;
const INSTANCES = 3;
/** Between a change and the next, so that each is the first of its burst. */
const REST_MS = 300;
const PATIENCE_MS = 60_000;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what, probe) {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    if (await probe()) return;
    await wait(100);
  }
  throw new Error(`waited ${PATIENCE_MS} ms in vain until ${what}`);
}

function startAgent(targets) {
  const dir = join(DIR, String(targets.length));
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'static.json'), JSON.stringify(targets));
  writeFileSync(
    join(dir, 'sidecar.toml'),
    `[sidecar]\ndiscovery = ["static"]\nhostname = "h1"\nbind_ip = "${ADDRESS}"\nbind_port = ${GOSSIP}\n` +
      `advertise_ip = "${ADDRESS}"\nstate_dir = "${dir}/state"\n` +
      `[http]\nbind_ip = "${ADDRESS}"\nport = ${HTTP}\n[static_discovery]\nconfig_file = "${dir}/static.json"\n` +
      `[haproxy]\ndisable = true\n`,
  );
  const child = spawn(process.execPath, [join(ROOT, 'dist/bin/sidecar.js')], { cwd: dir, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  return () => (child.kill('SIGTERM'), ended);
}

const portsOf = (service, port) => [
  { Type: 'tcp', Port: port, ServicePort: FIRST_SERVICE_PORT + service, IP: '127.0.3.3' },
];

const targetsOf = (services) =>
  Array.from({ length: services * INSTANCES }, (_, i) => ({
    Service: { Name: `service-${i % services}`, Image: 'bench:1', Ports: portsOf(i % services, 9_001) },
    Check: { Type: 'AlwaysSuccessful' },
  }));

function newInstance(id, service) {
  const now = new Date().toISOString();
  const about = { ID: id, Name: `service-${service}`, Image: 'bench:1', Hostname: 'h9', ProxyMode: 'http', Status: 0 };
  const record = { ...about, Created: now, Updated: now, Ports: portsOf(service, 9_002) };
  return Buffer.concat([Buffer.of(8), Buffer.from(JSON.stringify(record))]); // 8: a user message
}

const connections = new Connections({ keepAlive: true, maxSockets: Infinity });

/** @returns the status, the ETag, the length of the text and the moment when all of it was there */
function ask(path, etag) {
  return new Promise((resolve, reject) => {
    const headers = etag === undefined ? {} : { 'If-None-Match': etag };
    const asking = request({ host: ADDRESS, port: HTTP, path, headers, agent: connections }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        resolve({ status: response.statusCode, etag: response.headers.etag, body, at: performance.now() });
      });
    });
    asking.on('error', reject);
    asking.end();
  });
}

async function figure(name) {
  const { body } = await ask('/metrics');
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body.toString())?.[1] ?? 0);
}

const medianOf = (times) => [...times].sort((a, b) => a - b)[Math.floor((times.length - 1) / 2)];

/** @returns of each change when the median and the last client had it, the renderings of all, and the size of the text */
async function measure(services) {
  const end = startAgent(targetsOf(services));
  const gossip = createSocket('udp4');
  try {
    const servers = services * INSTANCES;
    await until('everything is in the configuration', async () => {
      const { body } = await ask('/haproxy.cfg').catch(() => ({ body: '' }));
      return (body.toString().match(/^\s+server /gm) ?? []).length === servers;
    });
    await wait(2_000);
    let { etag, body } = await ask('/haproxy.cfg');
    const before = await figure('sidecar_haproxy_cfg_renders_total');
    const medians = [];
    const lasts = [];
    for (let i = 0; i < changes; i += 1) {
      const answers = Array.from({ length: waiters }, () => ask('/haproxy.cfg?wait=1m', etag));
      await until('all wait', async () => (await figure('sidecar_haproxy_cfg_waiting_clients')) === waiters);
      await wait(REST_MS);
      const id = randomBytes(6).toString('hex');
      const began = performance.now();
      gossip.send(newInstance(id, (i * 7) % services), GOSSIP, ADDRESS);
      const came = await Promise.all(answers);
      if (!came.every((answer) => answer.status === 200 && answer.body.includes(`server h9-${id} `)))
        throw new Error('a client has got something else');
      const times = came.map(({ at }) => at - began);
      medians.push(medianOf(times));
      lasts.push(Math.max(...times));
      [{ etag, body }] = came;
    }
    const renders = (await figure('sidecar_haproxy_cfg_renders_total')) - before;
    return { medians, lasts, renders, bytes: body.length };
  } finally {
    gossip.close();
    await end();
  }
}

const ms = (time) => `${Math.round(time)} ms`;
const rows = [];
try {
  for (const services of sizes) {
    const { medians, lasts, renders, bytes } = await measure(services);
    const cells = [`${services.toLocaleString('en')} × ${INSTANCES}`, `${Math.round(bytes / 1024)} KiB`];
    cells.push(ms(medianOf(medians)), ms(medianOf(lasts)), ms(Math.max(...lasts)), `${renders} for ${changes}`);
    rows.push(`| ${cells.join(' | ')} |`);
    console.log(rows.at(-1));
  }
} finally {
  connections.destroy();
  rmSync(DIR, { recursive: true, force: true });
}

writeFileSync(
  join(ROOT, 'bench/results/haproxy-cfg.md'),
  `# From the gossip packet with a new instance to the configuration in the hands of ${waiters} waiting clients

| services × instances | text | the median client | the last client, median | maximum | renders for changes |
| -------------------: | ---: | ----------------: | ----------------------: | ------: | ------------------: |
${rows.join('\n')}

n = ${changes} changes in each case, one at a time. Each client has one connection and asks \`GET /haproxy.cfg?wait=1m\` with the ETag
that it has; a time ends when all of the new text is there. The clients are one process, on the cores of the agent.

Made by \`node bench/haproxy-cfg.mjs ${changes} ${waiters} ${sizes.join(',')}\` with Node.js ${process.version} and Linux ${release()} on ${cpus().length} × ${cpus()[0].model.trim()},
which other work shared: the load average was ${loadavg()[0].toFixed(1)}.
`,
);
