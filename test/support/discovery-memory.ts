import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** What a process of discovery holds when nothing is going on, and what it has done so far. */
export interface Holding {
  /** Bytes, after garbage collection. */
  readonly heap: number;
  readonly files: number;
  readonly listeners: number;
  readonly events: number;
  readonly lists: number;
  readonly losses: number;
}

/** Discovery on the engine behind a socket, in a process that can collect its garbage when it is told to. */
export class DiscoveryProcess {
  private readonly child: ChildProcess;

  constructor(socket: string) {
    this.child = fork(resolve('test/support/discovery-process.mjs'), [socket], { execArgv: ['--expose-gc'] });
  }

  async look(): Promise<Holding> {
    this.child.send('look');
    const [holding] = (await once(this.child, 'message')) as [Holding];
    return holding;
  }

  async destroy(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}
