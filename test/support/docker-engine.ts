import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { processesWith } from './processes.js';
import { Program } from './program.js';
import { until } from './until.js';

const run = promisify(execFile);
const IMAGE = 'sidecar-test';
const PROGRAMS = ['dockerd', 'containerd', 'runc', 'busybox', 'ip'];

/** Why no engine can be started here; undefined when one can. */
export function whyNoEngine(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can start a Docker Engine';
  const missing = PROGRAMS.filter((name) => spawnSync('which', [name]).status !== 0);
  return missing.length > 0
    ? `${missing.join(', ')} not found: sudo apt-get install docker.io busybox-static`
    : undefined;
}

export interface ContainerSetup {
  readonly labels?: Readonly<Record<string, string>>;
  /** Ports of the container, each published on any port of 127.0.0.1; without any it has no network. */
  readonly ports?: readonly number[];
  /** For busybox's shell; without it the container sleeps and ends at once when it is stopped. */
  readonly script?: string;
  readonly stopSignal?: string;
  /** A command for busybox's shell as Docker's own HEALTHCHECK, run twice a second. */
  readonly healthcheck?: string;
  /** Whether the engine starts it again whenever it has ended, and when the engine itself starts. */
  readonly restarts?: boolean;
}

const SLEEP = "trap 'exit 0' TERM QUIT; while :; do sleep 3600 & wait $!; done";
const HALF_A_SECOND_NS = 500_000_000;

/** A Docker Engine of the tests' own: nothing of it is where another engine would look, and nothing is left of it. */
export class RealEngine {
  readonly socket: string;
  readonly docker: Docker;
  private program: Program | undefined;

  private constructor(
    private readonly dir: string,
    private readonly bridge: string,
    private readonly flags: readonly string[],
  ) {
    this.socket = join(dir, 'docker.sock');
    // What is undefined would be taken from DOCKER_HOST.
    this.docker = new Docker({ socketPath: this.socket, host: undefined, port: undefined, protocol: 'http' });
  }

  /** @param flags of dockerd, beside those that keep it apart: `--live-restore` */
  static async start(flags: readonly string[] = []): Promise<RealEngine> {
    const dir = mkdtempSync(join(tmpdir(), 'sidecar-docker-'));
    const bridge = `sc${process.pid}`;
    const engine = new RealEngine(dir, bridge, flags);
    try {
      await run('ip', ['link', 'add', bridge, 'type', 'bridge']);
      await run('ip', ['address', 'add', `${await unusedSubnet()}.1/24`, 'dev', bridge]);
      await run('ip', ['link', 'set', bridge, 'up']);
      await engine.up();
      await engine.importImage();
      return engine;
    } catch (error) {
      await engine.destroy();
      throw error;
    }
  }

  /** Starts the engine, be it for the first time or again. */
  async up(): Promise<void> {
    const program = new Program('dockerd', 'dockerd', [
      ...['--data-root', join(this.dir, 'data'), '--exec-root', join(this.dir, 'exec')],
      ...['--pidfile', join(this.dir, 'docker.pid'), '--host', `unix://${this.socket}`, '--bridge', this.bridge],
      // Ports are published by its proxy: the host's packet filter and routing stay as they are.
      ...['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false', '--log-level=warn'],
      ...this.flags,
    ]);
    this.program = program;
    await until(
      'the engine answers',
      async () => {
        if (program.hasEnded()) throw new Error(program.output);
        return (await this.docker.ping()) as unknown;
      },
      60_000,
    );
  }

  /** Ends the engine as its service manager would. */
  async down(): Promise<void> {
    this.signal('SIGTERM');
    await until('the engine has ended', () => this.program?.hasEnded(), 60_000);
  }

  signal(signal: NodeJS.Signals): void {
    this.program?.signal(signal);
  }

