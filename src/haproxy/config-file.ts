import { basename, dirname, join } from 'node:path';
import { errnoOf, messageOf } from '../lib/fault.js';
import type { Logger } from '../lib/logger.js';
import type { HaproxyFault } from './fault.js';
import type { Files } from './ports.js';

/** A bind-mounted file cannot be replaced by a rename, only written. */
const CANNOT_RENAME: ReadonlySet<string | undefined> = new Set(['EBUSY', 'EXDEV']);

/** `config_file` and the candidate beside it, which becomes it by one rename. */
export class ConfigFile {
  /** Always the same name: what a killed agent left behind is overwritten by the next. */
  readonly candidate: string;
  private warned = false;

  constructor(
    readonly path: string,
    private readonly deps: { readonly files: Files; readonly log: Logger },
  ) {
    this.candidate = join(dirname(path), `.${basename(path)}.candidate`);
  }

  /** Writes the candidate with the mode and owner of the file it may replace. */
  stage(text: string): Promise<HaproxyFault | undefined> {
    return this.writing(this.candidate, async () => {
      await this.deps.files.ensureWritableDirectory(dirname(this.path));
      await this.deps.files.write(this.candidate, text, this.path);
    });
  }

  /** Moves the candidate, which holds `text`, into place. */
  promote(text: string): Promise<HaproxyFault | undefined> {
    return this.writing(this.path, async () => {
      try {
        await this.deps.files.rename(this.candidate, this.path);
      } catch (error) {
        if (!CANNOT_RENAME.has(errnoOf(error))) throw error;
        if (!this.warned) {
          this.warned = true;
          this.deps.log.warn('config_file cannot be replaced by a rename, so it is overwritten in place', {
            path: this.path,
            error,
          });
        }
        await this.deps.files.write(this.path, text, this.path);
      }
    });
  }

  /** Puts an earlier text back. */
  async restore(text: string): Promise<HaproxyFault | undefined> {
    return (await this.stage(text)) ?? (await this.promote(text));
  }

  /** Removes the candidate, if there is one. */
  discard(): Promise<HaproxyFault | undefined> {
    return this.writing(this.candidate, () => this.deps.files.remove(this.candidate));
  }

  private async writing(path: string, act: () => Promise<void>): Promise<HaproxyFault | undefined> {
    try {
      await act();
      return undefined;
    } catch (error) {
      return { code: 'CONFIG_NOT_WRITABLE', path, reason: messageOf(error) };
    }
  }
}
