import type { Logger } from '../lib/logger.js';
import type { Clock, WallClock } from '../lib/ports.js';
import type { Attempts } from './attempts.js';
import type { Deployment } from './deployment.js';
import type { Draft } from './draft.js';
import type { Drafts, Source } from './drafts.js';
import { isOfTemplate, type HaproxyFault } from './fault.js';
import type { AppliedHow, Figures } from './figures.js';
import { serversWithoutReload } from './partial.js';
import type { Config } from './plan/config.js';
import { parseConfig } from './plan/parse-config.js';
import { planOf, sentenceOf, sentenceOfChanges, type ReloadReason } from './plan/plan.js';
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
  /** What was done without a reload, in words; empty for nothing. */
  readonly done: string;
  /** HAProxy had to go back to what it served before. */
  readonly isRolledBack?: true;
}

/** HAProxy came to serve a text without a reload. */
interface Live {
  readonly how: 'nothing' | 'runtime';
  readonly done: string;
}

/** Setting something aside can bring another fault to light: so often it may. */
const MAX_ROUNDS = 5;

/** Brings HAProxy to what the catalog says, with the smallest step that leads there. One thing at a time. */
export class Rollout {
  /** The last verdict on what HAProxy ran already that something was done about. */
  private answered: HaproxyFault | undefined;

  constructor(
    private readonly deps: {
      readonly deployment: Deployment;
      readonly drafts: Drafts;
      readonly attempts: Attempts;
      /** Undefined: servers are changed by reloads only. */
      readonly runtime: RuntimeApi | undefined;
      readonly resolve: (host: string) => string | undefined;
      readonly isRunning: () => boolean;
      readonly figures: Figures;
      readonly clock: Clock;
      readonly wall: WallClock;
      readonly log: Logger;
    },
  ) {}

  /** @param isRetry what was in the way before is tried again */
  async bring(source: Source, isRetry: boolean, signal: AbortSignal): Promise<Outcome> {
    const { attempts, clock, drafts } = this.deps;
    let draft = drafts.next(source, isRetry);
    const rejected = await this.rejectionOf(draft, signal);
    if (rejected) {
      const without = await drafts.without(rejected, draft, source, signal);
      if (!without) return this.goBack(draft, rejected, signal);
      draft = without;
    }
    if (!draft.text.ok) return { how: 'failed', reasons: [], fault: draft.text.fault, draft, done: '' };
    const reasons = await this.live(draft.text.value);
    if ('how' in reasons) return { ...reasons, reasons: [], fault: undefined, draft };
    const waitMs = attempts.reloadWaitMs(clock.now());
    if (waitMs > 0) {
      await this.whatGoesWithout(draft.text.value);
      return { how: 'waiting', reasons, fault: undefined, draft, done: '' };
    }
    attempts.reloading(clock.now());
    const bindable = await drafts.bindable(source);
    if (!bindable.text.ok && !source.isNewTemplate) await this.whatGoesWithout(draft.text.value);
    const outcome = await this.reload(bindable, reasons, source, signal);
    // The last good template, which goes on in its place, may have to be loaded now.
    if (source.isNewTemplate && outcome.fault && isOfTemplate(outcome.fault)) attempts.notReloaded();
    return outcome;
  }

  /**
   * HAProxy's verdict on a text that it was brought to before the text was verified. One that was acted on before is asked for
   * again: what was wrong may lie outside of the text, a certificate that is back.
   */
  private async rejectionOf({ text }: Draft, signal: AbortSignal): Promise<HaproxyFault | undefined> {
    const { deployment } = this.deps;
    const known = text.ok ? deployment.refusalOf(text.value) : undefined;
    if (!text.ok || !known) return undefined;
    if (known === this.answered) return deployment.verify(text.value, signal);
    this.answered = known;
    return known;
  }

  /** No service is at fault for what HAProxy refuses: its servers are brought back to the last good file, by a reload if need be. */
  private async goBack(draft: Draft, fault: HaproxyFault, signal: AbortSignal): Promise<Outcome> {
    const { attempts, clock, deployment, log } = this.deps;
    const { diskText } = deployment;
    const reasons = diskText === undefined ? STILL : await this.live(diskText);
    if (diskText !== undefined && !('how' in reasons) && attempts.reloadWaitMs(clock.now()) === 0) {
      attempts.reloading(clock.now());
      const failure = await deployment.replace(diskText, signal);
      if (failure) log.warn('the previous configuration could not be loaded again', { ...failure });
      else this.reloaded(reasons);
    }
    return { how: 'failed', reasons: [], fault, draft, done: '', isRolledBack: true };
  }

