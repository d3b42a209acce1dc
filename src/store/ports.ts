/** The files this room needs. Everything rejects with the system's error unless said otherwise. */
export interface Files {
  /** All bytes, or undefined when there is no such file. Rejects for what is no regular file or exceeds `maxBytes`. */
  readBytes(path: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /** Creates or overwrites a file that only our user may read, and waits for the disk. */
  writePrivate(path: string, bytes: Uint8Array): Promise<void>;
  /** Replaces what is at `to`, in one step. */
  rename(from: string, to: string): Promise<void>;
  /** A missing file is no error. */
  remove(path: string): Promise<void>;
  /** Names in a directory, in no order. */
  list(directory: string): Promise<readonly string[]>;
  /** Creates a missing directory and its parents with `mode`; rejects when we may not write in it. */
  ensureWritableDirectory(path: string, mode: number): Promise<void>;
  /** Waits until the disk holds what was created, renamed and removed in a directory. */
  syncDirectory(path: string): Promise<void>;
}
