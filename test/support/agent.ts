import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePorts, get, getJson } from './network.js';
import { until } from './until.js';

export const PROGRAM = resolve('dist/bin/sidecar.js');

export const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

export interface AgentSetup {
  /** Lines of `sidecar.toml` by table, beside those every test needs. */
  readonly toml?: Readonly<Record<string, readonly string[]>>;
  /** The static file's content: targets, or any text. */
  readonly targets?: unknown;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Run it without root's powers, for what root may do and users may not. */
  readonly unprivileged?: boolean;
  /** The most files it may open, as `ulimit -n` sets it. */
  readonly fileLimit?: number;
  /** Where its HTTP API will be, when the test says so by itself; otherwise any free port. */
  readonly httpPort?: number;
  /** Where its gossip will be, on 127.0.0.1 unless `toml` says another `bind_ip`; otherwise any free port. */
  readonly gossipPort?: number;
  /** What to run it under: the commands that lead into a namespace. */
  readonly enter?: readonly string[];
}

interface Instance {
  readonly ID: string;
  readonly Hostname: string;
  readonly Status: number;
  readonly Ports: readonly { readonly Port: number }[];
}

export interface MemberFacts {
  readonly name: string;
  readonly state: string;
  readonly incarnation: number;
  readonly versions: Readonly<Record<string, number>>;
}

/** A whole agent as a process of its own, with HAProxy, in a folder of its own, on ports of its own. */
export class Agent {
  log = '';
  exit: { code: number | null; signal: NodeJS.Signals | null } | undefined;
  private child: ChildProcess | undefined;

  private constructor(
    readonly dir: string,
    readonly httpPort: number,
    readonly gossipPort: number,
    private readonly setup: AgentSetup,
  ) {}

  /** Writes its files; does not start it. */
  static async prepare(setup: AgentSetup = {}): Promise<Agent> {
    const dir = mkdtempSync(join(tmpdir(), 'sidecar-test-'));
    const [anyPort = 0, otherPort = 0] = await freePorts(2);
    const agent = new Agent(dir, setup.httpPort ?? anyPort, setup.gossipPort ?? otherPort, setup);
    writeFileSync(join(dir, 'sidecar.toml'), agent.toml());
    agent.writeTargets(setup.targets ?? []);
    if (setup.unprivileged && isRoot) chownSync(dir, NOBODY, NOBODY);
    return agent;
  }

  static async start(setup: AgentSetup = {}): Promise<Agent> {
    const agent = await Agent.prepare(setup);
    agent.spawn();
    await agent.untilReady();
    return agent;
  }

