import { dirname } from 'node:path';
import { errnoOf, messageOf } from '../lib/fault.js';
import type { Logger } from '../lib/logger.js';
import type { Millis } from '../lib/ports.js';
import { ConfigFile } from './config-file.js';
import type { HaproxyFault } from './fault.js';
import { FileBehind } from './file-behind.js';
import type { HaproxyProcess, ProcessDeps } from './haproxy-process.js';
import type { HaproxyOptions } from './options.js';
import type { Config } from './plan/config.js';
import { parseConfig } from './plan/parse-config.js';
import type { ReloadReason } from './plan/plan.js';
import type { Holds } from './ports.js';
import type { ProxyMemory } from './proxy-memory.js';
import { ServerStates } from './server-states.js';
import { hasStatsSocket } from './stats-socket.js';
import { verifyCandidate } from './verify.js';

/** How much older than its configuration file a process can seem by the clocks' grain and still have read it. */
const CLOCK_GRAIN_MS: Millis = 50;

const NO_FILE_LEFT: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE']);

/** What HAProxy serves: the file it was started with, and what was changed through the Runtime API since. */
export interface Running {
  readonly text: string;
  readonly config: Config;
  /** False: its servers may be others, so they have to be compared before anything is concluded from this text. */
  readonly areServersKnown: boolean;
  /** It has HAProxy listen on `runtime_socket`. */
  readonly hasRuntimeApi: boolean;
}

/** Which configuration is in place: what the file on disk holds, and what HAProxy runs. */
export class Deployment {
  private readonly file: ConfigFile;
  private readonly behind: FileBehind;
  private readonly states: ServerStates;
  /** Undefined = unknown, or nothing that HAProxy should run. */
  private onDisk: string | undefined;
  private current: Running | undefined;
  private lastText: string | undefined;
  /** What the file is to hold: what we brought HAProxy to. What an agent before us loaded may be older than its file. */
  private owed: string | undefined;
  private reason: ReloadReason | undefined;
  private warned = false;

  /** @param deps.onFile is called when the file has caught up with what HAProxy runs, or cannot */
  constructor(
    private readonly options: HaproxyOptions,
    private readonly deps: ProcessDeps & {
      readonly log: Logger;
      readonly process: HaproxyProcess;
      readonly memory: ProxyMemory;
      readonly onFile: () => void;
    },
  ) {
    this.file = new ConfigFile(options.configFile, deps);
    this.states = new ServerStates(options, deps);
    this.behind = new FileBehind({
      clock: deps.clock,
      write: (text, signal) => this.putInPlace(text, signal),
      onEnded: deps.onFile,
    });
  }

  /** Whether there is a file that HAProxy can be started on. */
  get isStartable(): boolean {
    return this.onDisk !== undefined;
  }

  /** What HAProxy runs; undefined when unknown, or when it does not. */
  get running(): Running | undefined {
    return this.current;
  }

  /** The last text that it is known to have run: in doubt about its servers this still tells where it listens. */
  get listensBy(): string | undefined {
    return this.lastText;
  }

  /** What the file holds, as far as we wrote it. */
  get diskText(): string | undefined {
    return this.onDisk;
  }

  /** Where HAProxy finds which servers its checks found down; empty = nowhere. */
  get serverStateFile(): string {
    return this.states.path;
  }

  /** Why the file on disk is older than what HAProxy runs; undefined while it is not, or is just being written. */
  get fileFault(): HaproxyFault | undefined {
    return this.behind.fault;
  }

  /** What HAProxy said of a text that was written behind its back; undefined when it did not refuse it. */
  refusalOf(text: string): HaproxyFault | undefined {
    return this.behind.refusalOf(text);
  }

  /** Why what HAProxy runs is not known any more. */
  get doubt(): ReloadReason | undefined {
    return this.reason;
  }

  /** Whatever HAProxy runs, the next text is to be loaded. */
  distrust(reason: ReloadReason): void {
    this.doubtServers();
    this.reason = reason;
  }

  /** HAProxy's servers may be others than those it was brought to. */
  doubtServers(): void {
    this.current &&= { ...this.current, areServersKnown: false };
  }

  /** Takes over what an earlier agent left in place and running. */
  async adopt(): Promise<void> {
    const { files, log, process, memory } = this.deps;
    const { configFile } = this.options;
    await this.states.prepare();
    const serving = await process.serving();
    const known = serving && memory.textOf(serving);
    if (known !== undefined) this.runs(known, false);
    try {
      this.onDisk = await files.read(configFile);
      const written = (await files.stamp(configFile))?.modifiedMs;
      if (known !== undefined || this.onDisk === undefined || written === undefined || !serving) return;
      // A process older than the file runs something else: the agent before us ended between writing and reloading.
      if (serving.startedMs >= written - CLOCK_GRAIN_MS) this.runs(this.onDisk, false);
    } catch (error) {
      log.warn('config_file cannot be read, so it will be written anew', { path: configFile, error: messageOf(error) });
    }
  }

