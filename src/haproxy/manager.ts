import { messageOf } from '../lib/fault.js';
import type { Component } from '../lib/lifecycle.js';
import type { Millis } from '../lib/ports.js';
import { aborted } from '../lib/sleep.js';
import type { Versions } from './attempts.js';
import { serverNames } from './catalog-names.js';
import { Doorbell } from '../lib/doorbell.js';
import { sentenceOf, type HaproxyFault } from './fault.js';
import type { HaproxyOptions } from './options.js';
import { ownersOf, type Owners } from './owners.js';
import { assemble, type Parts, type PartsDeps } from './parts.js';
import { planWith, type Planned } from './planning.js';
import { ROOM, type Complaints } from './problems.js';
import { runtimeSentenceOf } from './runtime-api/fault.js';
import type { ServedChange } from './served-configs.js';
import { statusOf, type HaproxyStatus } from './status.js';
import { traceOf, type ProxyTrace, type Sought } from './trace.js';
import type { LoadedTemplate } from './template-file.js';

export interface HaproxyDeps extends PartsDeps {
  /** The first configuration waits for this: discovery has listed and checked what runs here, or the grace has passed. */
  readonly settled: Promise<void>;
  /** While this has not resolved nothing is known of this host: an HAProxy that serves already is left as it is. */
  readonly informed: Promise<void>;
}

const LOOK_MS = 500;
/** Under a flood of changes no more than half of the time goes into drafts, and nobody waits longer than this for that. */
const MAX_PAUSE_MS: Millis = 250;
const SETTLE_MS: Millis = 2_000;

/** Keeps HAProxy running on what the catalog says. One thing is done at a time: look, render, change, verify, move, reload, start. */
export class HaproxyManager implements Component {
  readonly name = ROOM;
  private readonly bell = new Doorbell();
  private readonly parts: Parts;
  private readonly ending = new AbortController();
  private mayApply = false;
  /** Rises with what decides on the configuration beside catalog and template. */
  private surroundings = 0;
  private holdEndsMs: Millis | undefined;
  private changedMs: Millis | undefined;
  private pausedUntil: Millis = -Infinity;
  /** What the file did not take, once something was done about it. */
  private answered: HaproxyFault | undefined;

  constructor(
    options: HaproxyOptions,
    private readonly deps: HaproxyDeps,
  ) {
    this.parts = assemble(options, deps, { file: () => this.bell.ring(), address: () => this.readdress() });
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { catalog, clock, informed, settled } = this.deps;
    const forget = catalog.onChange(() => this.noteChange());
    const refreshing = this.parts.hostnames.run(signal);
    ready(); // an HAProxy that cannot run must not keep this host out of the cluster
    await Promise.race([settled, aborted(signal)]);
    if (!signal.aborted) await this.guarded(this.parts.complaints.start, () => this.adopt());
    this.mayApply = !this.parts.supervisor.isServing();
    void informed.then(() => {
      this.mayApply = true;
      this.bell.ring();
    });
    while (!signal.aborted) {
      const template = await this.parts.template.current();
      if (this.waitMs(template) <= 0)
        await this.guarded(this.parts.complaints.apply, () => this.apply(template, signal));
      await this.guarded(this.parts.complaints.start, () => this.look(signal));
      await this.bell.wait(clock, Math.max(1, Math.min(LOOK_MS, this.waitMs(template), this.holdMs())), signal);
    }
    forget();
    this.ending.abort();
    await refreshing;
    await this.parts.deployment.settle(SETTLE_MS);
    if (this.parts.options.stopOnExit) await this.stop();
  }

  /** Something beside the catalog and the template may have changed what is to be served. */
  reconsider(): void {
    this.surroundings += 1;
    this.noteChange();
  }

  /** The text stays the same when a name has another address: only a look at HAProxy's servers tells. */
  private readdress(): void {
    this.parts.deployment.doubtServers();
    this.reconsider();
  }

  status(): HaproxyStatus {
    return statusOf(this.parts.options, this.parts);
  }

