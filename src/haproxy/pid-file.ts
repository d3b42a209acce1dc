import type { Component } from '../lib/lifecycle.js';
import { messageOf } from '../lib/fault.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { aborted, sleep } from '../lib/sleep.js';
import { isOurHaproxy } from './pids.js';
import type { Files, ProcessInfo, Processes } from './ports.js';

const ROOM = 'pid-file';
const TOO_MANY = 'TOO_MANY_HAPROXIES';
/** As many as the original puts up with: with more it cannot know which one serves. */
const MAX_HAPROXIES = 2;
const LOOK_AGAIN_MS: Millis = 10_000;

/** What is to be done about a pid file. */
export type PidFileRepair =
  | { readonly kind: 'right' }
  | { readonly kind: 'write'; readonly pid: number }
  | { readonly kind: 'remove' }
  | { readonly kind: 'too-many'; readonly count: number };

/**
 * Whether the pid file names what runs (contract section 10.8).
 *
 * @param text of the file; undefined when there is none
 * @param pids every HAProxy of ours that no other one has started
 */
export function pidFileRepair(text: string | undefined, pids: readonly number[]): PidFileRepair {
  const [pid] = pids;
  if (pids.length > MAX_HAPROXIES) return { kind: 'too-many', count: pids.length };
  if (pid === undefined) return { kind: text === undefined ? 'right' : 'remove' };
  return pids.length === 1 && text?.trim() !== String(pid) ? { kind: 'write', pid } : { kind: 'right' };
}

/**
 * Puts the pid file right before a reload command of the operator's own reads it: one that finds no process there starts a second
 * HAProxy beside the first. Where it cannot know which one is meant it says so, leaves the file, and looks again.
 */
export class PidFile implements Component {
  readonly name = ROOM;

  constructor(
    private readonly options: { readonly pidFile: string; readonly configFile: string },
    private readonly deps: {
      readonly files: Pick<Files, 'read' | 'write' | 'remove'>;
      readonly processes: Pick<Processes, 'named' | 'describe'>;
      readonly clock: Clock;
      readonly problems: ProblemBoard;
      readonly log: Logger;
    },
  ) {}

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { clock, log, problems } = this.deps;
    const path = this.options.pidFile;
    try {
      while (!(await this.repair()) && !signal.aborted) {
        ready();
        await sleep(clock, LOOK_AGAIN_MS, signal);
      }
    } catch (error) {
      log.warn('the pid file cannot be looked after', { path, reason: messageOf(error) });
    }
    problems.clear(ROOM, TOO_MANY, path);
    ready();
    await aborted(signal);
  }

  /** @returns whether there is nothing left to do */
  private async repair(): Promise<boolean> {
    const { files, log, problems, processes } = this.deps;
    const { pidFile, configFile } = this.options;
    const text = await files.read(pidFile);
    const ours = new Map<number, ProcessInfo>();
    for (const pid of processes.named('haproxy')) {
      const info = processes.describe(pid);
      if (info && isOurHaproxy(info, [configFile, pidFile])) ours.set(pid, info);
    }
    // The workers of a master are its own affair, however many of them still have connections to end.
    const repair = pidFileRepair(
      text,
      [...ours].filter(([, { parent }]) => !ours.has(parent)).map(([pid]) => pid),
    );
    switch (repair.kind) {
      case 'right':
        return true;
      case 'write':
        log.warn(`pid file appears bogus, writing pid file with pid ${repair.pid}`, { path: pidFile });
        await files.write(pidFile, `${repair.pid}\n`, pidFile);
        return true;
      case 'remove':
        log.warn('Removing stale pid file', { path: pidFile });
        await files.remove(pidFile);
        return true;
      case 'too-many': {
        const message =
          `There already appear to be ${repair.count} HAproxies running on ${configFile}. Please clean up: ` +
          `until then ${pidFile} is left as it is`;
        if (problems.raise({ room: ROOM, code: TOO_MANY, subject: pidFile, message }))
          log.warn(message, { code: TOO_MANY });
        return false;
      }
    }
  }
}
