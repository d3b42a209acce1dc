import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../../src/haproxy/plan/parse-config.js';
import type { ServerChange } from '../../../src/haproxy/plan/plan.js';
import type { RuntimeFault } from '../../../src/haproxy/runtime-api/fault.js';
import { RuntimeApi } from '../../../src/haproxy/runtime-api/runtime-api.js';
import { systemClock } from '../../../src/platform/clock.js';
import { askUnixSocket } from '../../../src/platform/unix-socket.js';
import { until } from '../../support/until.js';
import { freePort } from '../support/world.js';

/** A real HAProxy with one frontend, and a Runtime API on its socket. `end` leaves nothing behind. */
export class OwnHaproxy {
  readonly dead = new Set<string>();
  readonly api: RuntimeApi;
  readonly pid: number;
  private readonly servers: Server[] = [];

  private constructor(
    private readonly directory: string,
    private readonly child: ChildProcess,
    readonly port: number,
  ) {
    this.pid = child.pid ?? NaN;
    this.api = new RuntimeApi(
      { socket: this.socket, drainTimeoutMs: 3_000, drainTimeoutTcpMs: 3_000 },
      { askSocket: askUnixSocket, clock: systemClock, isDead: (backend, name) => this.dead.has(`${backend}/${name}`) },
    );
  }

  /** @param sections with `PORT` where the frontend shall listen */
  static async start(sections: string): Promise<OwnHaproxy> {
    const directory = await mkdtemp(join(tmpdir(), 'sidecar-runtime-'));
    const port = await freePort();
    const file = join(directory, 'haproxy.cfg');
    const text = [
      'global',
      `  stats socket ${join(directory, 's.sock')} mode 600 level admin`,
      'defaults',
      '  mode http',
      '  timeout connect 2s',
      '  timeout client 30s',
      '  timeout server 30s',
      '  balance roundrobin',
      '  option redispatch 1',
      sections.replaceAll('PORT', String(port)),
    ];
    await writeFile(file, `${text.join('\n')}\n`);
    const child = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' });
    const haproxy = new OwnHaproxy(directory, child, port);
    await until('HAProxy answers', async () => (await haproxy.ask('show info')).includes('Pid:'));
    return haproxy;
  }

  get socket(): string {
    return join(this.directory, 's.sock');
  }

  /** One command; HAProxy's answer, or the system's words. */
  async ask(line: string): Promise<string> {
    const said = await askUnixSocket(this.socket, line, { timeoutMs: 5_000, maxBytes: 1_000_000 });
    return said.ok ? said.value.trim() : said.fault;
  }

  /** A column of `show stat` of a server, or undefined when there is no such server. */
  async figure(backend: string, server: string, column: string): Promise<string | undefined> {
    const [header = '', ...rows] = (await this.ask('show stat -1 4 -1')).split('\n');
    const at = header.replace('# ', '').split(',').indexOf(column);
    return rows.map((row) => row.split(',')).find((row) => row[0] === backend && row[1] === server)?.[at];
  }

  /** Applies the difference in `server` lines between two texts of sections. */
  apply(changes: readonly ServerChange[], text: string): Promise<RuntimeFault | undefined> {
    return this.api.apply(changes, parseConfig(text), () => undefined);
  }

  /** Ticks as the agent does until nothing is being removed. */
  async buried(): Promise<void> {
    await until('every removed server is deleted', async () => {
      await this.api.tick(systemClock.now());
      return this.api.retiring().length === 0;
    });
  }

  /** An HTTP backend that answers with `text`; on `/slow` one byte at a time for 3 s. */
  async backend(text: string): Promise<number> {
    const server = createServer((asked, response) => {
      if (asked.url !== '/slow') return response.end(text);
      let left = 12;
      const timer = setInterval(() => {
        left -= 1;
        if (left > 0) return response.write('.');
        clearInterval(timer);
        return response.end(text);
      }, 250);
      response.on('close', () => clearInterval(timer));
      return response.write('.');
    });
    server.keepAliveTimeout = 60_000;
    await once(server.listen(0, '127.0.0.1'), 'listening');
    this.servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  /** What the frontend answers: the body of a complete 200, or what went wrong. */
  get(path = '/', agent = new Agent()): Promise<string> {
    return new Promise((resolve) => {
      const sent = request({ host: '127.0.0.1', port: this.port, path, agent }, (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve(response.statusCode === 200 ? body : `status ${response.statusCode}`));
        response.on('error', (error) => resolve(error.message));
      });
      sent.on('error', (error) => resolve(error.message));
      sent.end();
    });
  }

  async end(): Promise<void> {
    this.child.kill('SIGCONT');
    this.child.kill('SIGKILL');
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}
