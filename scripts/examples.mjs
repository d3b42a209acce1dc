// Records the examples of README.md and docs/command-line.md: a small cluster in a network of its own, some things that happen to it,
// and what the commands then print in a terminal of 80 columns. What stands between `<!-- recorded: NAME -->` and `<!-- /recorded -->`
// is replaced; `--print` only shows it. Needs a build, haproxy, and unshare, ip and script, as Debian has them; root is not needed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const PROGRAM = join(ROOT, 'dist/bin/sidecar.js');
const PAGES = ['README.md', 'docs/command-line.md'].map((page) => join(ROOT, page));
const NODES = [1, 2, 3];
const addressOf = (node) => `10.0.0.${node + 4}`;

async function main() {
  const addresses = NODES.map((node) => `ip address add ${addressOf(node)}/32 dev lo`);
  spawnSync('sh', ['-c', ['ip link set lo up', ...addresses].join(' && ')], { stdio: 'inherit' });
  const world = new World(mkdtempSync(join(tmpdir(), 'sidecar-examples-')));
  try {
    const recorded = await story(world);
    if (process.argv.includes('--print')) for (const [name, text] of recorded) console.log(`--- ${name}\n${text}`);
    else for (const page of PAGES) bringUpToDate(page, recorded);
  } finally {
    await world.end();
  }
}

/** What happens, and what is looked at. Returns what was printed, by name. */
async function story(world) {
  const recorded = new Map();
  const record = (name, line) => recorded.set(name, world.run(line));
  for (const node of NODES) {
    await world.serve(node, 'web', 8080);
    if (node < 3) await world.serve(node, 'api', 9090);
    world.start(node);
  }
  await until('all are ready', async () => {
    for (const node of NODES) if ((await fetch(world.url(node, '/ready'))).status !== 200) return false;
    const { members } = await json(world.url(1, '/api/members'));
    const { Services } = await json(world.url(1, '/services.json'));
    return (
      members.filter(({ state }) => state === 'alive').length === 3 &&
      Services.web?.length === 3 &&
      Services.api?.length === 2
    );
  });
  await pause(5000); // what is measured at a start is no example
  record('ls', 'ls');
  record('members', 'members');

  const before = new Date().toISOString().slice(11, 19);
  await pause(1000);
  await world.serve(3, 'batch', 9090);
  world.stopServing(2, 'api');
  await until('both are seen', async () => {
    const { problems } = await json(world.url(1, '/health'));
    const { Services } = await json(world.url(1, '/services.json'));
    return problems.length > 0 && Services.api.some(({ Status }) => Status === 2) && Services.batch?.length === 1;
  });
  record('drain', 'drain web@node3 --for 15m');
  await until('it drains', async () =>
    (await json(world.url(1, '/services.json'))).Services.web.some(({ Status }) => Status === 4),
  );
  await pause(2000);
  record('ls web', 'ls web');
  record('status', 'status');
  record('why', 'why batch');
  record('history', 'history --since 1m --kind service,check --host node2');
  record('diff', `diff ${before} now`);
  const template = readFileSync(join(ROOT, 'templates/haproxy.cfg.hbs'), 'utf8');
  writeFileSync(join(world.folder, 'new.hbs'), template.replace(/^defaults$/m, 'defaults\n    maxconn 5000'));
  record('plan --template', 'plan --template new.hbs --diff');
  record('proxy', 'proxy');

  const following = world.follow('events --service api', 4000);
  await pause(1500);
  await world.serve(2, 'api', 9090);
  recorded.set('events', await following);

  world.kill(3);
  await until('it is missed', async () => {
    const { members } = await json(world.url(1, '/api/members'));
    return members.some(({ state }) => state === 'dead');
  });
  record('members of which one is gone', 'members');
  return recorded;
}

/** Three hosts, their services and their agents. */
class World {
  agents = new Map();
  services = new Map();
  targets = new Map(NODES.map((node) => [node, []]));

  constructor(folder) {
    this.folder = folder;
    for (const node of NODES) mkdirSync(this.dir(node));
  }

  dir(node) {
    return join(this.folder, `node${node}`);
  }

  url(node, path) {
    return `http://${addressOf(node)}:7777${path}`;
  }

  /** Starts an instance on a host; one that is named already only comes back. */
  async serve(node, name, servicePort) {
    const port = servicePort + 10_000;
    const server = createServer((_request, response) => response.end('well'));
    await new Promise((resolve) => server.listen(port, addressOf(node), resolve));
    this.services.set(`${name}@${node}`, server);
    const targets = this.targets.get(node);
    if (!targets.some(({ Service }) => Service.Name === name))
      targets.push({
        Service: {
          Name: name,
          Image: `registry.example/${name}:1.2.3`,
          Ports: [{ Type: 'tcp', Port: port, ServicePort: servicePort, IP: addressOf(node) }],
        },
        Check: { Type: 'HttpGet', Args: `http://${addressOf(node)}:${port}/health`, HealthCheckInterval: '500ms' },
      });
    writeFileSync(join(this.dir(node), 'static.json'), JSON.stringify(targets));
  }

