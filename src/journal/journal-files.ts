import { join } from 'node:path';
import { errnoOf, messageOf } from '../lib/fault.js';
import type { Logger } from '../lib/logger.js';
import { objectOf } from './entry.js';
import type { Deflate, Files, Turn } from './ports.js';
import { entriesText, headText, readSegment, type ReadSegment, type Segment } from './segment.js';

/** Of one segment: a snapshot and its events, some of them long. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const DIRECTORY_MODE = 0o700;
/** By its first id; the order of the names is that of the events. */
const NAME = /^(\d{16})\.log$/;
/**
 * Ids that a killed process may have given to events which never reached the disk: a large catalog comes at once, and a full disk
 * may have kept out some hours of events. They are not given again, so that nobody takes two events for one.
 */
const SKIPPED_IDS = 100_000;

/** What an earlier process wrote is complete. */
const NEVER_EXTENDED = Infinity;

/** What an earlier process left. */
export interface Before {
  /** Oldest first. */
  readonly segments: readonly Segment[];
  /** Greater than each id that was given; undefined when nothing tells which were. */
  readonly nextId: number | undefined;
}

/** What a segment's file holds that is surely on disk. */
interface Written {
  readonly events: number;
  readonly bytes: number;
}

/**
 * The journal's files, one for each segment: written at its end only, and removed with the segment. What could not be written comes
 * later, behind what is surely there, so that nothing which the disk has is ever at stake.
 */
export class JournalFiles {
  private readonly written = new Map<number, Written>();
  private readonly unwanted = new Set<number>();

  /** @param options.maxEvents of earlier processes; 0: none is kept, and none stays */
  constructor(
    private readonly options: {
      readonly directory: string;
      readonly cluster: string;
      readonly maxEvents: number;
      readonly maxBytes: number;
    },
    private readonly deps: {
      readonly files: Files;
      readonly deflate: Deflate;
      readonly turn: Turn;
      readonly log: Logger;
    },
  ) {}

  /**
   * What is there, the newest within the bounds. Damaged lines, and files that cannot be read, are passed over with one line in the
   * log; what another cluster left goes with the next write.
   *
   * @throws the system's error when the folder cannot be read
   */
  async read(): Promise<Before> {
    const { maxEvents, maxBytes, cluster } = this.options;
    const names = await this.names();
    const segments: Segment[] = [];
    let [events, bytes, damaged] = [0, 0, 0];
    let nextId: number | undefined;
    let follower: number | 'lost' | undefined;
    for (const [i, first] of names.entries()) {
      const isWanted = events < maxEvents && bytes < maxBytes;
      const read = isWanted ? await this.readOne(first) : undefined;
      if (i === 0) nextId = idAfter(first, read);
      if (!read || (read.cluster !== undefined && read.cluster !== cluster)) {
        this.unwanted.add(first);
        follower = 'lost';
        continue;
      }
      const { segment } = read;
      this.written.set(first, { events: segment.entries.length, bytes: NEVER_EXTENDED });
      damaged += read.damaged;
      events += segment.entries.length;
      bytes += segment.bytes;
      if (!isFollowedBy(segment.last, follower)) segment.breakOff();
      follower = segment.entries[0]?.id ?? 'lost';
      if (segment.entries.length > 0) segments.unshift(segment);
    }
    if (damaged > 0) this.deps.log.warn('the journal is damaged: its whole lines are used', { lines: damaged });
    return { segments, nextId };
  }

  /**
   * Brings the disk to what is in memory.
   *
   * @throws the system's error. Whatever could not be written comes with the next call.
   */
  async write(segments: readonly Segment[]): Promise<void> {
    const { deflate, files, turn } = this.deps;
    for (const { snapshot } of segments) await snapshot?.pack(deflate, turn); // also for memory's sake, whatever the disk does
    const wanted = new Set(segments.map(({ first }) => first));
    for (const first of [...this.written.keys(), ...this.unwanted]) {
      if (wanted.has(first)) continue;
      await files.remove(this.pathOf(first)); // before all else: it may be what fills the disk
      this.written.delete(first);
      this.unwanted.delete(first);
    }
    if (segments.length > 0) await files.ensureWritableDirectory(this.options.directory, DIRECTORY_MODE);
    for (const segment of segments) await this.writeOne(segment);
  }

  private async writeOne(segment: Segment): Promise<void> {
    const { files } = this.deps;
    const { entries, first } = segment;
    const known = this.written.get(first);
    const events = entries.length;
    if (known?.events === events) return;
    const path = this.pathOf(first);
    if (known) {
      const added = Buffer.from(entriesText(entries.slice(known.events)));
      const isThere = await files.extendPrivate(path, known.bytes, added);
      if (isThere) this.written.set(first, { events, bytes: known.bytes + added.length });
      else this.written.delete(first); // somebody took it away, or a part of it
      if (isThere) return;
    }
    const bytes = Buffer.from(headText(segment, this.options.cluster) + entriesText(entries.slice(0, events)));
    await files.writePrivate(path, bytes);
    await files.syncDirectory(this.options.directory);
    this.written.set(first, { events, bytes: bytes.length });
  }

  /** Newest first. */
  private async names(): Promise<readonly number[]> {
    let names: readonly string[];
    try {
      names = await this.deps.files.list(this.options.directory);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw error;
    }
    return names.flatMap((name) => Number(NAME.exec(name)?.[1] ?? [])).sort((a, b) => b - a);
  }

  private async readOne(first: number): Promise<ReadSegment | undefined> {
    const path = this.pathOf(first);
    try {
      const bytes = await this.deps.files.readBytes(path, MAX_FILE_BYTES);
      return bytes && readSegment(first, bytes);
    } catch (error) {
      this.deps.log.warn('a part of the journal cannot be read', { path, error: messageOf(error) });
      return undefined;
    }
  }

  private pathOf(first: number): string {
    return join(this.options.directory, `${String(first).padStart(16, '0')}.log`);
  }
}

/** @param next with which id what is known goes on; undefined: nothing does yet */
const isFollowedBy = (last: number, next: number | 'lost' | undefined): boolean =>
  next === undefined || next === last + 1 || next === last + 1 + SKIPPED_IDS;

/** @param read the newest file; undefined when it cannot be read */
function idAfter(first: number, read: ReadSegment | undefined): number {
  const last = Math.max(read?.segment.last ?? 0, first - 1);
  const { kind, what } = objectOf(read?.segment.entries.at(-1)?.text ?? '') ?? {};
  const isEnd = read?.damaged === 0 && kind === 'agent' && what === 'stopped';
  return last + 1 + (isEnd ? 0 : SKIPPED_IDS);
}