  /** @returns how HAProxy came to serve `text` without a reload, or why it needs one */
  private async live(text: string): Promise<Live | readonly ReloadReason[]> {
    const { deployment, isRunning, resolve } = this.deps;
    const { running } = deployment;
    const runtime = running?.hasRuntimeApi ? this.deps.runtime : undefined;
    if (!isRunning()) return [{ cause: 'not-running', text: 'HAProxy was not running' }];
    if (!running || deployment.doubt) return [deployment.doubt ?? UNKNOWN];
    const next = parseConfig(text, running.config);
    const plan = planOf(running.config, next);
    if (plan.kind === 'reload') return plan.reasons;
    if (!running.areServersKnown) {
      if (!runtime) return text === running.text ? this.served(STILL, text, next) : [UNKNOWN];
      const compared = await runtime.reconcile(next, resolve);
      if (compared.fault) return [reloadReasonOf(compared.fault)];
      return this.served(compared.differences === 0 ? STILL : byHand(compared.texts), text, next);
    }
    if (plan.kind === 'nothing') return this.served(STILL, text, next);
    if (!runtime) return [{ cause: 'runtime-api-off', text: 'servers changed, and the Runtime API is not used' }];
    const objection = runtime.wouldAccept(plan.changes, next);
    if (objection) return [objection];
    const fault = await runtime.apply(plan.changes, next, resolve);
    if (fault) return [reloadReasonOf(fault)];
    return this.served({ how: 'runtime', done: sentenceOfChanges(plan.changes) }, text, next);
  }

  private served(live: Live, text: string, config: Config): Live {
    this.deps.deployment.changed(text, config);
    return live;
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
      if (!draft.text.ok) return { how: 'failed', reasons, fault: draft.text.fault, draft, done: '' };
      const text = draft.text.value;
      // Without what was set aside there may be nothing left that needs a reload.
      if (isOfStructure(wanted)) {
        const left = await this.live(text);
        if ('how' in left) return { ...left, reasons: [], fault: undefined, draft };
        reasons = left;
      }
      const fault = await deployment.replace(text, signal);
      if (!fault) {
        this.reloaded(reasons);
        drafts.loaded(draft);
        return { how: 'reload', reasons, fault: undefined, draft, done: '' };
      }
      const next =
        round < MAX_ROUNDS && !signal.aborted ? await drafts.without(fault, draft, source, signal) : undefined;
      if (!next) {
        if (!source.isNewTemplate || !isOfTemplate(fault)) await this.whatGoesWithout(text);
        return { how: 'failed', reasons, fault, draft, done: '' };
      }
      draft = next;
    }
  }

  private reloaded(reasons: readonly ReloadReason[]): void {
    const { figures, log, runtime, wall } = this.deps;
    const reason = sentenceOf(reasons);
    runtime?.reset();
    figures.reloaded(
      reasons.map(({ cause }) => cause),
      wall.nowNs(),
      reason,
    );
    log.info('HAProxy serves the configuration', { reason });
  }

  /** While a reload has to wait, or fails, the servers of what HAProxy has already follow the catalog all the same. */
  private async whatGoesWithout(text: string): Promise<void> {
    const { deployment, isRunning, runtime, resolve } = this.deps;
    const { running } = deployment;
    if (!running?.hasRuntimeApi || !runtime || !isRunning()) return;
    const next = serversWithoutReload(
      running.config,
      parseConfig(text, running.config),
      (changes, config) => runtime.wouldAccept(changes, config) === undefined,
    );
    const plan = planOf(running.config, next);
    if (plan.kind === 'reload' || (plan.kind === 'nothing' && running.areServersKnown)) return;
    const changes = plan.kind === 'runtime' ? plan.changes : [];
    const fault = running.areServersKnown
      ? await runtime.apply(changes, next, resolve)
      : (await runtime.reconcile(next, resolve)).fault;
    if (fault) deployment.distrust(reloadReasonOf(fault));
    else deployment.serversChanged(next);
  }
}

const STILL: Live = { how: 'nothing', done: '' };

const byHand = (differences: readonly string[]): Live => ({
  how: 'runtime',
  done: `what HAProxy ran was made good: ${differences.join('; ')}`,
});

const UNKNOWN: ReloadReason = { cause: 'unknown-state', text: 'it is not known which configuration HAProxy runs' };

/** Causes that lie in the text, so that another text may do without the reload. */
const isOfStructure = (reasons: readonly ReloadReason[]): boolean =>
  reasons.every(({ cause }) => cause.startsWith('section') || cause === 'server-changed');
