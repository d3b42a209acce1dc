import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, WallClock } from '../lib/ports.js';
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
  private mayRescue = true;
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
      readonly log: Logger;
    },
  ) {}

  /** Why the Runtime API could not be used when it was last; undefined while all is well. */
  get runtimeFault(): RuntimeFault | undefined {
    return this.fault;
  }

  /**
   * To be called twice a second.
   *
   * @returns whether the next draft is to be loaded whatever it says, because nobody answers on the stats socket
   */
  async look(): Promise<boolean> {
    const { clock, deployment, figures, runtime } = this.deps;
    deployment.keep();
    if (figures.reloads !== this.seenReloads) {
      this.seenReloads = figures.reloads;
      this.comparedMs = clock.now();
      this.oldLookMs = -Infinity;
    }
    await this.lookAtOld();
    const { running } = deployment;
    if (!runtime || !running?.hasRuntimeApi || !running.areServersKnown) return false;
    this.fault = (await runtime.tick(clock.now())) ?? this.fault;
    if (clock.now() - this.comparedMs < COMPARE_EVERY_MS) return false;
    return this.compare(runtime);
  }

  private async compare(runtime: RuntimeApi): Promise<boolean> {
    const { clock, deployment, figures, resolve, wall, log } = this.deps;
    const { running } = deployment;
    this.comparedMs = clock.now();
    if (!running) return false;
    const compared = await runtime.reconcile(running.config, resolve);
    figures.compared(compared, wall.nowNs());
    if (compared.differences > 0) {
      const { differences, repaired, texts } = compared;
      log.warn('HAProxy did not run what it should, somebody else may have changed it', {
        differences,
        repaired,
        texts,
      });
    }
    if (!compared.fault) {
      this.fault = undefined;
      this.silences = 0;
      this.mayRescue = true;
      return false;
    }
    this.fault = compared.fault;
    this.silences += 1;
    // A reload that did not help is not tried again: the next HAProxy would be as silent.
    if (this.silences < SILENT_TOO_OFTEN || !this.mayRescue) return false;
    this.mayRescue = false;
    this.silences = 0;
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
