import type { Millis } from '../lib/ports.js';
import type { Result } from '../lib/result.js';

/** The files this room needs. Everything rejects with the system's error unless said otherwise. */
export interface Files {
  /** The whole text, or undefined when there is no such file. Rejects for what is no regular file, or far too large. */
  read(path: string): Promise<string | undefined>;
  /** Differs whenever the content may have changed; undefined when there is no such file. */
  stamp(path: string): Promise<FileStamp | undefined>;
  /** Creates or overwrites `path` and waits for the disk. Mode and owner are those of `like` if it exists, else 0644 and ours. */
  write(path: string, text: string, like: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** A missing file is no error. */
  remove(path: string): Promise<void>;
  /** Creates a missing directory and its parents; rejects when we may not write in it. */
  ensureWritableDirectory(path: string): Promise<void>;
  /** Where the symbolic links at `path` lead in the end, be it to a missing file; `path` itself when it is no link. */
  follow(path: string): Promise<string>;
  /** Whether there is a file that we may write, in whatever directory. Never rejects. */
  isWritable(path: string): Promise<boolean>;
  /** Creates a new directory for temporary files that only we may enter, and tells its path. */
  makeTemporaryDirectory(prefix: string): Promise<string>;
  /** Removes a directory and all that is in it; a missing one is no error. */
  removeDirectory(path: string): Promise<void>;
}

export interface FileStamp {
  /** Wall time in milliseconds. */
  readonly modifiedMs: Millis;
  readonly size: number;
  readonly inode: number;
}

export interface ProcessInfo {
  /** Path of the program; undefined when the system does not tell. A replaced program has lost its ` (deleted)` mark. */
  readonly executable: string | undefined;
  /** The kernel's short name of it. */
  readonly name: string;
  /** Empty when the system does not tell. */
  readonly args: readonly string[];
  /** Wall time in milliseconds, to some 10 ms. */
  readonly startedMs: Millis;
  /** Who started it, and has not ended since. */
  readonly parent: number;
}

export interface Processes {
  readonly runsAsRoot: boolean;
  /** Most files a process started here may open; undefined when unlimited. */
  readonly fileLimit: number | undefined;
  /** Undefined when there is no such process, or only its zombie. Throws when the system cannot tell. */
  describe(pid: number): ProcessInfo | undefined;
  /** The TCP ports on which these processes listen; undefined when the system does not tell of one of them. */
  listeningPorts(pids: readonly number[]): ReadonlySet<number> | undefined;
  /** Whether a process is in this one's network namespace: only there can we try where it would listen. */
  sharesNetwork(pid: number): boolean;
  /** Processes whose short name this is. */
  named(name: string): readonly number[];
  /** A process that has just ended is no error. */
  signal(pid: number, signal: 'SIGUSR1' | 'SIGTERM' | 'SIGKILL'): void;
  /** The first of `directories`, after those of PATH, with an executable `name`: its path, or undefined. */
  findProgram(name: string, directories: readonly string[]): string | undefined;
}

/** Sends one line to a Unix socket and resolves with the answer until the other side closes, or the system's words. Never rejects. */
export type AskSocket = (
  path: string,
  line: string,
  limits: { readonly timeoutMs: Millis; readonly maxBytes: number },
) => Promise<Result<string, string>>;

/** A TCP address that a configuration makes HAProxy listen on. */
export interface Place {
  /** An IP address; `0.0.0.0` and `::` are all of their kind. */
  readonly address: string;
  readonly port: number;
  /** `::` without the IPv4 addresses. */
  readonly v6only: boolean;
}

/** Whether the running HAProxy listens on a place, or so near to it that nobody else can try. */
export type Holds = (place: Place) => boolean;

/** Why nobody can listen on a place now, in the system's code and words. */
export interface ListenRefusal {
  readonly errno: string;
  readonly words: string;
}

/** Where this host can listen. */
export interface Listening {
  /** The addresses of its interfaces. */
  addresses(): readonly string[];
  /** Listens on a place for a moment: undefined when that works, or when the failure says nothing about it. Never rejects. */
  tryListen(place: Place): Promise<ListenRefusal | undefined>;
}
