import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM_DIRECTORIES } from '../../src/haproxy/commands.js';
import { systemProcesses } from '../../src/platform/processes.js';
import { isAlive } from './agent.js';
import { until } from './until.js';

/** What HAProxy is asked to do: verify a file, or take over from the processes of before. */
export type Act = '-c' | '-sf';

/** An `haproxy` on a PATH of its own that notes what it is asked to do, and then is the real one, or hangs. */
export class HaproxyWrapper {
  private readonly dir = mkdtempSync(join(tmpdir(), 'sidecar-wrapper-'));

  constructor() {
    const real = systemProcesses.findProgram('haproxy', PROGRAM_DIRECTORIES) ?? 'haproxy';
    const on = (act: Act): string =>
      `*" ${act} "*) echo ${act} >> ${this.log}; [ -e ${this.hold(act)} ] && { echo $$ > ${this.held}; exec sleep 600; } ;;`;
    const script = `#!/bin/sh\ncase " $* " in\n${on('-c')}\n${on('-sf')}\nesac\nexec ${real} "$@"\n`;
    writeFileSync(join(this.dir, 'haproxy'), script, { mode: 0o755 });
    writeFileSync(this.log, '');
  }

  /** For the agent's environment. */
  get path(): string {
    return `${this.dir}:${process.env['PATH'] ?? ''}`;
  }

  /** How often it was asked to, until now. */
  count(act: Act): number {
    return readFileSync(this.log, 'utf8')
      .split('\n')
      .filter((line) => line === act).length;
  }

  /** The next one hangs. @returns ends it and all those to come */
  hang(act: Act): { readonly untilHung: () => Promise<void>; readonly release: () => void } {
    rmSync(this.held, { force: true });
    writeFileSync(this.hold(act), '');
    return {
      untilHung: async () => {
        await until(`haproxy hangs at ${act}`, () => this.hungPid() > 0);
      },
      release: () => this.release(),
    };
  }

  destroy(): Promise<void> {
    this.release();
    rmSync(this.dir, { recursive: true });
    return Promise.resolve();
  }

  private release(): void {
    for (const act of ['-c', '-sf'] as const) rmSync(this.hold(act), { force: true });
    const pid = this.hungPid();
    if (pid > 0 && isAlive(pid)) process.kill(pid, 'SIGKILL');
  }

  private hungPid(): number {
    return existsSync(this.held) ? Number(readFileSync(this.held, 'utf8')) : 0;
  }

  private get log(): string {
    return join(this.dir, 'log');
  }

  private get held(): string {
    return join(this.dir, 'held');
  }

  private hold(act: Act): string {
    return join(this.dir, `hold${act}`);
  }
}
