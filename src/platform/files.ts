import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, open, readdir, readlink, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { errnoOf } from '../lib/fault.js';

const DEFAULT_MODE = 0o644;
/** Far more than any template, configuration or pid file. */
const MAX_BYTES = 16 * 1024 * 1024;
/** As many symbolic links as Linux follows. */
const MAX_LINKS = 40;
/** Opening a FIFO would otherwise wait for its other end, for ever if need be. */
const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_TRUNC, O_NONBLOCK, O_NOFOLLOW, O_DIRECTORY } = constants;
/** What a file system answers that has no such thing as waiting for a directory: some network and user-space ones. */
const CANNOT_SYNC: ReadonlySet<string | undefined> = new Set(['EINVAL', 'ENOTSUP']);

/** Real files; each function rejects with the system's error unless its comment says otherwise. */
export const systemFiles = {
  /** The whole text, or undefined when there is no such file. Rejects for what is no regular file or exceeds 16 MiB. */
  read: async (path: string): Promise<string | undefined> =>
    (await orMissing(readRegular(path, MAX_BYTES)))?.toString('utf8'),

  /** All bytes, or undefined when there is no such file. Rejects for what is no regular file or exceeds `maxBytes`. */
  readBytes: (path: string, maxBytes: number): Promise<Uint8Array | undefined> =>
    orMissing(readRegular(path, maxBytes)),

  /** Differs whenever the content may have changed; undefined when there is no such file. */
  async stamp(path: string) {
    const found = await orMissing(stat(path));
    return found && { modifiedMs: found.mtimeMs, size: found.size, inode: found.ino };
  },

  /** Creates or overwrites `path` and waits for the disk. Mode and owner are those of `like` if it exists, else 0644 and ours. */
  async write(path: string, text: string, like: string): Promise<void> {
    const model = await orMissing(stat(like));
    const mode = (model?.mode ?? DEFAULT_MODE) & 0o7777;
    const file = await open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, mode);
    try {
      const facts = await file.stat();
      if (!facts.isFile()) throw notRegular(path);
      // The process's umask took bits away; a file that belongs to another user may be written, but not changed in mode.
      if ((facts.mode & 0o7777) !== mode) await file.chmod(mode);
      if (model && process.geteuid?.() === 0) await file.chown(model.uid, model.gid);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  },

  /** Creates or overwrites a file that only our user may read, and waits for the disk. A symbolic link is refused. */
  async writePrivate(path: string, bytes: Uint8Array): Promise<void> {
    const file = await open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_NOFOLLOW, 0o600);
    try {
      if (!(await file.stat()).isFile()) throw notRegular(path);
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  },

  /**
   * Puts bytes behind the first `from` bytes of a file, in the place of whatever is there, and waits for the disk. A symbolic link is
   * refused. @returns false, and nothing is done, when the file is missing or shorter
   */
  async extendPrivate(path: string, from: number, bytes: Uint8Array): Promise<boolean> {
    const file = await orMissing(open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOFOLLOW));
    if (!file) return false;
    try {
      const facts = await file.stat();
      if (!facts.isFile()) throw notRegular(path);
      if (facts.size < from) return false;
      if (facts.size > from) await file.truncate(from);
      await file.writeFile(bytes);
      await file.sync();
      return true;
    } finally {
      await file.close();
    }
  },

  rename,

  /** Waits until the disk holds what was created, renamed and removed in a directory, where the file system can tell. */
  async syncDirectory(path: string): Promise<void> {
    const directory = await open(path, O_RDONLY | O_DIRECTORY);
    try {
      await directory.sync();
    } catch (error) {
      if (!CANNOT_SYNC.has(errnoOf(error))) throw error;
    } finally {
      await directory.close();
    }
  },

  /** Names in a directory, in no order. */
  list: (path: string): Promise<readonly string[]> => readdir(path),

  /** A missing file is no error. */
  remove: (path: string): Promise<void> => rm(path, { force: true }),

  /** Creates a missing directory and its parents, with `mode` less the umask; rejects when we may not write in it. */
  async ensureWritableDirectory(path: string, mode = 0o777): Promise<void> {
    await mkdir(path, { recursive: true, mode });
    await access(path, constants.W_OK | constants.X_OK);
  },

  /** Where the symbolic links at `path` lead in the end, be it to a missing file; `path` itself when it is no link. */
  async follow(path: string): Promise<string> {
    let end = path;
    for (let links = 0; links <= MAX_LINKS; links += 1) {
      const next = await linkAt(end);
      if (next === undefined) return end;
      end = resolve(dirname(end), next);
    }
    throw Object.assign(new Error(`ELOOP: too many symbolic links, ${path}`), { code: 'ELOOP' });
  },

  /** Whether there is a file that we may write, in whatever directory. Never rejects. */
  isWritable: (path: string): Promise<boolean> =>
    access(path, constants.W_OK).then(
      () => true,
      () => false,
    ),

  /** Creates a new directory for temporary files that only we may enter. */
  makeTemporaryDirectory: (prefix: string): Promise<string> => mkdtemp(join(tmpdir(), prefix)),

  /** Removes a directory and all that is in it; a missing one is no error. */
  removeDirectory: (path: string): Promise<void> => rm(path, { recursive: true, force: true }),
};

async function readRegular(path: string, maxBytes: number): Promise<Buffer> {
  const file = await open(path, O_RDONLY | O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw notRegular(path);
    return await contentOf(file, path, maxBytes);
  } finally {
    await file.close();
  }
}

async function contentOf(file: FileHandle, path: string, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // The stream ends by itself one byte past the bound, also if the file grows while it is read.
  const stream = file.createReadStream({ end: maxBytes, autoClose: false });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
  }
  if (size > maxBytes) throw new Error(`${path} is larger than ${maxBytes} bytes`);
  return Buffer.concat(chunks);
}

async function linkAt(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (['EINVAL', 'ENOENT'].includes(errnoOf(error) ?? '')) return undefined; // no link; nothing there
    throw error;
  }
}

const notRegular = (path: string): Error => new Error(`${path} is not a regular file`);

async function orMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
