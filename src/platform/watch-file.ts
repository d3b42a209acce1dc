import { isUtf8 } from 'node:buffer';
import { constants, watch as watchNode, type FSWatcher as EntryWatcher } from 'node:fs';
import { lstat, open, readlink, stat, type FileHandle } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';
import { errnoOf, messageOf } from '../lib/fault.js';
import { ok, refused } from '../lib/result.js';
import { sleep } from '../lib/sleep.js';
import type { FileFault, FileRead, FileWatcher, WatchFile } from '../lib/watched-file.js';
import { systemClock } from './clock.js';

/** A save is several events: one look answers those that come within this time. */
const SETTLE_MS = 30;
/** Heals what the kernel's events missed: a network file system, for one. */
const LOOK_AGAIN_MS = 30_000;
/** The same while the kernel refuses to watch (its limit of watches is reached). */
const UNWATCHED_LOOK_MS = 1_000;
/** A file that changed less than this before it was read may change again without its times showing it. */
const RACY_MS = 1_000;
/** As many symbolic links as Linux follows. */
const MAX_LINKS = 40;

/** How many directories above are watched, the nearest first; a change further up is seen by the next look. */
const MAX_ABOVE = 16;

/**
 * The real `WatchFile`. It watches directories, never the file itself: the one that holds it, each one that holds a symbolic
 * link on the way to it, and those above them. So replacement by rename, deletion and the link swaps of mounted config maps
 * are seen, at whatever level they happen.
 */
export const watchFile: WatchFile = (path, maxBytes, watcher) => {
  const watched = new WatchedFile(resolve(path), maxBytes, watcher);
  const ended = watched.run();
  return () => {
    watched.stop();
    return ended;
  };
};

class WatchedFile {
  private last: FileRead | undefined;
  /** What the inode said when the file was read; undefined when a look must read. */
  private lastStamp: string | undefined;
  private watcher: FSWatcher | undefined;
  private above: readonly EntryWatcher[] = [];
  private watchedKey = '';
  private readonly stopping = new AbortController();
  private wake = (): void => undefined;

  constructor(
    private readonly path: string,
    private readonly maxBytes: number,
    private readonly told: FileWatcher,
  ) {}

  async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const change = new AbortController(); // before the look, so that what changes during it is looked at again
      this.wake = () => change.abort();
      try {
        await this.watchDirectories();
        await this.look();
      } catch (error) {
        this.told.onError(error);
      }
      await sleep(systemClock, LOOK_AGAIN_MS, change.signal);
      await sleep(systemClock, this.watcher ? SETTLE_MS : UNWATCHED_LOOK_MS, signal);
    }
    await this.unwatch();
  }

  stop(): void {
    this.stopping.abort();
    this.wake();
  }

  /** Watches anew when one of the directories is another one than before. */
  private async watchDirectories(): Promise<void> {
    const { holders, above } = await directoriesOf(this.path);
    const key = JSON.stringify([...holders, ...above]);
    if (this.watcher && key === this.watchedKey) return;
    await this.unwatch();
    this.watchedKey = key;
    const watcher = watch([...holders.keys()], {
      depth: 0,
      ignoreInitial: true,
      ignored: (entry) => !holders.has(entry),
    });
    this.watcher = watcher
      .on('ready', () => this.wake())
      .on('raw', () => this.wake())
      .on('error', () => {
        // The kernel has no watch to spare: a look each second takes its place, and tries again.
        if (this.watcher === watcher) this.watcher = undefined;
        void watcher.close();
        this.wake();
      });
    this.above = [...above].flatMap(([directory, { entry }]) => watchEntry(directory, entry, () => this.wake()) ?? []);
  }

  private async unwatch(): Promise<void> {
    for (const watcher of this.above) watcher.close();
    this.above = [];
    await this.watcher?.close();
  }

  private async look(): Promise<void> {
    const read = await this.read();
    if (this.stopping.signal.aborted || read === undefined || sameRead(read, this.last)) return;
    this.told.onRead(read);
    this.last = read; // after it: what was not taken in is handed over again when the file is touched
  }

  /** @returns undefined when the file is surely the one read before */
  private async read(): Promise<FileRead | undefined> {
    let file: FileHandle | undefined;
    try {
      file = await open(this.path, constants.O_RDONLY | constants.O_NONBLOCK); // a FIFO would block for ever
      const facts = await file.stat({ bigint: true });
      const stamp = `${facts.dev} ${facts.ino} ${facts.size} ${facts.mtimeNs} ${facts.ctimeNs}`;
      if (stamp === this.lastStamp) return undefined;
      this.lastStamp = Date.now() - Number(facts.ctimeMs) > RACY_MS ? stamp : undefined;
      if (!facts.isFile()) return fault('FILE_NOT_REGULAR', `${this.path} is not a regular file`);
      return await this.content(file);
    } catch (error) {
      this.lastStamp = undefined;
      const missing = ['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '');
      return missing
        ? fault('FILE_MISSING', `${this.path} does not exist`)
        : fault('FILE_UNREADABLE', `${this.path} cannot be read: ${messageOf(error)}`);
    } finally {
      await file?.close();
    }
  }

  private async content(file: FileHandle): Promise<FileRead> {
    const chunks: Buffer[] = [];
    let size = 0;
    // The stream ends by itself one byte past the bound, also if the file grows while it is read.
    const stream = file.createReadStream({ end: this.maxBytes, autoClose: false });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
    }
    if (size > this.maxBytes) return fault('FILE_TOO_LARGE', `${this.path} is larger than ${this.maxBytes} bytes`);
    const bytes = Buffer.concat(chunks);
    if (!isUtf8(bytes)) return fault('FILE_NOT_UTF8', `${this.path} is not UTF-8 text`);
    return ok(new TextDecoder().decode(bytes)); // without a byte order mark
  }
}

