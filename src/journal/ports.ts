/** Packs a text (RFC 1951), beside all else that goes on. */
export type Deflate = (text: string) => Promise<Buffer>;

/** Resolves when all else that waited, gossip first, had its turn. */
export type Turn = () => Promise<void>;

/** The files this room needs. Everything rejects with the system's error. */
export interface Files {
  /** All bytes, or undefined when there is no such file. Rejects for what is no regular file or exceeds `maxBytes`. */
  readBytes(path: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /** Creates or overwrites a file that only our user may read, and waits for the disk. */
  writePrivate(path: string, bytes: Uint8Array): Promise<void>;
  /**
   * Puts bytes behind the first `from` bytes of a file, in the place of whatever is there, and waits for the disk.
   *
   * @returns false, and nothing is done, when the file is missing or shorter
   */
  extendPrivate(path: string, from: number, bytes: Uint8Array): Promise<boolean>;
  /** Waits until the disk holds what was created and removed in a directory. */
  syncDirectory(path: string): Promise<void>;
  /** A missing file is no error. */
  remove(path: string): Promise<void>;
  /** Names in a directory, in no order. */
  list(directory: string): Promise<readonly string[]>;
  /** Creates a missing directory and its parents with `mode`; rejects when we may not write in it. */
  ensureWritableDirectory(path: string, mode: number): Promise<void>;
}
