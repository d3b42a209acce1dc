import { accessSync, constants, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { errnoOf } from '../lib/fault.js';

/** Linux counts a process's start in hundredths of a second, whatever the kernel's own tick. */
const TICK_MS = 10;
/** Index of `starttime` in `/proc/PID/stat`, counted from the state, the first field after the name. */
const START_TIME = 19;
/** Index of `ppid`, counted likewise. */
const PARENT = 1;
/** Columns of `/proc/net/tcp`, and the state of a socket that listens. */
const [LOCAL_ADDRESS, STATE, INODE] = [1, 3, 9];
const LISTEN = '0A';

/** Linux processes, by `/proc`. Reading it is as fast as a system call, so all of it is synchronous. */
export const systemProcesses = {
  runsAsRoot: process.geteuid?.() === 0,

  /** Most files a process started here may open; undefined when unlimited or unknown. */
  get fileLimit(): number | undefined {
    const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(readOrNothing('/proc/self/limits') ?? '')?.[1];
    return hard === undefined ? undefined : Number(hard);
  },

  /** Undefined when there is no such process, or only its zombie. @throws the system's error when it does not tell */
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
      parent: Number(fields[PARENT]),
    };
  },

  /** The TCP ports on which these processes listen; undefined when the system does not tell of one of them. */
  listeningPorts(pids: readonly number[]): ReadonlySet<number> | undefined {
    const ports = new Set<number>();
    for (const pid of pids) {
      const inodes = socketInodesOf(pid);
      if (!inodes) return undefined;
      for (const table of ['tcp', 'tcp6']) {
        for (const line of (readOrNothing(`/proc/${pid}/net/${table}`) ?? '').split('\n').slice(1)) {
          const words = line.trim().split(/\s+/);
          const port = words[LOCAL_ADDRESS]?.split(':')[1];
          if (words[STATE] === LISTEN && port !== undefined && inodes.has(words[INODE] ?? '')) {
            ports.add(Number.parseInt(port, 16));
          }
        }
      }
    }
    return ports;
  },

  /** Whether a process is in this one's network namespace; false when the system does not tell. */
  sharesNetwork(pid: number): boolean {
    const theirs = linkOrNothing(`/proc/${pid}/ns/net`);
    return theirs !== undefined && theirs === linkOrNothing('/proc/self/ns/net');
  },

  /** Processes whose short name this is; those that end meanwhile may be among them. */
  named(name: string): readonly number[] {
    const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
    return pids.filter((pid) => readOrNothing(`/proc/${pid}/comm`)?.trim() === name).map(Number);
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

/** Undefined for another user's process, or one that has just ended: its name is all we get. */
const executableOf = (pid: number): string | undefined =>
  linkOrNothing(`/proc/${pid}/exe`)?.replace(/ \(deleted\)$/, '');

/** Undefined when we may not look into the process, or it has ended. */
function socketInodesOf(pid: number): ReadonlySet<string> | undefined {
  try {
    const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOrNothing(`/proc/${pid}/fd/${fd}`));
    return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link ?? '')?.[1] ?? []));
  } catch {
    return undefined;
  }
}

/** Gone, going, or forbidden to look at. Anything else, such as no file descriptor left, says nothing about the process. */
const NOT_FOR_US: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

const linkOrNothing = (path: string): string | undefined => unlessNotForUs(() => readlinkSync(path));
const readOrNothing = (path: string): string | undefined => unlessNotForUs(() => readFileSync(path, 'utf8'));

function unlessNotForUs(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    if (NOT_FOR_US.has(errnoOf(error))) return undefined;
    throw error;
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
