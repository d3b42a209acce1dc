import { basename, dirname, join } from 'node:path';
import { errnoOf, messageOf } from '../lib/fault.js';
import type { Logger } from '../lib/logger.js';
import type { HaproxyFault } from './fault.js';
import type { Files } from './ports.js';

/** A bind-mounted file cannot be replaced by a rename, only written. */
const CANNOT_RENAME: ReadonlySet<string | undefined> = new Set(['EBUSY', 'EXDEV']);
/** A directory where we may not create a file may still hold one that we may write. */
const CANNOT_CREATE: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** `config_file` and the candidate beside it, which becomes it by one rename. */
export class ConfigFile {
  /** What `path` stands for: a symbolic link at `config_file` stays one, and the file behind it is replaced. */
  private target: string;
  /** Where the candidate is while there is no room for it beside the target. */
  private temporary: string | undefined;
  private warned = false;

  constructor(
    readonly path: string,
    private readonly deps: { readonly files: Files; readonly log: Logger },
  ) {
    this.target = path;
  }

  /** Beside its target always of the same name: what a killed agent left behind is overwritten by the next. */
  get candidate(): string {
    return join(this.temporary ?? dirname(this.target), `.${basename(this.target)}.candidate`);
  }

  /** Writes the candidate with the mode and owner of the file it may replace. */
  async stage(text: string): Promise<HaproxyFault | undefined> {
    const { files } = this.deps;
    return this.writing(async () => {
      this.target = await files.follow(this.path);
      try {
        await files.ensureWritableDirectory(dirname(this.target));
      } catch (error) {
        if (!CANNOT_CREATE.has(errnoOf(error)) || !(await files.isWritable(this.target))) throw error;
        this.temporary ??= await files.makeTemporaryDirectory('sidecar-candidate-');
      }
      await files.write(this.candidate, text, this.target);
    });
  }

  /** Moves the candidate, which holds `text`, into place. */
  promote(text: string): Promise<HaproxyFault | undefined> {
    const { files } = this.deps;
    return this.writing(async () => {
      if (this.temporary !== undefined) return this.overwrite(text, 'no file may be created in its directory');
      try {
        await files.rename(this.candidate, this.target);
      } catch (error) {
        if (!CANNOT_RENAME.has(errnoOf(error))) throw error;
        await this.overwrite(text, messageOf(error));
      }
    }, this.path);
  }

  /** Puts an earlier text back. */
  async restore(text: string): Promise<HaproxyFault | undefined> {
    return (await this.stage(text)) ?? (await this.promote(text));
  }

  /** Removes the candidate, if there is one. */
  discard(): Promise<HaproxyFault | undefined> {
    return this.writing(async () => {
      const { temporary } = this;
      if (temporary === undefined) return this.deps.files.remove(this.candidate);
      await this.deps.files.removeDirectory(temporary);
      this.temporary = undefined;
    });
  }

  private async overwrite(text: string, reason: string): Promise<void> {
    if (!this.warned) {
      this.warned = true;
      const { path } = this;
      this.deps.log.warn('config_file cannot be replaced by a rename, so it is overwritten in place', { path, reason });
    }
    await this.deps.files.write(this.target, text, this.target);
  }

  private async writing(act: () => Promise<void>, path?: string): Promise<HaproxyFault | undefined> {
    try {
      await act();
      return undefined;
    } catch (error) {
      return { code: 'CONFIG_NOT_WRITABLE', path: path ?? this.candidate, reason: messageOf(error) };
    }
  }
}
