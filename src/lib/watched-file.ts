import type { Result } from './result.js';

/** Why a file could not be read, with a sentence that names the path. */
export interface FileFault {
  readonly code: 'FILE_MISSING' | 'FILE_UNREADABLE' | 'FILE_NOT_REGULAR' | 'FILE_TOO_LARGE' | 'FILE_NOT_UTF8';
  readonly message: string;
}

export type FileRead = Result<string, FileFault>;

export interface FileWatcher {
  /** Called once for the first read, good or not, and then only for a result that differs from the one before. */
  readonly onRead: (read: FileRead) => void;
  /** Told what `onRead` threw, or what kept the watch itself from working; the watch goes on. Must not throw. */
  readonly onError: (error: unknown) => void;
}

/**
 * Reads a text file now and whenever it changes, until closed; calls nobody after close resolved.
 *
 * @returns close, which ends everything it holds
 */
export type WatchFile = (path: string, maxBytes: number, watcher: FileWatcher) => () => Promise<void>;
