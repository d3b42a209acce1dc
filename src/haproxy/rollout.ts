import type { Clock } from '../lib/ports.js';
import type { Attempts } from './attempts.js';
import type { Deployment } from './deployment.js';
import type { Draft } from './draft.js';
import type { Drafts, Source } from './drafts.js';
import type { HaproxyFault } from './fault.js';
import type { AppliedHow } from './figures.js';
import { serversWithoutReload } from './partial.js';
import type { Config } from './plan/config.js';
import { parseConfig } from './plan/parse-config.js';
import { planOf, type ReloadReason } from './plan/plan.js';
import type { RuntimeApi } from './runtime-api/runtime-api.js';
import { reloadReasonOf } from './runtime-api/fault.js';

/** What came of bringing HAProxy to a state of the catalog. */
export interface Outcome {
  /** `waiting`: a reload is needed and not due yet; what goes without one is done. */
  readonly how: AppliedHow | 'waiting' | 'failed';
  /** Why it was a reload, or has to be one. */
  readonly reasons: readonly ReloadReason[];
  readonly fault: HaproxyFault | undefined;
  readonly draft: Draft;
}

/** Setting something aside can bring another fault to light: so often it may. */
const MAX_ROUNDS = 5;

/** Brings HAProxy to what the catalog says, with the smallest step that leads there. One thing at a time. */
export class Rollout {
  constructor(
    private readonly deps: {
      readonly deployment: Deployment;
      readonly drafts: Drafts;
      readonly attempts: Attempts;
      /** Undefined: servers are changed by reloads only. */
      readonly runtime: RuntimeApi | undefined;
      readonly resolve: (host: string) => string | undefined;
      readonly isRunning: () => boolean;
      readonly clock: Clock;
    },
  ) {}

  /** @param isRetry nothing but time has passed since the last: what was in the way is tried again */
  async bring(source: Source, isRetry: boolean, signal: AbortSignal): Promise<Outcome> {
    const { attempts, clock, drafts } = this.deps;
    let draft = drafts.next(source, isRetry);
    const rejected = this.rejectionOf(draft);
    if (rejected) draft = (await drafts.without(rejected, draft, source, signal)) ?? draft;
    if (!draft.text.ok) return { how: 'failed', reasons: [], fault: draft.text.fault, draft };
    if (rejected && this.rejectionOf(draft)) return this.goBack(draft, rejected);
    const reasons = await this.live(draft.text.value);
    if (typeof reasons === 'string') return { how: reasons, reasons: [], fault: undefined, draft };
    const waitMs = attempts.reloadWaitMs(clock.now());
    if (waitMs > 0) {
      await this.whatGoesWithout(draft.text.value);
      attempts.again(clock.now() + waitMs);
      return { how: 'waiting', reasons, fault: undefined, draft };
    }
    attempts.reloading(clock.now());
    return this.reload(await drafts.bindable(source), reasons, source, signal);
  }

  /** HAProxy's verdict on a text that it was brought to before the text was verified. */
  private rejectionOf({ text }: Draft): HaproxyFault | undefined {
    return text.ok ? this.deps.deployment.refusalOf(text.value) : undefined;
  }

  /** No service is at fault for what HAProxy refuses, so its servers are brought back to the last good file. */
  private async goBack(draft: Draft, fault: HaproxyFault): Promise<Outcome> {
    const { diskText } = this.deps.deployment;
    if (diskText !== undefined) await this.live(diskText);
    return { how: 'failed', reasons: [], fault, draft };
  }

  /** @returns how HAProxy came to serve `text` without a reload, or why it needs one */
  private async live(text: string): Promise<'nothing' | 'runtime' | readonly ReloadReason[]> {
    const { deployment, isRunning, runtime, resolve } = this.deps;
    const { running } = deployment;
    if (!isRunning()) return [{ cause: 'not-running', text: 'HAProxy was not running' }];
    if (!running) return [deployment.doubt ?? UNKNOWN];
    const next = parseConfig(text, running.config);
    const plan = planOf(running.config, next);
    if (plan.kind === 'reload') return plan.reasons;
    if (!running.areServersKnown) {
      if (!runtime) return text === running.text ? this.done('nothing', text, next) : [UNKNOWN];
      const compared = await runtime.reconcile(next, resolve);
      if (compared.fault) return [reloadReasonOf(compared.fault)];
      return this.done(compared.differences === 0 ? 'nothing' : 'runtime', text, next);
    }
    if (plan.kind === 'nothing') return this.done('nothing', text, next);
    if (!runtime) return [{ cause: 'runtime-api-off', text: 'servers changed, and the Runtime API is not used' }];
    const objection = runtime.wouldAccept(plan.changes, next);
    if (objection) return [objection];
    const fault = await runtime.apply(plan.changes, next, resolve);
    return fault ? [reloadReasonOf(fault)] : this.done('runtime', text, next);
  }

  private done<T>(how: T, text: string, config: Config): T {
    this.deps.deployment.changed(text, config);
    return how;
  }

  private async reload(
    first: Draft,
    wanted: readonly ReloadReason[],
    source: Source,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { deployment, drafts } = this.deps;
    let [draft, reasons] = [first, wanted];
    for (let round = 1; ; round += 1) {
      if (!draft.text.ok) return { how: 'failed', reasons, fault: draft.text.fault, draft };
      const text = draft.text.value;
      // Without what was set aside there may be nothing left that needs a reload.
      if (isOfStructure(wanted)) {
        const left = await this.live(text);
        if (typeof left === 'string') return { how: left, reasons: [], fault: undefined, draft };
        reasons = left;
      }
      const fault = await deployment.replace(text, signal);
      if (!fault) {
        this.deps.runtime?.reset();
        drafts.loaded(draft);
        return { how: 'reload', reasons, fault: undefined, draft };
      }
      const next =
        round < MAX_ROUNDS && !signal.aborted ? await drafts.without(fault, draft, source, signal) : undefined;
      if (!next) {
        await this.whatGoesWithout(text);
        return { how: 'failed', reasons, fault, draft };
      }
      draft = next;
    }
  }

  /** While a reload has to wait, or fails, the servers of what HAProxy has already follow the catalog all the same. */
  private async whatGoesWithout(text: string): Promise<void> {
    const { deployment, isRunning, runtime, resolve } = this.deps;
    const { running } = deployment;
    if (!running?.areServersKnown || !runtime || !isRunning()) return;
    const next = serversWithoutReload(running.config, parseConfig(text, running.config));
    const plan = planOf(running.config, next);
    if (plan.kind !== 'runtime' || runtime.wouldAccept(plan.changes, next)) return;
    const fault = await runtime.apply(plan.changes, next, resolve);
    if (fault) deployment.distrust(reloadReasonOf(fault));
    else deployment.serversChanged(next);
  }
}

const UNKNOWN: ReloadReason = { cause: 'unknown-state', text: 'it is not known which configuration HAProxy runs' };

/** Causes that lie in the text, so that another text may do without the reload. */
const isOfStructure = (reasons: readonly ReloadReason[]): boolean =>
  reasons.every(({ cause }) => cause.startsWith('section') || cause === 'server-changed');
