import type { CatalogSnapshot } from '../catalog/reader.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, WallClock } from '../lib/ports.js';
import type { Attempts, Versions } from './attempts.js';
import { proxiesOf, statsComplaint, type Draft } from './draft.js';
import type { Drafts } from './drafts.js';
import { isOfTemplate, sentenceOf, type HaproxyFault } from './fault.js';
import type { AppliedHow, Figures } from './figures.js';
import { needsIdleClose } from './idle-close.js';
import type { ProxyModel } from './model.js';
import type { Config } from './plan/config.js';
import { parseConfig } from './plan/parse-config.js';
import { sentenceOf as sentenceOfReasons } from './plan/plan.js';
import { complaintOf, type Complaint, type Complaints } from './problems.js';
import type { ProxyMemory } from './proxy-memory.js';
import type { Outcome, Rollout } from './rollout.js';
import type { LoadedTemplate } from './template-file.js';

/** What is due, but has to wait for a reload that is not, is not looked at all the time. */
const MIN_RETRY_MS: Millis = 1_000;

/** HAProxy serves this model now, made of the catalog at that content version. */
export type OnServed = (model: ProxyModel, contentVersion: number) => void;

export interface ApplyingDeps {
  readonly rollout: Rollout;
  readonly drafts: Drafts;
  readonly attempts: Attempts;
  readonly figures: Figures;
  readonly memory: ProxyMemory;
  readonly onServed: OnServed | undefined;
  readonly complaints: { readonly apply: Complaints; readonly findings: Complaints };
  readonly isRunning: () => boolean;
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly log: Logger;
}

/** Applies states of the catalog, and keeps the books on it: what is served, what is wrong, when to try again. */
export class Applying {
  /** The last template whose configuration HAProxy took. */
  private good: LoadedTemplate | undefined;
  private condemned: { readonly revision: number; readonly fault: HaproxyFault } | undefined;
  private version: number | undefined;
  private last: Draft | undefined;
  private current: Draft | undefined;
  private faults: readonly HaproxyFault[] = [];
  private mentioned: readonly Notice[] = [];
  private parsed: Config | undefined;

  constructor(
    private readonly options: { readonly statsBind: string },
    private readonly deps: ApplyingDeps,
  ) {}

  /** Content version of the catalog that HAProxy serves; undefined before the first. */
  get appliedVersion(): number | undefined {
    return this.version;
  }

  /** What was made of the catalog the last time, be it served or not. */
  get draft(): Draft | undefined {
    return this.last;
  }

  /** What HAProxy serves; undefined before the first. */
  get served(): Draft | undefined {
    return this.current;
  }

  /** Whether something is wrong with the last state, or with the template that it was to be rendered by. */
  get hasFailed(): boolean {
    return this.faults.length > 0;
  }

  /** HAProxy's own words about the configuration that it does not accept now. */
  get rejected(): string | undefined {
    const fault = this.faults.find(({ code }) => code === 'CONFIG_REJECTED');
    return fault?.code === 'CONFIG_REJECTED' ? fault.words : undefined;
  }

  /** What the template lacks, as sentences. */
  get notices(): readonly string[] {
    return this.mentioned.map(({ text }) => text);
  }

  /**
   * @param changedMs when the first change came that HAProxy does not have yet, on the clock's scale
   * @returns whether HAProxy serves this state now
   */
  async apply(
    snapshot: CatalogSnapshot,
    template: LoadedTemplate,
    versions: Versions,
    changedMs: Millis,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { attempts, clock, drafts, log } = this.deps;
    const isRetry = attempts.begin(versions, clock.now());
    const { outcome, faults } = await this.bring(snapshot, template, isRetry, signal);
    const [fault] = faults;
    if (fault && signal.aborted) {
      log.info('the agent ends before a change is applied', { code: fault.code });
      return false;
    }
    const now = clock.now();
    attempts.ended(fault ? fault.code : drafts.obstacle, now);
    const nextTryMs = drafts.nextTryMs(now);
    if (nextTryMs !== undefined) attempts.again(now + Math.max(nextTryMs, MIN_RETRY_MS));
    this.tell(outcome.draft);
    this.report(faults);
    this.mention(template, outcome);
    if (outcome.how === 'failed') {
      if (outcome.isRolledBack) this.version = undefined; // HAProxy serves something older
      return false;
    }
    if (outcome.how === 'waiting') {
      attempts.again(now + attempts.reloadWaitMs(now));
      return false;
    }
    // That nothing changed is worth telling of a change, but not of a look at what is in the way.
    if (!isRetry || outcome.how !== 'nothing') this.count(outcome.how, outcome, now - changedMs);
    this.serves(snapshot, outcome.draft);
    return true;
  }

