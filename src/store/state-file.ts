import { join } from 'node:path';
import { errnoOf, messageOf } from '../lib/fault.js';
import type { Logger } from '../lib/logger.js';
import { ok, refused, type Result } from '../lib/result.js';
import type { Files } from './ports.js';
import { seal, unseal, type Kind, type SealFault } from './sealed.js';

/** Some ten times the catalog of 10,000 records. */
export const MAX_STATE_BYTES = 64 * 1024 * 1024;

/**
 * Takes in a text of this kind, written with `version`, wholly or not at all.
 *
 * @returns undefined when it was taken in, otherwise why it cannot be, to follow "it …"
 */
export type Restore = (text: string, version: number) => string | undefined;

/** Why one file gives no state. */
type StateFault =
  | SealFault
  | { readonly code: 'MISSING' }
  | { readonly code: 'UNREADABLE'; readonly reason: string }
  | { readonly code: 'REFUSED'; readonly reason: string };

/**
 * The state of one kind on disk, with the one before it:
 *
 *     catalog             the last state
 *     catalog.previous    the one before it; the last, when a writer was killed between its two renames
 *     catalog.<hex>.new   is being written, by one process; left behind by a killed one until the next one writes
 *     catalog.damaged     set aside for people to look at, one each (also of `.previous`)
 *     catalog.newer       set aside for the later program that wrote it
 *
 * A file is written under its `.new` name, synced and renamed, so a reader, the next start, or a second agent that shares the
 * directory by mistake, sees only whole states.
 */
export class StateFile {
  private readonly path: string;
  private readonly previous: string;
  private readonly next: string;
  private hasTidied = false;

  /** @param options.writer distinguishes this process from others in the same directory: 8 hexadecimal digits */
  constructor(
    private readonly options: { readonly directory: string; readonly writer: string; readonly kind: Kind },
    private readonly deps: { readonly files: Files; readonly log: Logger },
  ) {
    this.path = join(options.directory, options.kind.kind);
    this.previous = `${this.path}.previous`;
    this.next = `${this.path}.${options.writer}.new`;
  }

  /**
   * Restores the last state that is in order, if there is one. A file that is not is set aside with a line in the log, and the
   * one before it is tried. Never rejects.
   */
  async load(restore: Restore): Promise<void> {
    for (const path of [this.path, this.previous]) {
      const read = await this.read(path, restore);
      if (read.ok) {
        this.deps.log.info('state restored', { path, bytes: read.value });
        return;
      }
      if (read.fault.code !== 'MISSING') await this.setAside(path, read.fault);
    }
  }

  /**
   * Makes `text` the last state; when this resolves, the disk has it.
   *
   * @throws the system's error, or one that says that the state exceeds `MAX_STATE_BYTES`. The last state is still there, be it
   *   as the previous one, and the next call may succeed.
   */
  async replace(text: string): Promise<void> {
    const { directory, kind } = this.options;
    const { files } = this.deps;
    const bytes = seal(kind, text);
    if (bytes.length > MAX_STATE_BYTES) {
      throw new Error(`${this.path} would have ${bytes.length} bytes, more than the ${MAX_STATE_BYTES} it may have`);
    }
    await this.removeLeftovers();
    try {
      await files.writePrivate(this.next, bytes);
      await this.makePrevious();
      await files.rename(this.next, this.path);
    } catch (error) {
      await files.remove(this.next); // a disk that is full must not stay so because of us
      throw error;
    }
    await files.syncDirectory(directory);
  }

  private async makePrevious(): Promise<void> {
    try {
      await this.deps.files.rename(this.path, this.previous);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error; // the first state ever, or the last one was set aside
    }
  }

  /** What killed writers left, once: no other of our own files ends like this. */
  private async removeLeftovers(): Promise<void> {
    if (this.hasTidied) return;
    const { directory, kind } = this.options;
    const leftover = new RegExp(`^${kind.kind}\\.[0-9a-f]{8}\\.new$`);
    for (const name of await this.deps.files.list(directory)) {
      if (leftover.test(name)) await this.deps.files.remove(join(directory, name));
    }
    this.hasTidied = true;
  }

  /** @returns the size of the file whose text was taken in */
  private async read(path: string, restore: Restore): Promise<Result<number, StateFault>> {
    let bytes;
    try {
      bytes = await this.deps.files.readBytes(path, MAX_STATE_BYTES);
    } catch (error) {
      return refused({ code: 'UNREADABLE', reason: messageOf(error) });
    }
    if (!bytes) return refused({ code: 'MISSING' });
    const opened = unseal(this.options.kind, bytes);
    if (!opened.ok) return opened;
    const reason = this.taken(restore, opened.value.text, opened.value.version);
    return reason === undefined ? ok(bytes.length) : refused({ code: 'REFUSED', reason });
  }

  private taken(restore: Restore, text: string, version: number): string | undefined {
    try {
      return restore(text, version);
    } catch (error) {
      this.deps.log.error('a state could not be taken in', { path: this.path, error });
      return `could not be taken in: ${messageOf(error)}`;
    }
  }

  private async setAside(path: string, fault: Exclude<StateFault, { readonly code: 'MISSING' }>): Promise<void> {
    const { files, log } = this.deps;
    const aside = `${path}.${fault.code === 'NEWER' ? 'newer' : 'damaged'}`;
    const meanwhile =
      path === this.path ? 'the state before it is used, if there is one' : 'the agent starts without this state';
    let kept = `it is kept as ${aside}`;
    try {
      await files.rename(path, aside);
    } catch (error) {
      kept = `it cannot be set aside (${messageOf(error)})`;
    }
    log.warn(`${path} is ignored: it ${sentenceOf(fault)}; ${kept}, and ${meanwhile}`, { code: fault.code });
  }
}

function sentenceOf(fault: Exclude<StateFault, { readonly code: 'MISSING' }>): string {
  switch (fault.code) {
    case 'DAMAGED':
      return `is damaged, ${fault.what}`;
    case 'NEWER':
      return `was written by a later version of the program (${fault.part} ${fault.seen}, known is ${fault.known})`;
    case 'OTHER_KIND':
      return `holds a state of another kind, ${fault.seen}`;
    case 'UNREADABLE':
      return `cannot be read: ${fault.reason}`;
    case 'REFUSED':
      return fault.reason;
  }
}
