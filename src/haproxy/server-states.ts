import { basename, dirname, resolve } from 'node:path';
import { messageOf } from '../lib/fault.js';
import type { Logger } from '../lib/logger.js';
import type { Config } from './plan/config.js';
import type { AskSocket, Files } from './ports.js';
import { serverStateFile } from './server-state-file.js';

const LIMITS = { timeoutMs: 2_000, maxBytes: 8 * 1024 * 1024 };
const NOTHING: Config = { sections: [], byText: new Map() };

/** The file by which a new HAProxy learns from the one before which servers its checks found down. */
export class ServerStates {
  private readonly file: string;
  private isThere = false;

  constructor(
    private readonly options: { readonly configFile: string; readonly runtimeSocket: string },
    private readonly deps: { readonly files: Files; readonly askSocket: AskSocket; readonly log: Logger },
  ) {
    const { configFile } = options;
    // HAProxy may be started in another working directory than ours.
    const path = resolve(dirname(configFile), `.${basename(configFile)}.states`);
    this.file = options.runtimeSocket === '' ? '' : path;
  }

  /** Empty while there is no such file, and none could be made. */
  get path(): string {
    return this.isThere ? this.file : '';
  }

  /** Makes the file unless it is there: HAProxy warns of one that is missing. */
  async prepare(): Promise<void> {
    const { files, log } = this.deps;
    if (this.file === '') return;
    try {
      await files.ensureWritableDirectory(dirname(this.file));
      if ((await files.stamp(this.file)) === undefined) await this.write(serverStateFile('', NOTHING));
      this.isThere = true;
    } catch (error) {
      log.info('without a file beside config_file HAProxy checks every server anew after a reload', {
        path: this.file,
        reason: messageOf(error),
      });
    }
  }

  /** Has the next HAProxy begin with what the running one knows, as far as `next` has its servers checked. */
  async save(next: Config): Promise<void> {
    if (!this.isThere) return;
    const said = await this.deps.askSocket(this.options.runtimeSocket, 'show servers state', LIMITS);
    try {
      await this.write(serverStateFile(said.ok ? said.value : '', next));
    } catch (error) {
      this.deps.log.warn('the states of servers cannot be kept over a reload', { error });
    }
  }

  private write(text: string): Promise<void> {
    return this.deps.files.write(this.file, text, this.file);
  }
}
