import type { Clock, Millis, WallClock } from '../lib/ports.js';
import { backoffMs } from './hold-down.js';
import type { Deployment } from './deployment.js';
import type { Figures } from './figures.js';
import type { HaproxyProcess } from './haproxy-process.js';
import type { OldProcesses } from './old-processes.js';
import type { RuntimeApi } from './runtime-api/runtime-api.js';
import { reloadReasonOf, type RuntimeFault } from './runtime-api/fault.js';

/** From one comparison of what HAProxy runs with what it should to the next. */
const COMPARE_EVERY_MS: Millis = 5_000;
const OLD_EVERY_MS: Millis = 2_000;
/** Once may be a busy moment. */
const SILENT_TOO_OFTEN = 2;

/** What is looked after while nothing changes: servers that drain, drift, a silent stats socket, old processes, the file. */
export class Upkeep {
  private comparedMs: Millis = -Infinity;
  private oldLookMs: Millis = -Infinity;
  private silences = 0;
  private rescues = 0;
  private rescuedMs: Millis = -Infinity;
  private fault: RuntimeFault | undefined;
  private seenReloads = 0;

  constructor(
    private readonly deps: {
      readonly deployment: Deployment;
      readonly runtime: RuntimeApi | undefined;
      readonly process: Pick<HaproxyProcess, 'old'>;
      readonly old: OldProcesses;
      readonly figures: Figures;
      readonly resolve: (host: string) => string | undefined;
      readonly clock: Clock;
      readonly wall: WallClock;
    },
  ) {}

  /** Why the Runtime API could not be used when it was last; undefined while all is well. */
  get runtimeFault(): RuntimeFault | undefined {
    return this.fault;
  }

  /** How long nothing has to be looked at. */
  waitMs(now: Millis): Millis {
    const due = this.deps.runtime?.nextDue();
    const compare = Math.max(0, this.comparedMs + COMPARE_EVERY_MS - now);
    return due === undefined ? compare : Math.min(compare, Math.max(1, due - now));
  }

  /** @returns whether the next draft is to be loaded whatever it says, because nobody answers on the stats socket */
  async look(): Promise<boolean> {
    const { clock, deployment, figures, runtime } = this.deps;
    deployment.keep();
    if (figures.reloads !== this.seenReloads) {
      this.seenReloads = figures.reloads;
      this.comparedMs = clock.now();
      this.oldLookMs = -Infinity;
    }
    await this.lookAtOld();
    if (!runtime || !deployment.running?.areServersKnown) return false;
    await runtime.tick(clock.now());
    if (clock.now() - this.comparedMs < COMPARE_EVERY_MS) return false;
    return this.compare(runtime);
  }

  private async compare(runtime: RuntimeApi): Promise<boolean> {
    const { clock, deployment, figures, resolve, wall } = this.deps;
    const { running } = deployment;
    this.comparedMs = clock.now();
    if (!running) return false;
    const compared = await runtime.reconcile(running.config, resolve);
    figures.compared(compared, wall.nowNs());
    if (!compared.fault) {
      this.fault = undefined;
      this.silences = 0;
      return false;
    }
    this.fault = compared.fault;
    this.silences += 1;
    if (this.silences < SILENT_TOO_OFTEN || clock.now() - this.rescuedMs < backoffMs(this.rescues) * 2) return false;
    this.silences = 0;
    this.rescues += 1;
    this.rescuedMs = clock.now();
    deployment.distrust(reloadReasonOf(compared.fault));
    return true;
  }

  private async lookAtOld(): Promise<void> {
    const { clock, old, process } = this.deps;
    const now = clock.now();
    if (now - this.oldLookMs < OLD_EVERY_MS) return;
    const pids = await process.old();
    old.look(pids);
    this.oldLookMs = pids.length === 0 ? Infinity : now;
  }
}
