import type { Command, CommandResult } from '../../../src/lib/command.js';
import { ProblemBoard } from '../../../src/lib/problems.js';
import { ok } from '../../../src/lib/result.js';
import { argsForAdd } from '../../../src/haproxy/plan/add-arguments.js';
import { assemble, type Parts, type PartsDeps } from '../../../src/haproxy/parts.js';
import { parseConfig } from '../../../src/haproxy/plan/parse-config.js';
import type { HaproxyOptions } from '../../../src/haproxy/options.js';
import type { AskSocket, Files, ListenRefusal, Processes } from '../../../src/haproxy/ports.js';
import { ProxyMemory } from '../../../src/haproxy/proxy-memory.js';
import { compileTemplate } from '../../../src/haproxy/template.js';
import type { LoadedTemplate } from '../../../src/haproxy/template-file.js';
import type { Service } from '../../../src/service/service.js';
import { record } from '../../support/records.js';
import { FakeClock, fakeWall, settle } from '../../support/time.js';
import { HaproxyDouble } from '../runtime-api/haproxy-double.js';
import { builtInText } from './render.js';
import { silentLogger } from './silent-logger.js';
import { TestCatalog } from './snapshots.js';

const CONFIG = '/etc/sidecar/haproxy.cfg';
const PID_FILE = '/etc/sidecar/haproxy.pid';
const never = new AbortController().signal;

/** Files in memory. */
export class FilesDouble implements Files {
  readonly texts = new Map<string, string>();
  /** The system's words for why nothing can be written. */
  refusal: string | undefined;

  read = (path: string): Promise<string | undefined> => Promise.resolve(this.texts.get(path));
  stamp = (path: string): Promise<{ modifiedMs: number; size: number; inode: number } | undefined> => {
    const text = this.texts.get(path);
    return Promise.resolve(text === undefined ? undefined : { modifiedMs: 0, size: text.length, inode: 1 });
  };
  write = (path: string, text: string): Promise<void> => this.changing(() => void this.texts.set(path, text));
  rename = (from: string, to: string): Promise<void> =>
    this.changing(() => {
      this.texts.set(to, this.texts.get(from) ?? '');
      this.texts.delete(from);
    });
  remove = (path: string): Promise<void> => {
    this.texts.delete(path);
    return Promise.resolve();
  };
  ensureWritableDirectory = (): Promise<void> => this.changing(() => undefined);
  follow = (path: string): Promise<string> => Promise.resolve(path);
  isWritable = (): Promise<boolean> => Promise.resolve(false);
  makeTemporaryDirectory = (): Promise<string> => Promise.resolve('/tmp/x');
  removeDirectory = (): Promise<void> => Promise.resolve();

  private changing(act: () => void): Promise<void> {
    if (this.refusal !== undefined) return Promise.reject(new Error(this.refusal));
    act();
    return Promise.resolve();
  }
}

/** All parts of the room, as they are put together in the agent, on an HAProxy, a disk and a system in memory. */
export class Room {
  readonly clock = new FakeClock();
  readonly wall = fakeWall(this.clock);
  readonly catalog = new TestCatalog();
  readonly problems = new ProblemBoard(this.wall);
  readonly files = new FilesDouble();
  readonly double = new HaproxyDouble();
  readonly parts: Parts;
  readonly options: HaproxyOptions;
  readonly deps: PartsDeps;
  readonly applyTimes: number[] = [];
  /** Content versions, as they came to be served. */
  readonly served: number[] = [];
  readonly taken = new Map<number, ListenRefusal>();
  reloads = 0;
  verifications: string[] = [];
  /** HAProxy's alerts about a text; undefined when it verifies. */
  verdict: (text: string) => string | undefined = () => undefined;
  /** What a reload ends with; undefined when it works. */
  reloadWords: (text: string) => string | undefined = () => undefined;
  /** While set, verifications wait for it. */
  gate: Promise<void> | undefined;
  template: LoadedTemplate = loaded(1, builtInText);
  private surroundings = 0;
  private readonly running = new Map<number, number>();

  constructor(
    overrides: Partial<HaproxyOptions> = {},
    readonly memory = new ProxyMemory(() => undefined),
  ) {
    this.options = { ...OPTIONS, ...overrides };
    this.deps = {
      catalog: this.catalog,
      departures: { outOfSightForMs: () => undefined, nextEndMs: () => undefined },
      memory,
      listening: { addresses: () => [], tryListen: ({ port }) => Promise.resolve(this.taken.get(port)) },
      lookup: () => Promise.resolve([]),
      onApplied: (tookMs) => void this.applyTimes.push(tookMs),
      onServed: (_, contentVersion) => void this.served.push(contentVersion),
      run: (command) => this.run(command),
      files: this.files,
      processes: this.processes,
      askSocket: this.ask,
      clock: this.clock,
      wall: this.wall,
      log: silentLogger,
      problems: this.problems,
    };
    this.parts = assemble(this.options, this.deps, { file: () => undefined, address: () => undefined });
  }

  get disk(): string {
    return this.files.texts.get(CONFIG) ?? '';
  }

  get servers(): readonly string[] {
    return [...this.double.servers]
      .filter(([, { admin }]) => admin === 0)
      .map(([id]) => id)
      .sort();
  }

