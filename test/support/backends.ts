import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { monotonicMs } from './traffic.js';
import { until } from './until.js';

type FromProcess = { readonly listening: string; readonly port: number } | { readonly ended: string };

/** One process with any number of backends, which can be ended gracefully one by one, or killed all at once. */
export class Backends {
  private readonly ports = new Map<string, number>();
  private readonly ended = new Set<string>();
  private readonly directory = mkdtempSync(join(tmpdir(), 'sidecar-backends-'));
  private readonly journal = join(this.directory, 'journal');
  private readonly child: ChildProcess;

  constructor() {
    this.child = fork(resolve('test/support/backend-process.mjs'), [this.journal], { execArgv: [] });
    this.child.on('message', (message: FromProcess) => {
      if ('ended' in message) this.ended.add(message.ended);
      else this.ports.set(message.listening, message.port);
    });
  }

  /**
   * Starts the backend `id`, which may have ended before.
   *
   * @param port 0 for any
   * @returns its port
   */
  async listen(id: string, port = 0): Promise<number> {
    this.ports.delete(id);
    this.child.send({ listen: { id, port } });
    return until(`the backend ${id} listens`, () => this.ports.get(id));
  }

  /** Ends `id` as a well-behaved server does: takes no connection any more, closes the idle ones, finishes what is in flight. */
  async end(id: string): Promise<void> {
    this.ended.delete(id);
    this.child.send({ end: id });
    await until(`what is in flight at ${id} is finished`, () => this.ended.has(id));
  }

  /** @returns the moment from which the process exists no more, as `monotonicMs` */
  async kill(): Promise<number> {
    const gone = new Promise<number>((resolve) => this.child.once('exit', () => resolve(monotonicMs())));
    this.child.kill('SIGKILL');
    return gone;
  }

  /** Which requests have reached it, by their `x-request`; also after its death. */
  begun(): ReadonlySet<string> {
    return new Set(readFileSync(this.journal, 'utf8').split('\n'));
  }

  async destroy(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
