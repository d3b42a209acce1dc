import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { NOBODY, PROGRAM, programForNobody } from './agent.js';
import { processesWith } from './processes.js';
import { until } from './until.js';

/** Commands that hide HAProxy from the one that follows, in a mount namespace of its own; only root may. */
const WITHOUT_HAPROXY = [
  ...['unshare', '--mount', 'sh', '-c'],
  'for f in /usr/local/sbin/haproxy /usr/sbin/haproxy; do [ ! -e "$f" ] || mount --bind /dev/null "$f"; done; exec "$@"',
  'sh',
];

export interface DevSetup {
  /** What `static.json` of its folder holds; undefined: there is none. */
  readonly targets?: readonly unknown[];
  readonly follow?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly withoutHaproxy?: boolean;
  /** Run it without root's powers. */
  readonly unprivileged?: boolean;
  /** Run it in a pseudo-terminal of this many columns, instead of with a pipe. */
  readonly columns?: number;
}

/** `sidecar dev` as a process, in a folder of its own. */
export class Dev {
  output = '';
  exit: number | undefined;

  private constructor(
    readonly dir: string,
    private readonly child: ChildProcess,
    private readonly isTerminal: boolean,
  ) {
    const keep = (chunk: Buffer): void => void (this.output += chunk.toString());
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('close', (code) => (this.exit = code ?? -1));
  }

  static start({ targets, follow, env, withoutHaproxy, unprivileged, columns }: DevSetup = {}): Dev {
    const dir = mkdtempSync(join(tmpdir(), 'sidecar-dev-'));
    const [cwd, state] = [join(dir, 'cwd'), join(dir, 'state')];
    for (const folder of [cwd, state]) mkdirSync(folder);
    if (targets) writeFileSync(join(cwd, 'static.json'), JSON.stringify(targets));
    const drop = unprivileged === true && process.getuid?.() === 0;
    if (drop) {
      chmodSync(dir, 0o755);
      chownSync(state, NOBODY, NOBODY);
    }
    const command = [
      ...(withoutHaproxy ? WITHOUT_HAPROXY : []),
      ...[process.execPath, drop ? programForNobody() : resolve(PROGRAM), 'dev'],
      ...(follow === undefined ? [] : ['--follow', follow]),
    ];
    const words = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    const [file = '', ...args] =
      columns === undefined
        ? command
        : ['script', '--quiet', '--flush', '--command', `stty cols ${columns} rows 40; exec ${words}`, '/dev/null'];
    const child = spawn(file, args, {
      ...(drop ? { uid: NOBODY, gid: NOBODY } : {}),
      cwd,
      env: {
        ...{ PATH: process.env['PATH'] ?? '', HOME: dir, XDG_STATE_HOME: state, TERM: 'xterm' },
        DOCKER_HOST: `unix://${dir}/none.sock`,
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    return new Dev(dir, child, columns !== undefined);
  }

  /** What a terminal shows now, by lines; all that was printed where there is none. */
  lines(): readonly string[] {
    const page = this.isTerminal ? this.output.slice(this.output.lastIndexOf('\u001b[H') + 3) : this.output;
    return stripVTControlCharacters(page).split(/\r*\n/);
  }

  /** Waits for a line, or part of one. */
  async says(pattern: RegExp, withinMs?: number): Promise<string> {
    return until(
      `it says ${String(pattern)}`,
      () => {
        if (this.exit !== undefined) throw new Error(`it has ended with ${this.exit}:\n${this.output}`);
        return this.lines().find((line) => pattern.test(line));
      },
      withinMs,
    );
  }

  /** Presses Ctrl-C, and waits for its end. @returns the exit status */
  async interrupt(): Promise<number> {
    if (this.isTerminal) this.child.stdin?.write('\u0003');
    else this.child.kill('SIGINT');
    await until('it has ended', () => this.exit !== undefined);
    return this.exit ?? -1;
  }

  /** Ends it and what it left behind, whatever state it is in. */
  async destroy(): Promise<void> {
    this.child.kill('SIGKILL');
    for (const { pid } of processesWith(this.dir)) process.kill(pid, 'SIGKILL');
    await until('it has ended', () => this.exit !== undefined);
    rmSync(this.dir, { recursive: true, force: true });
  }
}
