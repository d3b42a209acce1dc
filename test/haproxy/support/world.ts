import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, connect, type AddressInfo, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunCommand } from '../../../src/lib/command.js';
import type { Facts, Logger } from '../../../src/lib/logger.js';
import { ProblemBoard } from '../../../src/lib/problems.js';
import { HaproxyManager } from '../../../src/haproxy/manager.js';
import type { HaproxyOptions } from '../../../src/haproxy/options.js';
import { ProxyMemory } from '../../../src/haproxy/proxy-memory.js';
import { systemClock, systemWallClock } from '../../../src/platform/clock.js';
import { runCommand } from '../../../src/platform/command.js';
import { systemFiles } from '../../../src/platform/files.js';
import { lookupAddresses } from '../../../src/platform/lookup-addresses.js';
import { systemListening } from '../../../src/platform/listening.js';
import { systemProcesses } from '../../../src/platform/processes.js';
import { askUnixSocket } from '../../../src/platform/unix-socket.js';
import type { Service } from '../../../src/service/service.js';
import { record } from '../../support/records.js';
import { TestCatalog } from './snapshots.js';

/** Generous: CI machines are busy, and a condition that comes true ends the wait at once. */
const PATIENCE_MS = 20_000;

/** Resolves when `condition` gives something true, and rejects with `what` when it does not within the bound. */
export async function until<T>(what: string, condition: () => T | Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const seen = await condition();
    if (seen) return seen;
    if (performance.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** An agent's HAProxy part on a directory and ports of its own, with the real HAProxy. `end` leaves nothing behind. */
export class World {
  readonly catalog = new TestCatalog();
  readonly problems = new ProblemBoard(systemWallClock());
  readonly lines: string[] = [];
  readonly commands: string[] = [];
  /** Milliseconds from each change to HAProxy. */
  readonly applyTimes: number[] = [];
  /** What survives a restart of the agent. */
  memory = new ProxyMemory(() => undefined);
  private readonly cleanUps: (() => unknown)[] = [];
  private agent:
    { readonly manager: HaproxyManager; readonly abort: AbortController; readonly ended: Promise<void> } | undefined;

  private constructor(
    readonly directory: string,
    readonly port: number,
  ) {}

  static async create(): Promise<World> {
    return new World(await mkdtemp(join(tmpdir(), 'sidecar-haproxy-')), await freePort());
  }

  path = (name: string): string => join(this.directory, name);

  get manager(): HaproxyManager {
    if (!this.agent) throw new Error('no agent runs');
    return this.agent.manager;
  }

  get pids(): readonly number[] {
    return this.manager.status().pids;
  }

  options(overrides: Partial<HaproxyOptions> = {}): HaproxyOptions {
    return {
      hostname: 'h1',
      bindIp: '127.0.0.1',
      templateFile: '',
      configFile: this.path('haproxy.cfg'),
      pidFile: '',
      reloadCommand: '',
      verifyCommand: '',
      startCommand: '',
      user: '',
      group: '',
      useHostnames: false,
      runtimeSocket: this.path('s.sock'),
      statsBind: '',
      supervise: true,
      stopOnExit: true,
      reloadIntervalMs: 50,
      drainTimeoutMs: 30_000,
      drainTimeoutTcpMs: 3_600_000,
      staleHoldMs: 300_000,
      hardStopAfterMs: 600_000,
      maxOldProcesses: 5,
      useRuntimeApi: true,
      templateDir: '',
      ownPorts: new Map(),
      ...overrides,
    };
  }

  start(overrides: Partial<HaproxyOptions> = {}): void {
    const manager = new HaproxyManager(this.options(overrides), {
      catalog: this.catalog,
      departures: { outOfSightForMs: () => undefined, nextEndMs: () => undefined },
      memory: this.memory,
      lookup: lookupAddresses,
      onApplied: (tookMs) => void this.applyTimes.push(tookMs),
      settled: Promise.resolve(),
      informed: Promise.resolve(),
      clock: systemClock,
      wall: systemWallClock(),
      log: this.log,
      problems: this.problems,
      run: this.run,
      files: systemFiles,
      processes: systemProcesses,
      listening: systemListening,
      askSocket: askUnixSocket,
    });
    const abort = new AbortController();
    this.agent = { manager, abort, ended: manager.run(abort.signal, () => undefined) };
  }

  async stop(): Promise<void> {
    this.agent?.abort.abort();
    await this.agent?.ended;
    this.agent = undefined;
  }

  caughtUp = (): Promise<boolean> => until('HAProxy has the catalog', () => this.manager.caughtUp());

  problem = (code: string): string | undefined =>
    this.problems.list().find((problem) => problem.code === code)?.message;

  /** A record whose ServicePort is this world's port. */
  service(port: number, overrides: Partial<Service> = {}): Service {
    return record({
      id: `i${port}`,
      ports: [{ type: 'tcp', port, servicePort: this.port, ip: '127.0.0.1' }],
      ...overrides,
    });
  }

  /** An HTTP backend that answers with `text`. */
  async httpBackend(text: string): Promise<number> {
    return this.listening(createServer((_, response) => response.end(text)));
  }

  /** A TCP backend that sends `text` and closes. */
  async tcpBackend(text: string): Promise<number> {
    return this.listening(createTcpServer((socket) => socket.end(text)));
  }

  /** Holds a port so that HAProxy cannot bind it. */
  async hold(port: number): Promise<() => Promise<void>> {
    const server = createTcpServer();
    await this.listening(server, port);
    return () => closed(server);
  }

  onEnd(cleanUp: () => unknown): void {
    this.cleanUps.push(cleanUp);
  }

  async end(): Promise<void> {
    await this.stop();
    const left = await askUnixSocket(this.path('s.sock'), 'show info', { timeoutMs: 1_000, maxBytes: 65_536 });
    const pid = left.ok ? /^Pid: (\d+)$/m.exec(left.value)?.[1] : undefined;
    if (pid !== undefined) process.kill(Number(pid), 'SIGKILL');
    for (const cleanUp of this.cleanUps.reverse()) await cleanUp();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async listening(server: Server | TcpServer, port = 0): Promise<number> {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    this.onEnd(() => closed(server));
    return (server.address() as AddressInfo).port;
  }

  private readonly run: RunCommand = (command, limits) => {
    this.commands.push([command.file, ...command.args].join(' '));
    return runCommand(command, limits);
  };

  private readonly log: Logger = {
    debug: () => undefined,
    info: (message, facts) => this.note('info', message, facts),
    warn: (message, facts) => this.note('warn', message, facts),
    error: (message, facts) => this.note('error', message, facts),
    child: () => this.log,
  };

  private note(level: string, message: string, facts?: Facts): void {
    this.lines.push(`${level} ${message} ${JSON.stringify(facts ?? {})}`);
  }
}

/** The body that an HTTP server gives, on a connection of its own; undefined when there is no complete answer with status 200. */
export async function get(port: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
    const body = await response.text();
    return response.status === 200 ? body : undefined;
  } catch {
    return undefined;
  }
}

/** All that a TCP server sends until it closes; undefined when it cannot be reached. */
export function read(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    connect(port, '127.0.0.1')
      .on('data', (chunk) => (text += chunk.toString()))
      .on('error', () => resolve(undefined))
      .on('close', () => resolve(text === '' ? undefined : text));
  });
}

/** A port that the system had free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await closed(server);
  return port;
}

export const isAlive = (pid: number): boolean => systemProcesses.describe(pid) !== undefined;

const closed = (server: Server | TcpServer): Promise<void> => {
  if ('closeAllConnections' in server) server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
};
