import { accessSync, constants, readFileSync, readlinkSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { errnoOf } from '../lib/fault.js';

/** Linux counts a process's start in hundredths of a second, whatever the kernel's own tick. */
const TICK_MS = 10;
/** Index of `starttime` in `/proc/PID/stat`, counted from the state, the first field after the name. */
const START_TIME = 19;

/** Linux processes, by `/proc`. Reading it is as fast as a system call, so all of it is synchronous. */
export const systemProcesses = {
  runsAsRoot: process.geteuid?.() === 0,

  /** Most files a process started here may open; undefined when unlimited or unknown. */
  get fileLimit(): number | undefined {
    const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(readOrNothing('/proc/self/limits') ?? '')?.[1];
    return hard === undefined ? undefined : Number(hard);
  },

  /** Undefined when there is no such process, or only its zombie. */
  describe(pid: number) {
    const stat = readOrNothing(`/proc/${pid}/stat`);
    if (stat === undefined) return undefined;
    const nameEnd = stat.lastIndexOf(')'); // the name may hold spaces and parentheses itself
    const fields = stat.slice(nameEnd + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const uptimeMs = Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1000;
    return {
      executable: executableOf(pid),
      name: stat.slice(stat.indexOf('(') + 1, nameEnd),
      args: (readOrNothing(`/proc/${pid}/cmdline`) ?? '').split('\0').slice(0, -1),
      startedMs: Date.now() - uptimeMs + Number(fields[START_TIME]) * TICK_MS,
    };
  },

  /** A process that has just ended is no error; neither is one that another user took over. */
  signal(pid: number, signal: 'SIGUSR1' | 'SIGTERM' | 'SIGKILL'): void {
    try {
      process.kill(pid, signal);
    } catch (error) {
      const code = errnoOf(error);
      if (code !== 'ESRCH' && code !== 'EPERM') throw error;
    }
  },

  /** The first directory of PATH, then of `directories`, with an executable file `name`: its path, or undefined. */
  findProgram(name: string, directories: readonly string[]): string | undefined {
    const searched = [...(process.env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== ''), ...directories];
    return searched.map((directory) => join(directory, name)).find(isExecutable);
  },
};

function executableOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
  } catch {
    return undefined; // another user's process, or one that has just ended: its name is all we get
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // gone, or going: ESRCH and ENOENT mean the same here
  }
}
