import type { CatalogSnapshot } from '../catalog/reader.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, WallClock } from '../lib/ports.js';
import type { Attempts, Versions } from './attempts.js';
import { proxiesOf, statsComplaint, type Draft } from './draft.js';
import type { Drafts } from './drafts.js';
import { sentenceOf, type HaproxyFault } from './fault.js';
import type { AppliedHow, Figures } from './figures.js';
import { needsIdleClose } from './idle-close.js';
import type { Config } from './plan/config.js';
import { parseConfig } from './plan/parse-config.js';
import { sentenceOf as sentenceOfReasons } from './plan/plan.js';
import { complaintOf, type Complaint, type Complaints } from './problems.js';
import type { ProxyMemory } from './proxy-memory.js';
import type { Outcome, Rollout } from './rollout.js';
import type { LoadedTemplate } from './template-file.js';

/** Faults that are the template's own: another template can do without them. */
const OF_TEMPLATE: ReadonlySet<HaproxyFault['code']> = new Set<HaproxyFault['code']>([
  'TEMPLATE_MISSING',
  'TEMPLATE_UNREADABLE',
  'TEMPLATE_IN_GO',
  'TEMPLATE_SYNTAX',
  'TEMPLATE_FAILED',
  'CONFIG_REJECTED',
  'CONFIG_WITHOUT_LISTENER',
  'BIND_UNAVAILABLE',
]);

/** What is due, but has to wait for a reload that is not, is not looked at all the time. */
const MIN_RETRY_MS: Millis = 1_000;

export interface ApplyingDeps {
  readonly rollout: Rollout;
  readonly drafts: Drafts;
  readonly attempts: Attempts;
  readonly figures: Figures;
  readonly memory: ProxyMemory;
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
    const isRetry = attempts.isRetry(versions);
    attempts.begin(versions);
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
    this.faults = faults;
    if (outcome) this.tell(outcome.draft);
    this.report(faults);
    this.mention(template, outcome);
    if (!outcome || outcome.how === 'failed') return false;
    if (outcome.how === 'waiting') {
      attempts.again(now + attempts.reloadWaitMs(now));
      return false;
    }
    this.applied(snapshot, { ...outcome, how: outcome.how }, now - changedMs);
    return true;
  }

  /** While the template in use gives nothing that HAProxy takes, the last good one goes on with the changes of servers. */
  private async bring(
    snapshot: CatalogSnapshot,
    template: LoadedTemplate,
    isRetry: boolean,
    signal: AbortSignal,
  ): Promise<{ readonly outcome: Outcome | undefined; readonly faults: readonly HaproxyFault[] }> {
    const { rollout } = this.deps;
    const { good } = this;
    const isNewTemplate = good !== undefined && good.revision !== template.revision;
    if (this.condemned?.revision !== template.revision || isRetry) {
      const outcome = await rollout.bring({ snapshot, template, isNewTemplate }, isRetry, signal);
      const { fault } = outcome;
      const isCondemned = fault !== undefined && OF_TEMPLATE.has(fault.code);
      this.condemned = isCondemned ? { revision: template.revision, fault } : undefined;
      if (outcome.how !== 'failed') this.good = template;
      if (!isCondemned || signal.aborted) return { outcome, faults: fault ? [fault] : [] };
      this.last = outcome.draft;
    }
    const faults = this.condemned ? [this.condemned.fault] : [];
    if (!isNewTemplate) return { outcome: undefined, faults };
    const outcome = await rollout.bring({ snapshot, template: good, isNewTemplate: false }, false, signal);
    return { outcome, faults: outcome.fault ? [...faults, outcome.fault] : faults };
  }

  private applied(
    { contentVersion }: CatalogSnapshot,
    { how, reasons, draft }: Outcome & { readonly how: AppliedHow },
    tookMs: Millis,
  ): void {
    const { figures, log, memory, wall } = this.deps;
    this.version = contentVersion;
    this.current = draft;
    memory.hold(new Map(proxiesOf(draft.model).map(({ servicePort, service }) => [servicePort, service])));
    const time = wall.nowNs();
    const reason = sentenceOfReasons(reasons);
    if (how === 'reload') {
      figures.reloaded(
        reasons.map(({ cause }) => cause),
        time,
        reason,
      );
      log.info('HAProxy serves the configuration', { reason });
    }
    if (how === 'runtime') log.debug('servers were changed through the Runtime API', { tookMs: Math.round(tookMs) });
    figures.applied({ time, tookMs, how, reason });
  }

  private tell(draft: Draft): void {
    this.last = draft;
    const findings = [...draft.model.leftOut, ...draft.model.remarks].map(complaintOf);
    this.deps.complaints.findings.state([...findings, ...statsComplaint(draft, this.options.statsBind)]);
  }

  private report(faults: readonly HaproxyFault[]): void {
    const { complaints, figures, isRunning, wall } = this.deps;
    const stated = faults.map((fault): Complaint => {
      const message = sentenceOf(fault, isRunning());
      figures.failed(fault.code, wall.nowNs(), message);
      return { code: fault.code, subject: '', message };
    });
    complaints.apply.state(stated);
  }

  /** Worth one line, but no problem: nothing breaks for it. */
  private mention({ notice, isBuiltIn }: LoadedTemplate, outcome: Outcome | undefined): void {
    const notices: Notice[] = notice === undefined ? [] : [{ code: 'TEMPLATE_STOCK', text: notice }];
    const text = outcome?.draft.text;
    if (!isBuiltIn && text?.ok) {
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