  /** Applies these records, or tries the last ones again, as the manager does. @returns whether HAProxy serves them */
  async apply(...services: readonly Service[]): Promise<boolean> {
    const [first, ...others] = services;
    if (first) this.catalog.hold([first, ...others]);
    await this.parts.supervisor.refresh();
    const { contentVersion } = this.catalog.snapshot();
    const versions = {
      catalog: contentVersion,
      template: this.template.revision,
      surroundings: this.surroundings,
    };
    const isApplied = await this.parts.applying.apply(
      this.catalog.snapshot(),
      this.template,
      versions,
      this.clock.now(),
      never,
    );
    await this.parts.supervisor.refresh();
    return isApplied;
  }

  /** Lets time pass and applies once, whatever has changed or not. */
  async applyAfter(ms: number, ...services: readonly Service[]): Promise<boolean> {
    await this.clock.advance(ms);
    return this.apply(...services);
  }

  /** Lets the file behind HAProxy's back be written, as far as it can be. */
  async written(): Promise<void> {
    for (let i = 0; i < 20; i += 1) await settle();
  }

  use(text: string): void {
    this.template = loaded(this.template.revision + 1, text);
  }

  /** An HAProxy that was started on this text by an agent before us, which remembers it. */
  serve(text: string): void {
    this.files.texts.set(CONFIG, text);
    this.load(text);
    this.memory.loaded({ pid: this.double.pid, startedMs: this.running.get(this.double.pid) ?? 0, text });
  }

  async adopt(): Promise<void> {
    await this.parts.process.discover();
    await this.parts.supervisor.refresh();
    await this.parts.deployment.adopt();
  }

  problem = (code: string): string | undefined => this.problems.list().find((each) => each.code === code)?.message;

  private async run({ file, args }: Command): Promise<CommandResult> {
    const text = this.files.texts.get(args.includes('-f') ? (args[args.indexOf('-f') + 1] ?? '') : CONFIG) ?? '';
    const isVerification = file.endsWith('haproxy') && args.includes('-c');
    if (isVerification) await this.gate;
    const words = isVerification ? this.verdict(text) : this.reloadWords(text);
    if (isVerification) this.verifications.push(text);
    else {
      this.reloads += 1;
      if (words === undefined) this.load(text);
    }
    return { outcome: 'ended', exitCode: words === undefined ? 0 : 1, output: words ?? '', durationMs: 0 };
  }

  private load(text: string): void {
    this.running.clear();
    this.double.pid += 1;
    this.running.set(this.double.pid, this.clock.now());
    this.files.texts.set(PID_FILE, String(this.double.pid));
    this.double.servers.clear();
    for (const section of parseConfig(text).sections) {
      for (const line of section.servers.values()) {
        const isChecked = argsForAdd(line, section).includes('check');
        this.double.servers.set(`${section.name}/${line.name}`, {
          ...{ address: line.host, port: line.port ?? 0, weight: line.weight },
          ...{ admin: line.disabled ? 1 : 0, check: isChecked ? 6 : 0, sessions: 0 },
        });
      }
    }
  }

  private readonly ask: AskSocket = async (path, text, limits) => {
    if (text.startsWith('prompt')) return this.double.ask(path, text, limits);
    const said = await this.double.ask(path, `prompt\n${text}\nquit`, limits);
    return said.ok ? ok(said.value.split('\n> ')[1] ?? '') : said;
  };

  private readonly processes: Processes = {
    runsAsRoot: false,
    fileLimit: undefined,
    describe: (pid) => {
      const startedMs = this.running.get(pid);
      if (startedMs === undefined) return undefined;
      return { executable: '/usr/sbin/haproxy', name: 'haproxy', args: ['-f', CONFIG], startedMs, parent: 1 };
    },
    listeningPorts: () => new Set(),
    sharesNetwork: () => true,
    named: () => [...this.running.keys()],
    signal: (pid) => void this.running.delete(pid),
    findProgram: () => '/usr/sbin/haproxy',
  };
}

/** An instance of a service, on a ServicePort. */
export const instance = (name: string, id: string, servicePort: number, overrides: Partial<Service> = {}): Service =>
  record({ name, id, ports: [{ type: 'tcp', port: 9_000, servicePort, ip: '10.0.0.1' }], ...overrides });

export const loaded = (revision: number, text: string): LoadedTemplate => ({
  revision,
  template: compileTemplate('t.hbs', text),
  isBuiltIn: false,
  notice: undefined,
});

const OPTIONS: HaproxyOptions = {
  hostname: 'h1',
  bindIp: '127.0.0.1',
  templateFile: '',
  configFile: CONFIG,
  pidFile: PID_FILE,
  reloadCommand: '',
  verifyCommand: '',
  startCommand: '',
  user: '',
  group: '',
  useHostnames: false,
  runtimeSocket: '/run/s.sock',
  statsBind: '',
  supervise: true,
  stopOnExit: true,
  reloadIntervalMs: 1_000,
  drainTimeoutMs: 30_000,
  drainTimeoutTcpMs: 3_600_000,
  staleHoldMs: 300_000,
  hardStopAfterMs: 600_000,
  maxOldProcesses: 2,
  useRuntimeApi: true,
  templateDir: '',
  ownPorts: new Map(),
};
