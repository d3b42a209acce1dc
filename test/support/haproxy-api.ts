import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isAlive } from './agent.js';
import { freePorts, get, getJson, type Answer } from './network.js';
import { until } from './until.js';

const PROGRAM = resolve('dist/bin/haproxy-api.js');

/** haproxy-api as a process of its own, with HAProxy, in a folder of its own, on a port of its own. */
export class HaproxyApi {
  log = '';
  exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | undefined;
  private child: ChildProcess | undefined;

  private constructor(
    readonly dir: string,
    readonly port: number,
  ) {}

  /** @param lines of haproxy-api.toml by table, beside those that every test needs */
  static async prepare(lines: Readonly<Record<string, readonly string[]>> = {}): Promise<HaproxyApi> {
    const [port = 0] = await freePorts(1);
    const api = new HaproxyApi(mkdtempSync(join(tmpdir(), 'haproxy-api-test-')), port);
    api.configure(lines);
    return api;
  }

  /** Writes its file anew, for the next start. */
  configure(lines: Readonly<Record<string, readonly string[]>>): void {
    const tables: Readonly<Record<string, readonly string[]>> = {
      haproxy_api: ['bind_ip = "127.0.0.1"', `bind_port = ${this.port}`, `state_dir = "${this.dir}/state"`],
      haproxy: [
        'bind_ip = "127.0.0.1"',
        `config_file = "${this.path('haproxy.cfg')}"`,
        `pid_file = "${this.path('haproxy.pid')}"`,
        'runtime_socket = "haproxy.sock"',
        'stats_bind = ""',
      ],
      sidecar: [],
    };
    const text = Object.entries(tables).map(
      ([table, own]) => `[${table}]\n${[...own, ...(lines[table] ?? [])].join('\n')}\n`,
    );
    writeFileSync(this.path('haproxy-api.toml'), text.join('\n'));
  }

  spawn(...flags: readonly string[]): void {
    this.exit = undefined;
    const child = spawn(process.execPath, [PROGRAM, ...flags], {
      cwd: this.dir,
      env: { PATH: process.env['PATH'] ?? '', HOME: this.dir },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer): void => void (this.log += chunk.toString());
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('close', (code, signal) => (this.exit = { code, signal }));
    this.child = child;
  }

  /** Starts it and waits until it listens. */
  async start(...flags: readonly string[]): Promise<void> {
    this.spawn(...flags);
    await until('haproxy-api listens', async () => this.exit ?? (await this.health()).status > 0);
    if (this.exit) throw new Error(`haproxy-api has ended: ${JSON.stringify(this.exit)}\n${this.log}`);
  }

  async stop(): Promise<{ readonly code: number | null }> {
    this.child?.kill();
    return this.ended();
  }

  ended(): Promise<{ readonly code: number | null }> {
    return until('haproxy-api has ended', () => this.exit);
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  health(): Promise<Answer> {
    return get(this.url('/health'));
  }

  untilHealthy(): Promise<Answer> {
    return until('haproxy-api is healthy', async () => {
      const answer = await this.health();
      return answer.status === 200 ? answer : undefined;
    });
  }

  /** How often HAProxy was reloaded since the start. */
  async reloads(): Promise<number> {
    const { reloads } = (await getJson(this.url('/api/proxy'))) as { reloads: { total: number } };
    return reloads.total;
  }

  /** Posts to `/update`. */
  post(body: string | Buffer): Promise<{ readonly status: number; readonly body: string }> {
    return new Promise((answered, failed) => {
      const length = Buffer.byteLength(body);
      // As Go asks: a connection that is to be closed would be so as soon as the answer is there, in the middle of what is sent.
      const headers = { 'Content-Type': 'application/json', 'Content-Length': length, Connection: 'keep-alive' };
      const sent = request(this.url('/update'), { method: 'POST', headers, agent: false }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => answered({ status: response.statusCode ?? 0, body: text }));
        response.on('error', failed);
      });
      sent.on('error', failed);
      sent.end(body);
    });
  }

  haproxyPids(): readonly number[] {
    if (!existsSync(this.path('haproxy.pid'))) return [];
    return readFileSync(this.path('haproxy.pid'), 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
  }

  config(): string {
    return readFileSync(this.path('haproxy.cfg'), 'utf8');
  }

  /** Ends it and what it left behind, whatever state it is in. */
  async destroy(): Promise<void> {
    if (this.child && !this.exit) await this.stop().catch(() => this.child?.kill('SIGKILL'));
    for (const pid of this.haproxyPids()) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    rmSync(this.dir, { recursive: true, force: true });
  }
}