  /** While the template in use gives nothing that HAProxy takes, the last good one goes on with the changes of servers. */
  private async bring(
    snapshot: CatalogSnapshot,
    template: LoadedTemplate,
    isRetry: boolean,
    signal: AbortSignal,
  ): Promise<{ readonly outcome: Outcome; readonly faults: readonly HaproxyFault[] }> {
    const { rollout } = this.deps;
    const { good } = this;
    const isNewTemplate = good !== undefined && good.revision !== template.revision;
    if (!isNewTemplate || isRetry || this.condemned?.revision !== template.revision) {
      const outcome = await rollout.bring({ snapshot, template, isNewTemplate }, isRetry, signal);
      const { fault } = outcome;
      this.condemned = undefined;
      if (outcome.how !== 'failed' && outcome.how !== 'waiting') this.good = template;
      if (!isNewTemplate || !fault || !isOfTemplate(fault) || signal.aborted) {
        return { outcome, faults: fault ? [fault] : [] };
      }
      this.condemned = { revision: template.revision, fault };
    }
    const faults = [this.condemned.fault];
    const outcome = await rollout.bring({ snapshot, template: good, isNewTemplate: false }, false, signal);
    return { outcome, faults: outcome.fault ? [...faults, outcome.fault] : faults };
  }

  private serves({ contentVersion }: CatalogSnapshot, draft: Draft): void {
    this.version = contentVersion;
    this.current = draft;
    const holders = proxiesOf(draft.model).map(({ servicePort, service }): [number, string] => [servicePort, service]);
    this.deps.memory.hold(new Map(holders));
    this.deps.onServed?.(draft.model, contentVersion);
  }

  private count(how: AppliedHow, { reasons, done }: Outcome, tookMs: Millis): void {
    const { figures, log, wall } = this.deps;
    const took = Math.round(tookMs);
    if (how === 'runtime') log.info('HAProxy serves the change', { servers: done, tookMs: took });
    figures.applied({ time: wall.nowNs(), tookMs, how, reason: how === 'runtime' ? done : sentenceOfReasons(reasons) });
  }

  private tell(draft: Draft): void {
    this.last = draft;
    const findings = [...draft.model.leftOut, ...draft.model.remarks].map(complaintOf);
    this.deps.complaints.findings.state([...findings, ...statsComplaint(draft, this.options.statsBind)]);
  }

  private report(faults: readonly HaproxyFault[]): void {
    const { complaints, figures, isRunning, wall } = this.deps;
    const known = this.faults;
    this.faults = faults;
    const stated = faults.map((fault): Complaint => {
      const message = sentenceOf(fault, isRunning());
      // That of a template which is not tried again stands, but did not happen again.
      if (!known.includes(fault)) figures.failed(fault.code, wall.nowNs(), message);
      return { code: fault.code, subject: '', message };
    });
    complaints.apply.state(stated);
  }

  /** Worth one line, but no problem: nothing breaks for it. */
  private mention({ notice, isBuiltIn }: LoadedTemplate, { draft: { text } }: Outcome): void {
    const notices: Notice[] = notice === undefined ? [] : [{ code: 'TEMPLATE_STOCK', text: notice }];
    if (!isBuiltIn && text.ok) {
      this.parsed = parseConfig(text.value, this.parsed);
      if (needsIdleClose(this.parsed)) notices.push(RESETS_CONNECTIONS);
    }
    for (const { code, text: said } of notices) {
      if (!this.mentioned.some((known) => known.code === code)) this.deps.log.warn(said, { code });
    }
    this.mentioned = notices;
  }
}

interface Notice {
  readonly code: string;
  readonly text: string;
}

const RESETS_CONNECTIONS: Notice = {
  code: 'TEMPLATE_RESETS_CONNECTIONS',
  text:
    'the template has an http frontend without `option idle-close-on-response`: with each reload kept connections end, some in ' +
    'the moment of the next request; add the line to the frontend, or to defaults',
};