  stopServing(node, name) {
    const server = this.services.get(`${name}@${node}`);
    server.close();
    server.closeAllConnections();
  }

  start(node) {
    const address = addressOf(node);
    const lines = [
      '[sidecar]',
      `hostname = "node${node}"`,
      `seeds = ["${addressOf(1)}"]`,
      'discovery = ["static"]',
      `bind_ip = "${address}"`,
      `advertise_ip = "${address}"`,
      `state_dir = "${this.dir(node)}/state"`,
      '[http]',
      `bind_ip = "${address}"`,
      '[static_discovery]',
      'config_file = "static.json"',
      '[haproxy]',
      `bind_ip = "${address}"`,
      `config_file = "haproxy.cfg"`,
      `pid_file = "haproxy.pid"`,
      `runtime_socket = "haproxy.sock"`,
      'stats_bind = ""',
      'stop_on_exit = true',
    ];
    writeFileSync(join(this.dir(node), 'sidecar.toml'), `${lines.join('\n')}\n`);
    const child = spawn(process.execPath, [PROGRAM], { cwd: this.dir(node), stdio: 'ignore', env: environment(node) });
    const ended = new Promise((resolve) => child.on('close', resolve));
    this.agents.set(node, { child, ended });
  }

  kill(node) {
    this.agents.get(node).child.kill('SIGKILL');
    for (const pid of readFileSync(join(this.dir(node), 'haproxy.pid'), 'utf8')
      .trim()
      .split('\n'))
      process.kill(Number(pid));
  }

  /** What a command prints in a terminal of 80 columns, after its line. */
  run(line) {
    const { stdout } = spawnSync('script', ['-qec', terminalLine(line), '/dev/null'], this.options());
    return asExample(line, stdout);
  }

  /** The same of one that goes on, until Ctrl-C. */
  follow(line, forMs) {
    const child = spawn('script', ['-qec', terminalLine(line), '/dev/null'], {
      ...this.options(),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    setTimeout(() => child.stdin.write('\u0003'), forMs);
    return new Promise((resolve) => child.on('close', () => resolve(asExample(line, out))));
  }

  options() {
    const more = { NO_COLOR: '1', TERM: 'xterm', TZ: 'UTC', SHELL: '/bin/sh', SIDECAR_AGENT: `${addressOf(1)}:7777` };
    return { cwd: this.folder, encoding: 'utf8', env: { ...environment(1), ...more } };
  }

  async end() {
    for (const { child } of this.agents.values()) child.kill('SIGTERM');
    await Promise.all([...this.agents.values()].map(({ ended }) => ended));
    for (const server of this.services.values()) server.close();
    rmSync(this.folder, { recursive: true });
  }
}

const environment = (node) => ({ PATH: process.env['PATH'], HOME: tmpdir(), HOSTNAME: `node${node}` });

const terminalLine = (line) => `stty cols 80 rows 40; exec ${process.execPath} ${PROGRAM} ${line}`;

const asExample = (line, out) => ['```', `$ sidecar ${line}`, out.replaceAll('\r', '').trimEnd(), '```'].join('\n');

function bringUpToDate(page, recorded) {
  const before = readFileSync(page, 'utf8');
  const after = before.replaceAll(/(<!-- recorded: (.*?) -->\n).*?(\n<!-- \/recorded -->)/gs, (_, begin, name, end) => {
    if (!recorded.has(name)) throw new Error(`${page} shows ${name}, which is not recorded`);
    return `${begin}${recorded.get(name)}${end}`;
  });
  if (after !== before) writeFileSync(page, after);
  console.log(`${page} ${after === before ? 'is' : 'is brought'} up to date`);
}

async function json(url) {
  return (await fetch(url)).json();
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what, probe) {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    if (await probe().catch(() => false)) return;
    await pause(100);
  }
  throw new Error(`waited in vain until ${what}`);
}

if (process.argv.includes('--in-its-network')) await main();
else {
  const again = [process.execPath, import.meta.filename, '--in-its-network', ...process.argv.slice(2)];
  const { status, error } = spawnSync('unshare', ['--map-root-user', '--net', ...again], { stdio: 'inherit' });
  if (error) throw error;
  process.exitCode = status ?? 1;
}