/**
 * Wakes when `entry` of a directory comes, goes or is another one. This is for the directories above, which may be large and
 * busy with other things: the kernel names the entry that changed, and nothing is listed.
 *
 * @returns undefined for a directory that cannot be watched, as one without the right to list it: the next look heals it
 */
function watchEntry(directory: string, entry: string, wake: () => void): EntryWatcher | undefined {
  try {
    const watcher = watchNode(directory, (event, name) => {
      if (event === 'rename' && (name === null || name === entry)) wake();
    });
    return watcher.on('error', () => watcher.close());
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}

interface Directories {
  /** With their inodes: where the file is or should come, and where each symbolic link on the way to it is. */
  readonly holders: ReadonlyMap<string, string>;
  /** The directories that only lead there, with the entry that goes on. */
  readonly above: ReadonlyMap<string, { readonly inode: string; readonly entry: string }>;
}

/** The directories where a change could put another file at `path`. */
async function directoriesOf(path: string): Promise<Directories> {
  const holders = new Map<string, string>();
  const above = new Map<string, { inode: string; entry: string }>();
  const inodeOf = async (directory: string): Promise<string> => {
    const { dev, ino } = await stat(directory);
    return `${dev} ${ino}`;
  };
  let walked: string = sep;
  let ahead = entriesOf(path);
  try {
    for (let links = 0; links <= MAX_LINKS;) {
      const [entry, ...rest] = ahead;
      if (entry === undefined) break;
      const next = join(walked, entry);
      const found = await lstat(next).catch(() => undefined); // the missing and the forbidden end the walk alike
      const inode = await inodeOf(walked);
      if (found?.isDirectory() && rest.length > 0) above.set(walked, { inode, entry });
      else holders.set(walked, inode);
      if (found?.isDirectory()) {
        walked = next;
        ahead = rest;
      } else if (found?.isSymbolicLink()) {
        links += 1;
        ahead = [...entriesOf(resolve(walked, await readlink(next))), ...rest];
        walked = sep;
      } else break;
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error; // else it changed under our feet: the next look walks again
  }
  const nearest = [...above].filter(([directory]) => !holders.has(directory)).slice(-MAX_ABOVE);
  return { holders, above: new Map(nearest) };
}

const entriesOf = (path: string): readonly string[] => path.split(sep).filter((entry) => entry !== '');

const fault = (code: FileFault['code'], message: string): FileRead => refused({ code, message });

function sameRead(a: FileRead, b: FileRead | undefined): boolean {
  if (a.ok) return b?.ok === true && a.value === b.value;
  return b?.ok === false && a.fault.message === b.fault.message;
}
