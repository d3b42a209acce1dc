import { constants } from 'node:fs';
import { access, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { errnoOf } from '../lib/fault.js';

const DEFAULT_MODE = 0o644;

/** Real files; each function rejects with the system's error unless its comment says otherwise. */
export const systemFiles = {
  /** The whole text, or undefined when there is no such file. */
  read: (path: string): Promise<string | undefined> => orMissing(readFile(path, 'utf8')),

  /** Differs whenever the content may have changed; undefined when there is no such file. */
  async stamp(path: string) {
    const found = await orMissing(stat(path));
    return found && { modifiedMs: found.mtimeMs, size: found.size, inode: found.ino };
  },

  /** Creates or overwrites `path` and waits for the disk. Mode and owner are those of `like` if it exists, else 0644 and ours. */
  async write(path: string, text: string, like: string): Promise<void> {
    const model = await orMissing(stat(like));
    const mode = (model?.mode ?? DEFAULT_MODE) & 0o7777;
    const file = await open(path, 'w', mode);
    try {
      await file.chmod(mode); // the process's umask took bits away
      if (model && process.geteuid?.() === 0) await file.chown(model.uid, model.gid);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  },

  rename,

  /** A missing file is no error. */
  remove: (path: string): Promise<void> => rm(path, { force: true }),

  /** Creates a missing directory and its parents; rejects when we may not write in it. */
  async ensureWritableDirectory(path: string): Promise<void> {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK | constants.X_OK);
  },
};

async function orMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