  /** The text of the template in use; undefined before it was read, and while there is none. */
  templateText(): string | undefined {
    return this.parts.template.source;
  }

  /** What became of one instance on its way into HAProxy. */
  trace(sought: Sought): ProxyTrace {
    return traceOf(sought, this.parts.options, this.parts);
  }

  /** Whose frontends, backends and servers HAProxy runs, by what it serves, or is to serve first. */
  owners(): Owners {
    const { applying, options } = this.parts;
    return ownersOf((applying.served ?? applying.draft)?.model, this.deps.catalog.snapshot(), options);
  }

  /** The configuration that HAProxy has, and what changed in it the last time; undefined while it is not known. */
  lastConfig(): ServedChange | undefined {
    return this.parts.configs.last();
  }

  /** What HAProxy runs: another object whenever that may have changed; undefined while it is not known. */
  get runs(): object | undefined {
    return this.parts.deployment.running?.config;
  }

  /** Whether HAProxy served at the last look, be it out of our sight. */
  isServing(): boolean {
    return this.parts.supervisor.isServing();
  }

  /** Whether the last state could not be brought to HAProxy and its file; true while there is no file that it could be started on. */
  lastWriteFailed(): boolean {
    const { applying, deployment } = this.parts;
    return !deployment.isStartable || deployment.fileFault !== undefined || applying.hasFailed;
  }

  /** The services that are set aside because HAProxy does not accept their part, each with its words. */
  rejected(): ReadonlyMap<string, string> {
    return this.parts.setAside.services();
  }

  /** What would change with a template, undefined: with the one in use. Waits for its turn with the file, no longer than a verification. */
  async plan(candidate: LoadedTemplate | undefined): Promise<Planned> {
    const template = candidate ?? (await this.parts.template.current());
    return planWith(template, this.deps.catalog.snapshot(), this.parts, this.ending.signal);
  }

  /**
   * Whether HAProxy serves the catalog as it is now. False for a moment after each change; whoever asks "was it ever ready?"
   * has to remember the answer. With a `reload_command` of the operator's own the process may be out of sight, and counts as
   * running.
   */
  caughtUp(): boolean {
    const visible = this.parts.supervisor.pids.length > 0 || this.parts.options.reloadCommand !== '';
    return visible && this.parts.applying.appliedVersion === this.deps.catalog.snapshot().contentVersion;
  }

  /** Takes over an HAProxy that an earlier agent left running, together with what it serves. */
  private async adopt(): Promise<void> {
    await this.parts.process.discover();
    await this.parts.supervisor.refresh();
    const { pids } = this.parts.supervisor;
    await this.parts.deployment.adopt();
    if (pids.length > 0) this.deps.log.info('found a running HAProxy of ours', { pids });
  }