  /** @param env beside that of the set-up, for what is known only once the folder is there */
  spawn(env: Readonly<Record<string, string>> = {}): void {
    this.exit = undefined;
    const drop = this.setup.unprivileged === true && isRoot;
    const program = drop ? programForNobody() : PROGRAM;
    const { fileLimit, flags = [], enter = [] } = this.setup;
    const command = [process.execPath, program, ...flags];
    const limited = fileLimit === undefined ? [] : ['bash', '-c', `ulimit -n ${fileLimit} && exec "$@"`, 'bash'];
    const [file = '', ...args] = [...enter, ...limited, ...command];
    const child = spawn(file, args, {
      ...(drop ? { uid: NOBODY, gid: NOBODY } : {}),
      cwd: this.dir,
      env: { PATH: process.env['PATH'] ?? '', HOME: this.dir, ...this.setup.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer): void => void (this.log += chunk.toString());
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('close', (code, signal) => (this.exit = { code, signal }));
    this.child = child;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  writeTargets(targets: unknown): void {
    writeFileSync(this.path('static.json'), typeof targets === 'string' ? targets : JSON.stringify(targets));
  }

  async untilReady(): Promise<void> {
    await until('the agent is ready', async () => {
      if (this.exit) throw new Error(`the agent has ended: ${JSON.stringify(this.exit)}\n${this.log}`);
      return (await get(this.url('/ready'))).status === 200;
    });
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.httpPort}${path}`;
  }

  /** The instances of one service as `/services.json` shows them. */
  async instances(name: string): Promise<readonly Instance[]> {
    return (await this.catalog()).Services[name] ?? [];
  }

  /** Codes of the problems `/health` lists. */
  async problems(): Promise<readonly string[]> {
    const health = (await getJson(this.url('/health'))) as { problems: readonly { code: string }[] };
    return health.problems.map(({ code }) => code);
  }

  /** Members as `/api/members` lists them, by name. */
  async members(): Promise<Readonly<Record<string, MemberFacts>>> {
    const { members } = (await getJson(this.url('/api/members'))) as { members: readonly MemberFacts[] };
    return Object.fromEntries(members.map((member) => [member.name, member]));
  }

  /** The whole of `/services.json`. */
  async catalog(): Promise<{ readonly Services: Readonly<Record<string, readonly Instance[]>> }> {
    return (await getJson(this.url('/services.json'))) as { Services: Record<string, readonly Instance[]> };
  }

  /** @returns the status of the answer */
  async post(path: string): Promise<number> {
    return (await fetch(this.url(path), { method: 'POST', signal: AbortSignal.timeout(5000) })).status;
  }

  haproxyPids(): readonly number[] {
    if (!existsSync(this.path('haproxy.pid'))) return [];
    return readFileSync(this.path('haproxy.pid'), 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
  }

  config(): string {
    return readFileSync(this.path('haproxy.cfg'), 'utf8');
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.child?.kill(signal);
  }

  async ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    // Its own bound is 15 s.
    return until('the agent has ended', () => this.exit, 20_000).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.log.slice(-4_000)}`);
    });
  }

  /** Ends it and what it left behind, whatever state it is in. */
  async destroy(): Promise<void> {
    if (this.child && !this.exit) {
      this.kill();
      await this.ended().catch(() => this.kill('SIGKILL'));
    }
    for (const pid of this.haproxyPids()) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    this.reopen(); // only root can remove what a test has closed
    rmSync(this.dir, { recursive: true, force: true });
  }

  private reopen(): void {
    for (const entry of readdirSync(this.dir, { withFileTypes: true })) {
      if (entry.isDirectory()) chmodSync(this.path(entry.name), 0o755);
    }
  }

  private toml(): string {
    const { toml = {} } = this.setup;
    const tables: Record<string, readonly string[]> = {
      sidecar: [
        'discovery = ["static"]',
        'advertise_ip = "127.0.0.1"',
        'bind_ip = "127.0.0.1"',
        `bind_port = ${this.gossipPort}`,
        `state_dir = "${this.dir}/state"`,
      ],
      http: ['bind_ip = "127.0.0.1"', `port = ${this.httpPort}`],
      static_discovery: ['config_file = "static.json"'],
      haproxy: [
        'bind_ip = "127.0.0.1"',
        'config_file = "haproxy.cfg"',
        'pid_file = "haproxy.pid"',
        'runtime_socket = "haproxy.sock"',
        'stats_bind = ""',
        'stop_on_exit = true',
      ],
    };
    for (const [table, lines] of Object.entries(toml)) {
      const overridden = lines.map((line) => line.split('=')[0]?.trim());
      const kept = (tables[table] ?? []).filter((line) => !overridden.includes(line.split('=')[0]?.trim()));
      tables[table] = [...kept, ...lines];
    }
    return Object.entries(tables)
      .map(([table, lines]) => `[${table}]\n${lines.join('\n')}\n`)
      .join('\n');
  }
}

/** The program where an unprivileged user may read it: in place, or in a copy when the project's folder is closed to others. */
export function programForNobody(): string {
  const readable = spawnSync('test', ['-r', PROGRAM], { uid: NOBODY, gid: NOBODY }).status === 0;
  if (readable) return PROGRAM;
  const copy = join(tmpdir(), `sidecar-copy-${process.pid}`);
  if (!existsSync(copy)) {
    for (const part of ['dist', 'templates', 'package.json', 'node_modules'])
      cpSync(part, join(copy, part), { recursive: true });
    chmodSync(copy, 0o755);
    process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
  }
  return join(copy, 'dist/bin/sidecar.js');
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false; // no such process
  }
}

/** A static target: one healthy-checked http instance, but for what `overrides` says. */
export function target(name: string, port: number, servicePort: number, check?: unknown, mode = 'http'): unknown {
  return {
    Service: {
      Name: name,
      Image: `${name}:1.0`,
      ProxyMode: mode,
      Ports: [{ Type: 'tcp', Port: port, ServicePort: servicePort, IP: '127.0.0.1' }],
    },
    Check: check ?? { Type: 'HttpGet', Args: `http://127.0.0.1:${port}/` },
  };
}
