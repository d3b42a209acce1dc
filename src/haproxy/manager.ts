import { dirname, join } from 'node:path';
import type { CatalogReader, CatalogSnapshot } from '../catalog/reader.js';
import { messageOf } from '../lib/fault.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Millis, WallClock } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { aborted } from '../lib/sleep.js';
import type { Timestamp } from '../service/timestamp.js';
import { Attempts, type Versions } from './attempts.js';
import { Deployment } from './deployment.js';
import { Doorbell } from './doorbell.js';
import { asideKey, bindableDraft, draftOf, NOTHING_ASIDE, statsComplaint, type Draft, type SetAside } from './draft.js';
import { sentenceOf, type HaproxyFault } from './fault.js';
import { HaproxyProcess, type ProcessDeps } from './haproxy-process.js';
import type { Finding } from './finding.js';
import type { HaproxyOptions } from './options.js';
import type { Listening } from './ports.js';
import { complaintOf, Complaints, ROOM, type Complaint } from './problems.js';
import type { HaproxyStatus } from './status.js';
import { Supervisor } from './supervisor.js';
import { TemplateFile, type LoadedTemplate } from './template-file.js';

export interface HaproxyDeps extends ProcessDeps {
  readonly catalog: CatalogReader;
  /** The first configuration waits for this: discovery has listed and checked what runs here, or the grace has passed. */
  readonly settled: Promise<void>;
  /** While this has not resolved nothing is known of this host: an HAProxy that serves already is left as it is. */
  readonly informed: Promise<void>;
  readonly listening: Listening;
  readonly wall: WallClock;
  readonly log: Logger;
  readonly problems: ProblemBoard;
}

const LOOK_MS = 500;

/** Keeps HAProxy running on what the catalog says. One thing is done at a time: look, render, verify, move, reload, start. */
export class HaproxyManager implements Component {
  readonly name = ROOM;
  private readonly bell = new Doorbell();
  private readonly process: HaproxyProcess;
  private readonly deployment: Deployment;
  private readonly supervisor: Supervisor;
  private readonly template: TemplateFile;
  private readonly faults: { readonly apply: Complaints; readonly start: Complaints; readonly findings: Complaints };

  private readonly attempts: Attempts;

  private mayApply = false;
  private appliedVersion: number | undefined;
  private lastApply: Timestamp | undefined;
  private reloads = 0;
  private lastReload: HaproxyStatus['lastReload'];
  private lastError: HaproxyStatus['lastError'];
  private rejected: string | undefined;
  private leftOut: readonly Finding[] = [];
  private mentioned: string | undefined;

  constructor(
    private readonly options: HaproxyOptions,
    private readonly deps: HaproxyDeps,
  ) {
    const pidFile = options.pidFile === '' ? join(dirname(options.configFile), 'haproxy.pid') : options.pidFile;
    this.options = { ...options, pidFile };
    this.process = new HaproxyProcess(this.options, deps);
    this.deployment = new Deployment(this.options, { ...deps, process: this.process });
    const start = (signal: AbortSignal): Promise<HaproxyFault | undefined> => this.deployment.start(signal);
    this.supervisor = new Supervisor(options.supervise, { ...deps, process: this.process, start });
    this.attempts = new Attempts(options.reloadIntervalMs);
    this.template = new TemplateFile(options.templateFile, deps.files);
    this.faults = { apply: new Complaints(deps), start: new Complaints(deps), findings: new Complaints(deps) };
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { catalog, clock, informed, settled } = this.deps;
    const forget = catalog.onChange(() => this.bell.ring());
    ready(); // an HAProxy that cannot run must not keep this host out of the cluster
    await Promise.race([settled, aborted(signal)]);
    if (!signal.aborted) await this.guarded(this.faults.start, () => this.adopt());
    this.mayApply = this.supervisor.pids.length === 0;
    void informed.then(() => {
      this.mayApply = true;
      this.bell.ring();
    });
    while (!signal.aborted) {
      const template = await this.template.current();
      if (this.waitMs(template) <= 0) await this.guarded(this.faults.apply, () => this.apply(template, signal));
      await this.guarded(this.faults.start, () => this.look(signal));
      await this.bell.wait(clock, Math.min(LOOK_MS, Math.max(1, this.waitMs(template))), signal);
    }
    forget();
    if (this.options.stopOnExit) await this.stop();
  }

  status(): HaproxyStatus {
    const { appliedVersion, lastApply, reloads, lastReload, lastError, rejected, leftOut } = this;
    const { pids } = this.supervisor;
    return {
      running: pids.length > 0,
      pids,
      configPath: this.options.configFile,
      appliedVersion,
      lastApply,
      reloads,
      lastReload,
      lastError,
      rejected,
      leftOut,
    };
  }

  /**
   * Whether HAProxy serves the catalog as it is now. False for a moment after each change; whoever asks "was it ever ready?"
   * has to remember the answer. With a `reload_command` of the operator's own the process may be out of sight, and counts as
   * running.
   */
  caughtUp(): boolean {
    const visible = this.supervisor.pids.length > 0 || this.options.reloadCommand !== '';
    return visible && this.appliedVersion === this.deps.catalog.snapshot().contentVersion;
  }