  /** Whatever the system refuses us, a file descriptor say, the agent goes on, says it, and tries again. */
  private async guarded(complaints: Complaints, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.parts.attempts.ended('fault', this.deps.clock.now());
      this.report(complaints, { code: 'SYSTEM_REFUSED', reason: messageOf(error) });
    }
    this.parts.diary.note();
  }

  private noteChange(): void {
    this.changedMs ??= this.deps.clock.now();
    this.bell.ring();
  }

  private versions({ revision }: LoadedTemplate): Versions {
    const { surroundings } = this;
    return { catalog: this.deps.catalog.snapshot().contentVersion, template: revision, surroundings };
  }

  /** Milliseconds until there is something to apply; LOOK_MS when there is nothing. */
  private waitMs(template: LoadedTemplate): Millis {
    if (!this.mayApply) return LOOK_MS;
    const now = this.deps.clock.now();
    if (this.holdEndsMs !== undefined && now >= this.holdEndsMs) {
      this.holdEndsMs = undefined;
      this.surroundings += 1;
    }
    const wait = this.parts.attempts.waitMs(this.versions(template), now) ?? LOOK_MS;
    return Math.max(wait, this.pausedUntil - now);
  }

  private holdMs(): Millis {
    return this.holdEndsMs === undefined ? Infinity : this.holdEndsMs - this.deps.clock.now();
  }

  private async apply(template: LoadedTemplate, signal: AbortSignal): Promise<void> {
    const { catalog, clock, departures } = this.deps;
    const began = clock.now();
    const changedMs = this.changedMs ?? began;
    this.changedMs = undefined;
    // Before the draft, which may still have in it what is held no longer when it is applied.
    const holdMs = departures.nextEndMs(this.parts.options.staleHoldMs);
    this.holdEndsMs = holdMs === undefined ? undefined : began + holdMs;
    await this.parts.hostnames.ensure(serverNames(catalog.snapshot(), this.parts.options.useHostnames), signal);
    const isApplied = await this.parts.applying.apply(
      catalog.snapshot(),
      template,
      this.versions(template),
      changedMs,
      signal,
    );
    if (!isApplied) this.changedMs = changedMs;
    await this.parts.supervisor.refresh();
    const now = clock.now();
    this.pausedUntil = now + Math.min(MAX_PAUSE_MS, now - began);
  }

  private async look(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const look = await this.parts.supervisor.look(this.parts.deployment.isStartable, signal);
    if (look.state === 'alive') {
      if (await this.parts.upkeep.look()) this.parts.attempts.again(this.deps.clock.now());
      this.reportFile();
      this.reportRuntimeApi();
    }
    if (look.state === 'down') return;
    if (look.state === 'started') this.started();
    const fault = look.state === 'failed' ? look.fault : undefined;
    if (fault?.code === 'START_FAILED') {
      // Whatever happened to the file, writing it anew is the cure that we have.
      this.parts.deployment.distrust({ cause: 'not-running', text: 'HAProxy could not be started on its file' });
      this.parts.attempts.again(this.deps.clock.now());
    }
    this.report(this.parts.complaints.start, fault);
  }

  /** HAProxy was started on the file, which may be behind what it served before. */
  private started(): void {
    const { clock, log, wall } = this.deps;
    const reason = 'HAProxy was not running';
    this.parts.runtime?.reset();
    this.parts.figures.reloaded(['not-running'], wall.nowNs(), reason);
    log.info('HAProxy serves the configuration', { reason, pids: this.parts.supervisor.pids });
    if (this.parts.applying.appliedVersion !== undefined) this.parts.attempts.again(clock.now());
  }

  private async stop(): Promise<void> {
    try {
      await this.parts.process.stop();
    } catch (error) {
      this.deps.log.warn('pid file or stats socket of the stopped HAProxy cannot be removed', { error });
    }
    await this.parts.supervisor.refresh();
  }

  private reportFile(): void {
    const { fileFault } = this.parts.deployment;
    const isApplyFault = fileFault?.code === 'CONFIG_REJECTED'; // the next attempt says more about it
    this.report(this.parts.complaints.file, isApplyFault ? undefined : fileFault);
    // Once for each: where going back to the file fails, too, the pauses between attempts have to count.
    if (isApplyFault && fileFault !== this.answered) this.parts.attempts.again(this.deps.clock.now());
    this.answered = fileFault;
  }

  private reportRuntimeApi(): void {
    const { complaints, upkeep } = this.parts;
    const { runtimeFault } = upkeep;
    const words = runtimeFault && runtimeSentenceOf(runtimeFault);
    const message = `the Runtime API cannot be used, so changes of servers wait for a reload: ${words ?? ''}`;
    complaints.runtime.state(words === undefined ? [] : [{ code: 'RUNTIME_API_UNUSABLE', subject: '', message }]);
  }

  private report(complaints: Complaints, fault: HaproxyFault | undefined): void {
    const message = fault && sentenceOf(fault, this.parts.supervisor.pids.length > 0);
    if (fault && message !== undefined && !complaints.has(fault.code)) {
      this.parts.figures.failed(fault.code, this.deps.wall.nowNs(), message);
    }
    complaints.state(fault && message !== undefined ? [{ code: fault.code, subject: '', message }] : []);
  }
}
