import { spawn, type ChildProcess } from 'node:child_process';
import { until } from './until.js';

/** A foreign program as a child process; what it prints is kept. */
export class Program {
  output = '';
  private readonly child: ChildProcess;
  private ended = false;

  constructor(
    private readonly name: string,
    file: string,
    args: readonly string[],
  ) {
    this.child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer): void => void (this.output += chunk.toString());
    this.child.stdout?.on('data', keep);
    this.child.stderr?.on('data', keep);
    this.child.on('error', (error) => {
      this.output += error.message;
      this.ended = true;
    });
    this.child.on('close', () => (this.ended = true));
  }

  hasEnded(): boolean {
    return this.ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Lines of its output that match. */
  lines(pattern: RegExp): readonly string[] {
    return this.output.split('\n').filter((line) => pattern.test(line));
  }

  async destroy(): Promise<void> {
    this.child.kill('SIGKILL');
    await until(`${this.name} has ended`, () => this.ended);
  }
}
