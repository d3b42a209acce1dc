import { dirname, join } from 'node:path';
import type { CatalogReader, CatalogSnapshot } from '../catalog/reader.js';
import { messageOf } from '../lib/fault.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Millis, WallClock } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { aborted } from '../lib/sleep.js';
import type { Timestamp } from '../service/timestamp.js';
import { ConfigFile } from './config-file.js';
import { Doorbell } from './doorbell.js';
import { sentenceOf, type HaproxyFault } from './fault.js';
import { HaproxyProcess, type ProcessDeps } from './haproxy-process.js';
import { backoffMs, holdDownMs } from './hold-down.js';
import { buildModel, type Finding } from './model.js';
import { renderOptionsOf, type HaproxyOptions } from './options.js';
import { complaintOf, Complaints, ROOM, type Complaint } from './problems.js';
import { renderConfig } from './render.js';
import type { HaproxyStatus } from './status.js';
import { Supervisor } from './supervisor.js';
import { TemplateFile, type LoadedTemplate } from './template-file.js';
import { verifyCandidate } from './verify.js';

export interface HaproxyDeps extends ProcessDeps {
  readonly catalog: CatalogReader;
  /** The first configuration waits for this: discovery has listed and checked what runs here, or the grace has passed. */
  readonly settled: Promise<void>;
  readonly wall: WallClock;
  readonly log: Logger;
  readonly problems: ProblemBoard;
}

const LOOK_MS = 500;
/** A process can be this much older than its configuration file by the clocks' grain and still have read it. */
const CLOCK_GRAIN_MS = 1_000;

/** Keeps HAProxy running on what the catalog says. One thing is done at a time: look, render, verify, move, reload, start. */
export class HaproxyManager implements Component {
  readonly name = ROOM;
  private readonly bell = new Doorbell();
  private readonly file: ConfigFile;
  private readonly process: HaproxyProcess;
  private readonly supervisor: Supervisor;
  private readonly template: TemplateFile;
  private readonly faults: { readonly apply: Complaints; readonly start: Complaints; readonly findings: Complaints };

  /** What the file on disk holds, and what HAProxy was started with: they differ only between a move and its reload. */
  private onDisk: string | undefined;
  private loaded: string | undefined;

  private triedVersion: number | undefined;
  private triedTemplate: number | undefined;
  private lastAttemptMs: Millis | undefined;
  private failures = 0;
  private retryMs: Millis | undefined;

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
    this.file = new ConfigFile(options.configFile, deps);
    this.process = new HaproxyProcess(this.options, deps);
    this.supervisor = new Supervisor(options.supervise, { ...deps, process: this.process });
    this.template = new TemplateFile(options.templateFile, deps.files);
    this.faults = { apply: new Complaints(deps), start: new Complaints(deps), findings: new Complaints(deps) };
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { catalog, clock, settled } = this.deps;
    const forget = catalog.onChange(() => this.bell.ring());
    ready(); // an HAProxy that cannot run must not keep this host out of the cluster
    await Promise.race([settled, aborted(signal)]);
    if (!signal.aborted) await this.adopt();
    while (!signal.aborted) {
      const template = await this.template.current();
      if (this.waitMs(template) <= 0) await this.apply(template);
      await this.look();
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
    const { files, log } = this.deps;
    const { configFile } = this.options;
    await this.process.discover();
    await this.supervisor.refresh();
    const { pids } = this.supervisor;
    try {
      this.onDisk = await files.read(configFile);
      const written = (await files.stamp(configFile))?.modifiedMs;
      const started = this.process.startedMs(pids);
      // A process older than the file runs something else: the agent before us ended between writing and reloading.
      if (written !== undefined && started !== undefined && started >= written - CLOCK_GRAIN_MS)
        this.loaded = this.onDisk;
    } catch (error) {
      log.warn('config_file cannot be read, so it will be written anew', { path: configFile, error: messageOf(error) });
    }
    if (pids.length > 0) log.info('found a running HAProxy of ours', { pids });
  }

  /** Milliseconds until there is something to apply; LOOK_MS or more when there is nothing. */
  private waitMs({ revision }: LoadedTemplate): Millis {
    const now = this.deps.clock.now();
    const changed =
      this.deps.catalog.snapshot().contentVersion !== this.triedVersion || revision !== this.triedTemplate;
    if (changed) return holdDownMs(this.lastAttemptMs, this.options.reloadIntervalMs, now);
    return this.retryMs === undefined ? LOOK_MS : this.retryMs - now;
  }

