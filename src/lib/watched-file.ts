import type { Result } from './result.js';

/** Why a file could not be read, with a sentence that names the path. */
export interface FileFault {
  readonly code: 'FILE_MISSING' | 'FILE_UNREADABLE' | 'FILE_NOT_REGULAR' | 'FILE_TOO_LARGE' | 'FILE_NOT_UTF8';
  readonly message: string;
}

export type FileRead = Result<string, FileFault>;

/**
 * Reads a text file now and whenever it changes, until closed. `onRead` is called once for the first read, good or not, and
 * then only for a result that differs from the one before; never after close resolved.
 *
 * @returns close, which ends everything it holds
 */
export type WatchFile = (path: string, maxBytes: number, onRead: (read: FileRead) => void) => () => Promise<void>;