  /** Ports that the running HAProxy listens on; undefined when unknown. */
  holds(): Promise<Holds | undefined> {
    return this.deps.process.holds(this.lastText);
  }

  /** Whether HAProxy would load this text. */
  verify(text: string, signal: AbortSignal): Promise<HaproxyFault | undefined> {
    return this.behind.exclusively(async () => {
      const fault = (await this.file.stage(text)) ?? (await this.verifyStaged(signal));
      await this.discard();
      if (!fault) this.behind.accepted(text);
      return fault;
    });
  }

  /** HAProxy's servers were brought to this text through the Runtime API; the file follows. */
  changed(text: string, config: Config): void {
    this.current = this.runningBy(text, config, true);
    this.lastText = text;
    this.owed = text;
    if (text === this.onDisk) this.behind.superseded();
    this.keep();
  }

  /** HAProxy's servers are others, while the rest of what should be served waits for a reload: there is no file of that. */
  serversChanged(config: Config): void {
    if (this.current) this.current = { ...this.current, config, areServersKnown: true };
  }

  /** Has the file follow what HAProxy runs, and tries again what failed. */
  keep(): void {
    if (this.owed !== undefined && this.owed !== this.onDisk) this.behind.want(this.owed);
  }

  /** Waits until nothing is being written, at most `limitMs`. */
  settle(limitMs: Millis): Promise<void> {
    return this.behind.settle(limitMs);
  }

  /** Verify, move, reload; whatever fails, the file that HAProxy runs is in place afterwards, and no candidate is left. */
  replace(text: string, signal: AbortSignal): Promise<HaproxyFault | undefined> {
    return this.behind.exclusively(async () => {
      const before = this.onDisk;
      const refusal = await this.putInPlace(text, signal);
      if (refusal) return refusal;
      this.behind.superseded();
      await this.states.save(parseConfig(text, this.current?.config));
      const fault = await this.deps.process.reload(this.lastText, signal);
      if (!fault) await this.loaded(text);
      else if (before === undefined || before === text)
        this.onDisk = undefined; // nothing to go back to
      else await this.goBackTo(before);
      return fault;
    });
  }

  /** Starts HAProxy on the file when none runs; one that somebody altered is written anew before. */
  start(signal: AbortSignal): Promise<HaproxyFault | undefined> {
    return this.behind.exclusively(async () => {
      const fault = (await this.mend(signal)) ?? (await this.deps.process.start(signal));
      if (!fault && this.onDisk !== undefined) await this.loaded(this.onDisk);
      return fault;
    });
  }

  private async loaded(text: string): Promise<void> {
    this.runs(text, true);
    this.owed = text;
    const serving = await this.deps.process.serving();
    if (serving) this.deps.memory.loaded({ ...serving, text });
  }

  private runs(text: string, areServersKnown: boolean): void {
    this.reason = undefined;
    this.lastText = text;
    this.current = this.runningBy(text, parseConfig(text, this.current?.config), areServersKnown);
  }

  private runningBy(text: string, config: Config, areServersKnown: boolean): Running {
    return { text, config, areServersKnown, hasRuntimeApi: hasStatsSocket(config, this.options.runtimeSocket) };
  }

  private async goBackTo(text: string): Promise<void> {
    const fault = await this.file.restore(text);
    if (fault) this.deps.log.warn('the previous configuration could not be put back', { ...fault });
    else this.onDisk = text;
    await this.discard();
  }

  private async mend(signal: AbortSignal): Promise<HaproxyFault | undefined> {
    const { onDisk } = this;
    if (onDisk === undefined || (await this.read()) === onDisk) return undefined;
    if (!this.warned) {
      this.warned = true;
      const path = this.options.configFile;
      this.deps.log.warn('config_file was altered by somebody else, so it is written anew', { path });
    }
    return this.putInPlace(onDisk, signal);
  }

  private async read(): Promise<string | undefined> {
    try {
      return await this.deps.files.read(this.options.configFile);
    } catch (error) {
      if (NO_FILE_LEFT.has(errnoOf(error))) throw error; // which says nothing about the file
      return undefined; // whatever is there instead of our file, writing it tells more
    }
  }

  private async putInPlace(text: string, signal: AbortSignal): Promise<HaproxyFault | undefined> {
    const refusal =
      (await this.file.stage(text)) ??
      (await this.verifyStaged(signal)) ??
      (await this.prepareRunDirectories()) ??
      (await this.file.promote(text));
    if (!refusal) this.onDisk = text;
    await this.discard();
    return refusal;
  }

  private verifyStaged(signal: AbortSignal): Promise<HaproxyFault | undefined> {
    return verifyCandidate(this.file.candidate, this.options, this.deps, signal);
  }

  private async discard(): Promise<void> {
    const fault = await this.file.discard();
    if (fault) this.deps.log.warn('the candidate cannot be removed', { ...fault });
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
}
