import { spawn, type ChildProcess } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { until } from './until.js';

/** A program whose stdout is a terminal of this size, and what it writes there. */
export class PseudoTerminal {
  output = '';
  /** Its exit status, as soon as it has ended. */
  status: number | undefined;
  private readonly child: ChildProcess;

  /** @param command for a shell */
  constructor(columns: number, command: string, env: Readonly<Record<string, string>>) {
    const line = `stty cols ${columns} rows 40 && exec ${command}`;
    this.child = spawn('script', ['-qefc', line, '/dev/null'], {
      env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm', SHELL: '/bin/sh', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer): void => void (this.output += chunk.toString());
    this.child.stdout?.on('data', keep);
    this.child.stderr?.on('data', keep);
    this.child.on('error', (error) => (this.output += error.message));
    this.child.on('close', (code) => (this.status = code ?? -1));
  }

  /** What stands on the lines, without what only moves or paints. */
  get lines(): readonly string[] {
    return stripVTControlCharacters(this.output).replaceAll('\r', '').split('\n');
  }

  /** As if typed: `\u0003` is Ctrl-C. */
  type(text: string): void {
    this.child.stdin?.write(text);
  }

  async ended(): Promise<number> {
    await until('the program in the terminal has ended', () => this.status !== undefined);
    return this.status ?? -1;
  }

  destroy(): void {
    this.child.kill('SIGKILL');
  }
}
