import type { Logger } from '../lib/logger.js';
import type { Clock, Millis } from '../lib/ports.js';
import type { HaproxyFault } from './fault.js';
import type { HaproxyProcess } from './haproxy-process.js';
import { backoffMs, holdDownMs } from './hold-down.js';

/** What a look at HAProxy found, and did. `down`: it does not run, and it is not yet time to start it, or not our task. */
export type Look =
  { readonly state: 'alive' | 'down' | 'started' } | { readonly state: 'failed'; readonly fault: HaproxyFault };

/** An HAProxy that lives this long has started well: its end later is no failure of the start. */
const STABLE_MS = 10_000;

/** Notices that HAProxy has ended and starts it again: at once the first time, then with growing pauses while it does not stay. */
export class Supervisor {
  private lastStartMs: Millis | undefined;
  private startsInARow = 0;
  private alive: readonly number[] = [];

  constructor(
    private readonly supervise: boolean,
    private readonly deps: {
      readonly process: Pick<HaproxyProcess, 'pids' | 'stillServing' | 'discover' | 'answersUnseen'>;
      readonly start: HaproxyProcess['start'];
      readonly clock: Clock;
      readonly log: Logger;
    },
  ) {}

  /** The processes that served at the last look. */
  get pids(): readonly number[] {
    return this.alive;
  }

  /** Whether HAProxy served at the last look, be it out of our sight. */
  isServing(): boolean {
    return this.alive.length > 0 || this.deps.process.answersUnseen;
  }

  async refresh(): Promise<void> {
    this.alive = await this.deps.process.pids();
  }

  /** @param startable whether there is a configuration file worth starting */
  async look(startable: boolean, signal: AbortSignal): Promise<Look> {
    const before = this.alive;
    if (before.length > 0 && this.deps.process.stillServing()) return { state: 'alive' };
    await this.refresh();
    if (this.isServing()) return { state: 'alive' };
    this.alive = await this.deps.process.discover(); // somebody may have replaced it, without our pid file
    if (this.isServing()) return { state: 'alive' };
    if (before.length > 0) this.ended(before);
    if (!this.supervise || !startable) return { state: 'down' };
    const now = this.deps.clock.now();
    if (holdDownMs(this.lastStartMs, backoffMs(this.startsInARow), now) > 0) return { state: 'down' };
    this.lastStartMs = now;
    this.startsInARow += 1;
    const fault = await this.deps.start(signal);
    await this.refresh();
    return fault ? { state: 'failed', fault } : { state: 'started' };
  }

  private ended(pids: readonly number[]): void {
    this.deps.log.warn('HAProxy has ended', { pids });
    const livedMs = this.lastStartMs === undefined ? Infinity : this.deps.clock.now() - this.lastStartMs;
    if (livedMs >= STABLE_MS) this.startsInARow = 0;
  }
}
