import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { until } from './until.js';

const PROGRAM = resolve('test/support/keep-state.mjs');

/** `keep-state.mjs` as a process of its own, with what it says. */
export class StateWriter {
  private text = '';
  private readonly closed: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    this.closed = once(child, 'close');
  }

  /** @param how.program where it and the compiled source are, for a user who may not read the project's folder */
  static start(directory: string, how: { program?: string; dist?: string; uid?: number } = {}): StateWriter {
    const { program = PROGRAM, dist = 'dist', uid } = how;
    const user = uid === undefined ? {} : { uid, gid: uid };
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    return new StateWriter(
      spawn(process.execPath, [program, resolve(dist), directory], { stdio: [...stdio], ...user }),
    );
  }

  /** What follows `word` in the lines that begin with it. */
  said(word: 'restored' | 'kept' | 'warning'): readonly string[] {
    const whole = this.text.slice(0, this.text.lastIndexOf('\n') + 1);
    return whole.split('\n').flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
  }

  async untilReady(): Promise<number> {
    return Number(await until('the writer has restored its state', () => this.said('restored')[0]));
  }

  /** Ends it, if it runs, and waits until it has said everything. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.child.kill(signal);
    await this.closed;
  }
}