  /** Takes over an HAProxy that an earlier agent left running, together with what it serves. */
  private async adopt(): Promise<void> {
    await this.process.discover();
    await this.supervisor.refresh();
    const { pids } = this.supervisor;
    await this.deployment.adopt(pids);
    if (pids.length > 0) this.deps.log.info('found a running HAProxy of ours', { pids });
  }

  /** Whatever the system refuses us, a file descriptor say, the agent goes on, says it, and tries again. */
  private async guarded(complaints: Complaints, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.attempts.ended('fault', this.deps.clock.now());
      this.report(complaints, { code: 'SYSTEM_REFUSED', reason: messageOf(error) });
    }
  }

  private versions({ revision }: LoadedTemplate): Versions {
    return { catalog: this.deps.catalog.snapshot().contentVersion, template: revision };
  }

  /** Milliseconds until there is something to apply; LOOK_MS when there is nothing. */
  private waitMs(template: LoadedTemplate): Millis {
    if (!this.mayApply) return LOOK_MS;
    return this.attempts.waitMs(this.versions(template), this.deps.clock.now()) ?? LOOK_MS;
  }

  private async apply(template: LoadedTemplate, signal: AbortSignal): Promise<void> {
    const { catalog, clock, log, wall } = this.deps;
    const snapshot = catalog.snapshot();
    const versions = this.versions(template);
    const reason = this.reasonFor(versions, this.attempts.begin(versions));
    const draft = await this.draft(snapshot, template);
    this.leftOut = draft.model.leftOut;
    const complaints = [...draft.model.leftOut, ...draft.model.remarks].map(complaintOf);
    this.faults.findings.state([...complaints, ...statsComplaint(draft, this.options.statsBind)]);
    const fault = draft.text.ok ? await this.load(draft.text.value, reason, signal) : draft.text.fault;
    if (fault && signal.aborted) {
      log.info('the agent ends before a change is applied', { code: fault.code });
      return;
    }
    this.rejected = fault?.code === 'CONFIG_REJECTED' ? fault.words : undefined;
    this.attempts.ended(fault ? 'fault' : asideKey(draft.setAside), clock.now());
    if (!fault) {
      this.appliedVersion = snapshot.contentVersion;
      this.lastApply = wall.nowNs();
    }
    this.report(this.faults.apply, fault);
    this.mention(template.notice);
  }

  private reasonFor(versions: Versions, before: Versions | undefined): string {
    if (this.supervisor.pids.length === 0) return 'HAProxy was not running';
    if (before && versions.template !== before.template) return 'template changed';
    return versions.catalog === before?.catalog ? 'tried again after a failure' : 'catalog changed';
  }

  /** What should be served. With a `reload_command` of the operator's own it is not for us to say where HAProxy can listen. */
  private async draft(snapshot: CatalogSnapshot, template: LoadedTemplate): Promise<Draft> {
    const { options, deps } = this;
    const render = (setAside: SetAside): Draft => draftOf(snapshot, template, options, setAside, deps);
    const holds = options.reloadCommand === '' ? await this.deployment.holds() : undefined;
    return holds ? bindableDraft(render, options, holds, deps.listening) : render(NOTHING_ASIDE);
  }

  private async load(text: string, reason: string, signal: AbortSignal): Promise<HaproxyFault | undefined> {
    if (this.deployment.isLoaded(text)) return undefined;
    this.attempts.reloading(this.deps.clock.now());
    const fault = await this.deployment.replace(text, signal);
    await this.supervisor.refresh();
    if (!fault) this.started(reason);
    return fault;
  }

  private async look(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const look = await this.supervisor.look(this.deployment.isStartable, signal);
    if (look.state === 'down') return;
    if (look.state === 'started') this.started('HAProxy was not running');
    const fault = look.state === 'failed' ? look.fault : undefined;
    if (fault?.code === 'START_FAILED') {
      this.deployment.distrust(); // whatever happened to the file, writing it anew is the cure that we have
      this.attempts.again(this.deps.clock.now());
    }
    this.report(this.faults.start, fault);
  }

  private async stop(): Promise<void> {
    try {
      await this.process.stop();
    } catch (error) {
      this.deps.log.warn('pid file or stats socket of the stopped HAProxy cannot be removed', { error });
    }
    await this.supervisor.refresh();
  }

  private started(reason: string): void {
    this.reloads += 1;
    this.lastReload = { time: this.deps.wall.nowNs(), reason };
    this.deps.log.info('HAProxy serves the configuration', { reason, pids: this.supervisor.pids });
  }

  private report(complaints: Complaints, fault: HaproxyFault | undefined): void {
    const stated: Complaint[] = [];
    if (fault) {
      const message = sentenceOf(fault, this.supervisor.pids.length > 0);
      this.lastError = { time: this.deps.wall.nowNs(), code: fault.code, message };
      stated.push({ code: fault.code, subject: '', message });
    }
    complaints.state(stated);
  }

  /** Worth one line, but no problem: nothing has to be done about it. */
  private mention(notice: string | undefined): void {
    if (notice !== undefined && notice !== this.mentioned) this.deps.log.warn(notice, { code: 'TEMPLATE_STOCK' });
    this.mentioned = notice;
  }
}
