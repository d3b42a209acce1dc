import { basename, resolve } from 'node:path';
import type { ProcessInfo } from './ports.js';

const MAX_PIDS = 64;

/** The process numbers of a pid file: one a line, white space around them ignored, anything else skipped. At most 64. */
export const parsePidFile = (text: string): readonly number[] =>
  text
    .split(/\s+/)
    .filter((word) => /^[1-9]\d{0,9}$/.test(word))
    .slice(0, MAX_PIDS)
    .map(Number);

/** The process that answers on a stats socket, from its `show info`; undefined when the answer has none. */
export function pidOfInfo(answer: string): number | undefined {
  const digits = /^Pid: (\d+)$/m.exec(answer)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Whether a process is an HAProxy that was started for these files. A pid file may name a process that has long ended and
 * whose number another program, or another HAProxy of this host, has now.
 */
export function isOurHaproxy(info: ProcessInfo, files: readonly string[]): boolean {
  const program = info.executable === undefined ? info.name : basename(info.executable);
  if (program !== 'haproxy') return false;
  const ours = new Set(files.map((file) => resolve(file)));
  return info.args.length === 0 || info.args.some((arg) => ours.has(resolve(arg)));
}

/** Whether a configuration makes HAProxy hand out its listeners on this stats socket. */
export const handsOutListeners = (config: string, socket: string): boolean =>
  config.split('\n').some((line) => {
    const words = line.trim().split(/\s+/);
    const isSocket = words[0] === 'stats' && words[1] === 'socket' && words[2]?.replace(/^unix@/, '') === socket;
    return isSocket && / expose-fd\s+listeners\b/.test(line);
  });
