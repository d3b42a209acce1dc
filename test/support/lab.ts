import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { until } from './until.js';

const isRoot = process.getuid?.() === 0;

/** One machine of a lab: a network namespace with one address and a host name of its own. */
export interface LabHost {
  readonly name: string;
  readonly address: string;
  /** What to put before a command so that it runs on this host. */
  readonly enter: readonly string[];
}

/** Several hosts on one machine, joined by a bridge; needs no rights beyond those of an ordinary user's own namespaces. */
export class Lab {
  readonly hosts: LabHost[] = [];
  private readonly processes: ChildProcess[] = [];
  private readonly dir = mkdtempSync(join(tmpdir(), 'sidecar-lab-'));
  private outer = 0;

  static async create(count: number): Promise<Lab> {
    const lab = new Lab();
    try {
      await lab.build(count);
    } catch (error) {
      await lab.destroy();
      throw error;
    }
    return lab;
  }

  /** Takes a host's cable out, or puts it in again. */
  link(host: LabHost, state: 'up' | 'down'): void {
    this.onBridge('ip', 'link', 'set', `v-${host.name}`, state);
  }

  /** One GET to a program on that host. */
  get(host: LabHost, port: number, path: string, timeoutMs = 3000): Promise<string> {
    return new Promise((done, fail) => {
      const socket = connect(this.socketOf(host.name));
      socket.write(`${host.address}:${port}\n`);
      const sent = request({ createConnection: () => socket, path, headers: { connection: 'close' } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          clearTimeout(timer);
          done(Buffer.concat(chunks).toString());
        });
      });
      const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      sent.on('error', (error) => {
        clearTimeout(timer);
        fail(error);
      });
      sent.end();
    });
  }

  async destroy(): Promise<void> {
    for (const child of this.processes.reverse()) {
      child.kill('SIGKILL');
      await until('a host of the lab is gone', () => child.exitCode !== null || child.signalCode !== null);
    }
    rmSync(this.dir, { recursive: true, force: true });
  }

  private async build(count: number): Promise<void> {
    const own = isRoot ? ['--net', '--uts'] : ['--user', '--map-root-user', '--net', '--uts'];
    this.outer = await this.hold(['unshare', ...own], 'bridge');
    this.onBridge('ip', 'link', 'add', 'br0', 'type', 'bridge');
    this.onBridge('ip', 'link', 'set', 'br0', 'up');
    for (let i = 1; i <= count; i += 1) await this.addHost(`h${i}`, `10.77.0.${i}`);
  }

  private async addHost(name: string, address: string): Promise<void> {
    const pid = await this.hold([...this.enterOf(this.outer), 'unshare', '--net', '--uts'], name);
    const enter = this.enterOf(pid);
    this.onBridge('ip', 'link', 'add', `v-${name}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid));
    this.onBridge('ip', 'link', 'set', `v-${name}`, 'master', 'br0', 'up');
    for (const command of [
      ['ip', 'link', 'set', 'lo', 'up'],
      ['ip', 'addr', 'add', `${address}/24`, 'dev', 'eth0'],
      ['ip', 'link', 'set', 'eth0', 'up'],
      ['hostname', name],
    ])
      run([...enter, ...command]);
    this.hosts.push({ name, address, enter });
  }

  /** Starts what keeps a namespace alive. @returns its pid: each program of the command replaces the one before */
  private async hold([file = '', ...args]: readonly string[], name: string): Promise<number> {
    const holder = [process.execPath, resolve('test/support/host.mjs'), this.socketOf(name)];
    const child = spawn(file, [...args, ...holder], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.processes.push(child);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(`${name} of the lab is up`, () => {
      if (child.exitCode !== null) throw new Error(`${[file, ...args].join(' ')} ended: ${said}`);
      return said.includes('ready');
    });
    return child.pid ?? 0;
  }

  private enterOf(pid: number): readonly string[] {
    const own = isRoot ? [] : ['--user', '--preserve-credentials'];
    return ['nsenter', '--target', String(pid), ...own, '--net', '--uts', '--'];
  }

  private onBridge(...command: string[]): void {
    run([...this.enterOf(this.outer), ...command]);
  }

  private socketOf(name: string): string {
    return join(this.dir, `${name}.sock`);
  }
}

function run([file = '', ...args]: readonly string[]): void {
  const { status, stderr, error } = spawnSync(file, args, { encoding: 'utf8', timeout: 10_000 });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${error?.message ?? stderr}`);
}