  /** Nobody finds the socket while `during` runs. */
  async withoutSocket<T>(during: () => Promise<T>): Promise<T> {
    renameSync(this.socket, `${this.socket}.away`);
    try {
      return await during();
    } finally {
      renameSync(`${this.socket}.away`, this.socket);
    }
  }

  /** Makes a container and starts it. */
  async run(name: string, setup: ContainerSetup = {}) {
    const { labels = {}, ports = [], script = SLEEP, stopSignal, healthcheck, restarts = false } = setup;
    const keys = ports.map((port) => `${port}/tcp`);
    const container = await this.docker.createContainer({
      name,
      Image: IMAGE,
      Cmd: ['/bin/busybox', 'sh', '-c', script],
      Labels: { ServiceName: name, ...labels },
      ...(stopSignal === undefined ? {} : { StopSignal: stopSignal }),
      ...(healthcheck === undefined
        ? {}
        : { Healthcheck: { Test: ['CMD-SHELL', healthcheck], Interval: HALF_A_SECOND_NS } }),
      ExposedPorts: Object.fromEntries(keys.map((key) => [key, {}])),
      HostConfig: {
        RestartPolicy: { Name: restarts ? 'always' : 'no' },
        NetworkMode: ports.length === 0 ? 'none' : 'bridge',
        PortBindings: Object.fromEntries(keys.map((key) => [key, [{ HostIp: '127.0.0.1', HostPort: '' }]])),
      },
    });
    await container.start();
    return container;
  }

  /** Names of the running containers, as `docker ps` shows them, sorted. */
  async ps(): Promise<readonly string[]> {
    const containers = await this.docker.listContainers();
    return containers.map(({ Names }) => Names[0]?.slice(1) ?? '').sort();
  }

  async removeContainers(): Promise<void> {
    const containers = await this.docker.listContainers({ all: true });
    for (const { Id } of containers) await this.docker.getContainer(Id).remove({ force: true });
  }

  /** Ends it, whatever state it is in, with all that it has started. */
  async destroy(): Promise<void> {
    try {
      this.signal('SIGCONT');
      if (this.program?.hasEnded()) await this.up(); // its containers may live on, and nobody else can end them
      if (this.program) {
        await this.removeContainers();
        await this.down();
      }
    } finally {
      for (const { pid } of processesWith(this.dir)) process.kill(pid, 'SIGKILL');
      await until('nothing of the engine runs', () => processesWith(this.dir).length === 0);
      for (const mount of mountsBelow(this.dir)) execFileSync('umount', ['--lazy', mount]);
      rmSync(this.dir, { recursive: true, force: true });
      spawnSync('ip', ['link', 'delete', this.bridge]);
    }
  }

  /** There is no registry: the image is made of busybox alone. */
  private async importImage(): Promise<void> {
    const root = join(this.dir, 'image');
    mkdirSync(join(root, 'bin'), { recursive: true });
    mkdirSync(join(root, 'www'));
    writeFileSync(join(root, 'www', 'index.html'), 'busybox');
    const { stdout } = await run('which', ['busybox']);
    for (const name of ['busybox', 'sh', 'sleep']) await run('cp', ['-L', stdout.trim(), join(root, 'bin', name)]);
    const tar = join(this.dir, 'image.tar');
    await run('tar', ['-C', root, '-cf', tar, '.']);
    const progress = await this.docker.importImage(tar, { repo: IMAGE, tag: 'latest' });
    await finished(progress.resume());
  }
}

/** The first three numbers of a network of this kind that nothing here uses: 198.18.0.0/15 is for tests (RFC 2544). */
async function unusedSubnet(): Promise<string> {
  const { stdout } = await run('ip', ['-4', 'address']);
  const free = Array.from({ length: 256 }, (_, i) => `198.18.${(process.pid + i) % 256}`).find(
    (prefix) => !stdout.includes(`inet ${prefix}.`),
  );
  if (free === undefined) throw new Error('every test network of this host is used');
  return free;
}

function mountsBelow(dir: string): readonly string[] {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  return mounts
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${dir}/`))
    .reverse();
}
