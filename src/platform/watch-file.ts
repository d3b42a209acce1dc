import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { lstat, open, readlink, stat, type FileHandle } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';
import { errnoOf, messageOf } from '../lib/fault.js';
import { ok, refused } from '../lib/result.js';
import { sleep } from '../lib/sleep.js';
import type { FileFault, FileRead, WatchFile } from '../lib/watched-file.js';
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

/**
 * The real `WatchFile`. It watches directories, never the file itself: the one that holds it, and each one that holds a
 * symbolic link on the way to it. So replacement by rename, deletion and the link swaps of mounted config maps are seen.
 */
export const watchFile: WatchFile = (path, maxBytes, onRead) => {
  const watched = new WatchedFile(resolve(path), maxBytes, onRead);
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
  private watchedKey = '';
  private readonly stopping = new AbortController();
  private wake = (): void => undefined;

  constructor(
    private readonly path: string,
    private readonly maxBytes: number,
    private readonly onRead: (read: FileRead) => void,
  ) {}

  async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const change = new AbortController(); // before the look, so that what changes during it is looked at again
      this.wake = () => change.abort();
      await this.watchDirectories();
      await this.look();
      await sleep(systemClock, LOOK_AGAIN_MS, change.signal);
      await sleep(systemClock, this.watcher ? SETTLE_MS : UNWATCHED_LOOK_MS, signal);
    }
    await this.watcher?.close();
  }

  stop(): void {
    this.stopping.abort();
    this.wake();
  }

  /** Watches anew when one of the directories is another one than before. */
  private async watchDirectories(): Promise<void> {
    const directories = await directoriesOf(this.path);
    const key = [...directories].map(([directory, inode]) => `${directory} ${inode}`).join('\n');
    if (this.watcher && key === this.watchedKey) return;
    await this.watcher?.close();
    this.watchedKey = key;
    const watcher = watch([...directories.keys()], {
      depth: 0,
      ignoreInitial: true,
      ignored: (entry) => !directories.has(entry),
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
  }

  private async look(): Promise<void> {
    const read = await this.read();
    if (this.stopping.signal.aborted || read === undefined || sameRead(read, this.last)) return;
    this.last = read;
    this.onRead(read);
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
 * The directories where a change could put another file at `path`, with their inodes: that of each symbolic link on the way,
 * and that of the end, which is the first missing entry's when there is one.
 */
async function directoriesOf(path: string): Promise<ReadonlyMap<string, string>> {
  const directories = new Map<string, string>();
  const add = async (directory: string): Promise<void> => {
    const { dev, ino } = await stat(directory);
    directories.set(directory, `${dev} ${ino}`);
  };
  let walked: string = sep;
  let ahead = entriesOf(path);
  try {
    for (let links = 0; links <= MAX_LINKS;) {
      const [entry, ...rest] = ahead;
      if (entry === undefined) break;
      const next = join(walked, entry);
      const found = await lstat(next).catch(() => undefined); // the missing and the forbidden end the walk alike
      if (!found?.isDirectory() || rest.length === 0) await add(walked);
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
  return directories;
}

const entriesOf = (path: string): readonly string[] => path.split(sep).filter((entry) => entry !== '');

const fault = (code: FileFault['code'], message: string): FileRead => refused({ code, message });

function sameRead(a: FileRead, b: FileRead | undefined): boolean {
  if (a.ok) return b?.ok === true && a.value === b.value;
  return b?.ok === false && a.fault.message === b.fault.message;
}
