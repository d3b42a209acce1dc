import { dirname } from 'node:path';
import { errnoOf, messageOf } from '../lib/fault.js';
import type { Logger } from '../lib/logger.js';
import type { Millis } from '../lib/ports.js';
import { ConfigFile } from './config-file.js';
import type { HaproxyFault } from './fault.js';
import type { HaproxyProcess, ProcessDeps } from './haproxy-process.js';
import type { HaproxyOptions } from './options.js';
import type { Holds } from './ports.js';
import { verifyCandidate } from './verify.js';

/** How much older than its configuration file a process can seem by the clocks' grain and still have read it. */
const CLOCK_GRAIN_MS: Millis = 50;

const NO_FILE_LEFT: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE']);

/** Which configuration is in place: what the file on disk holds, and what HAProxy was started with. */
export class Deployment {
  private readonly file: ConfigFile;
  /** The two differ only between a move and its reload. Undefined = unknown, or nothing that HAProxy should run. */
  private onDisk: string | undefined;
  private loaded: string | undefined;
  private warned = false;

  constructor(
    private readonly options: HaproxyOptions,
    private readonly deps: ProcessDeps & { readonly log: Logger; readonly process: HaproxyProcess },
  ) {
    this.file = new ConfigFile(options.configFile, deps);
  }

  /** Whether there is a file that HAProxy can be started on. */
  get isStartable(): boolean {
    return this.onDisk !== undefined;
  }

  isLoaded(text: string): boolean {
    return text === this.loaded;
  }

  /** Whatever HAProxy runs, the next text is to be loaded. */
  distrust(): void {
    this.loaded = undefined;
  }

  /** Takes over what an earlier agent left in place and running. */
  async adopt(pids: readonly number[]): Promise<void> {
    const { files, log, process } = this.deps;
    const { configFile } = this.options;
    try {
      this.onDisk = await files.read(configFile);
      const written = (await files.stamp(configFile))?.modifiedMs;
      const started = process.startedMs(pids);
      // A process older than the file runs something else: the agent before us ended between writing and reloading.
      if (written !== undefined && started !== undefined && started >= written - CLOCK_GRAIN_MS)
        this.loaded = this.onDisk;
    } catch (error) {
      log.warn('config_file cannot be read, so it will be written anew', { path: configFile, error: messageOf(error) });
    }
  }

  /** Ports that the running HAProxy listens on; undefined when unknown. */
  holds(): Promise<Holds | undefined> {
    return this.deps.process.holds(this.loaded);
  }

  /** Verify, move, reload; whatever fails, the file that HAProxy runs is in place afterwards, and no candidate is left. */
  async replace(text: string, signal: AbortSignal): Promise<HaproxyFault | undefined> {
    const before = this.onDisk;
    const refusal = await this.putInPlace(text, signal);
    if (refusal) return refusal;
    const fault = await this.deps.process.reload(this.loaded, signal);
    if (!fault) this.loaded = text;
    else if (before === undefined || before === text)
      this.onDisk = undefined; // nothing to go back to
    else await this.goBackTo(before);
    return fault;
  }

  /** Starts HAProxy on the file when none runs; one that somebody altered is written anew before. */
  async start(signal: AbortSignal): Promise<HaproxyFault | undefined> {
    const fault = (await this.mend(signal)) ?? (await this.deps.process.start(signal));
    if (!fault) this.loaded = this.onDisk;
    return fault;
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
      (await verifyCandidate(this.file.candidate, this.options, this.deps, signal)) ??
      (await this.prepareRunDirectories()) ??
      (await this.file.promote(text));
    if (!refusal) this.onDisk = text;
    await this.discard();
    return refusal;
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