  private async apply(template: LoadedTemplate): Promise<void> {
    const snapshot = this.deps.catalog.snapshot();
    const reason = this.reasonFor(snapshot, template);
    this.triedVersion = snapshot.contentVersion;
    this.triedTemplate = template.revision;
    const fault = await this.applySnapshot(snapshot, template, reason);
    this.rejected = fault?.code === 'CONFIG_REJECTED' ? fault.words : undefined;
    if (fault) {
      this.failures += 1;
      this.retryMs = this.deps.clock.now() + backoffMs(this.failures);
    } else {
      this.failures = 0;
      this.retryMs = undefined;
      this.appliedVersion = snapshot.contentVersion;
      this.lastApply = this.deps.wall.nowNs();
    }
    this.report(this.faults.apply, fault);
    this.mention(template.notice);
  }

  private reasonFor(snapshot: CatalogSnapshot, template: LoadedTemplate): string {
    if (this.supervisor.pids.length === 0) return 'HAProxy was not running';
    if (this.triedTemplate !== undefined && template.revision !== this.triedTemplate) return 'template changed';
    return snapshot.contentVersion === this.triedVersion ? 'tried again after a failure' : 'catalog changed';
  }

  private async applySnapshot(
    snapshot: CatalogSnapshot,
    { template }: LoadedTemplate,
    reason: string,
  ): Promise<HaproxyFault | undefined> {
    const model = buildModel(snapshot, this.options);
    this.leftOut = model.leftOut;
    this.faults.findings.state([...model.leftOut, ...model.remarks].map(complaintOf));
    if (!template.ok) return template.fault;
    const rendered = renderConfig(
      template.value,
      model,
      renderOptionsOf(this.options, this.deps.processes),
      snapshot.lastChanged,
    );
    if (!rendered.ok) return rendered.fault;
    if (rendered.value === this.loaded) return undefined;
    this.lastAttemptMs = this.deps.clock.now();
    const fault = await this.replace(rendered.value, reason);
    await this.file.discard();
    return fault;
  }

  /** Verify, move, reload; whatever fails, the file that HAProxy runs is in place afterwards. */
  private async replace(text: string, reason: string): Promise<HaproxyFault | undefined> {
    const before = this.onDisk;
    const refusal =
      (await this.file.stage(text)) ??
      (await verifyCandidate(this.file.candidate, this.options, this.deps)) ??
      (await this.prepareRunDirectories()) ??
      (await this.file.promote(text));
    if (refusal) return refusal;
    this.onDisk = text;
    const fault = await this.process.reload(this.loaded);
    await this.supervisor.refresh();
    if (!fault) {
      this.loaded = text;
      this.started(reason);
      return undefined;
    }
    if (before === undefined || before === text) {
      this.onDisk = undefined; // a file that HAProxy cannot start on is nothing to go back to
    } else if (!(await this.file.restore(before))) {
      this.onDisk = before;
    }
    return fault;
  }

  /** Where the built-in reload puts its pid file and stats socket; with a custom command that is the operator's affair. */
  private async prepareRunDirectories(): Promise<HaproxyFault | undefined> {
    const { pidFile, runtimeSocket, reloadCommand } = this.options;
    if (reloadCommand !== '') return undefined;
    for (const path of [pidFile, runtimeSocket].filter((each) => each !== '').map((each) => dirname(each))) {
      try {
        await this.deps.files.ensureWritableDirectory(path);
      } catch (error) {
        return { code: 'CONFIG_NOT_WRITABLE', path, reason: messageOf(error) };
      }
    }
    return undefined;
  }

  private async look(): Promise<void> {
    const look = await this.supervisor.look(this.onDisk !== undefined);
    if (look.state === 'down') return;
    if (look.state === 'started') {
      this.loaded = this.onDisk;
      this.started('HAProxy was not running');
    }
    const fault = look.state === 'failed' ? look.fault : undefined;
    if (fault?.code === 'START_FAILED') {
      this.loaded = undefined; // whatever happened to the file, writing it anew is the cure that we have
      this.retryMs ??= this.deps.clock.now();
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
      const message = sentenceOf(fault);
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
