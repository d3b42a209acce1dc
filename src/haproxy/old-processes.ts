import type { Logger } from '../lib/logger.js';
import type { Millis } from '../lib/ports.js';
import type { Processes } from './ports.js';

export interface OldProcess {
  readonly pid: number;
  /** Wall time in milliseconds. */
  readonly startedMs: Millis;
}

/**
 * The processes of before a reload, which finish the connections they have. Each holds memory and connections of its own, so
 * that only so many may live on: the oldest is ended first.
 */
export class OldProcesses {
  private living: readonly OldProcess[] = [];
  private endedCount = 0;
  private readonly told = new Set<number>();

  constructor(
    private readonly options: { readonly maxOldProcesses: number },
    private readonly deps: { readonly processes: Pick<Processes, 'describe' | 'signal'>; readonly log: Logger },
  ) {}

  /** Oldest first. */
  get list(): readonly OldProcess[] {
    return this.living;
  }

  /** How many were ended before they had finished. */
  get ended(): number {
    return this.endedCount;
  }

  /** @param pids every process of ours that is not the one that serves */
  look(pids: readonly number[]): void {
    const { processes, log } = this.deps;
    this.living = pids
      .flatMap((pid) => {
        const startedMs = processes.describe(pid)?.startedMs;
        return startedMs === undefined ? [] : [{ pid, startedMs }];
      })
      .sort((a, b) => a.startedMs - b.startedMs);
    for (const pid of this.told) if (!pids.includes(pid)) this.told.delete(pid);
    const surplus = this.living.length - this.options.maxOldProcesses;
    for (const { pid } of this.living.slice(0, Math.max(0, surplus))) {
      if (this.told.has(pid)) continue;
      this.told.add(pid);
      this.endedCount += 1;
      log.warn('an old HAProxy is ended before its connections are, since max_old_processes has been reached', { pid });
      processes.signal(pid, 'SIGTERM');
    }
  }
}
