import { entryLine, isId, objectOf, readEntry, type Entry } from './entry.js';
import { patchBytes } from './line-patch.js';
import { framed, unframed } from './frame.js';
import { Snapshot } from './snapshot.js';

/** Of the file's form. */
const VERSION = 1;
/** An event costs about so much beyond its text. */
const ENTRY_BYTES = 200;

/** A part of the journal that is read by itself: what was believed when it begins, and the events since. */
export class Segment {
  private readonly list: Entry[] = [];
  private size = 0;
  /** The id after which an event is missing. */
  private brokenAfter: number | undefined;

  /**
   * @param first    the id of its first event: the name of the segment
   * @param snapshot undefined when there is none, or when it was damaged
   */
  constructor(
    readonly first: number,
    readonly snapshot: Snapshot | undefined,
  ) {}

  get entries(): readonly Entry[] {
    return this.list;
  }

  /** In memory, roughly. */
  get bytes(): number {
    return this.size + (this.snapshot?.bytes ?? 0);
  }

  /** The same without its snapshot. */
  get eventBytes(): number {
    return this.size;
  }

  /** The id of its last event; of an empty segment, the one before its first. */
  get last(): number {
    return this.list.at(-1)?.id ?? this.first - 1;
  }

  /** Whether every event up to this one is there, so that what was believed then can be told. */
  isWholeUpTo(id: number): boolean {
    return this.snapshot !== undefined && (this.brokenAfter === undefined || id <= this.brokenAfter);
  }

  /** Whether it is not known what came right after this event, though something did. */
  isBrokenAfter(id: number): boolean {
    return this.brokenAfter === id;
  }

  /** Something came after its last event that is not there. */
  breakOff(): void {
    this.brokenAfter ??= this.last;
  }

  add(entry: Entry): void {
    if (entry.id !== this.last + 1) this.breakOff();
    this.list.push(entry);
    this.size += ENTRY_BYTES + entry.text.length + (entry.patch ? patchBytes(entry.patch) : 0);
  }
}

/** The first line of the file of a segment whose snapshot is packed. */
export function headText({ first, snapshot }: Segment, cluster: string): string {
  return framed(JSON.stringify({ journal: VERSION, first, cluster, snapshot: snapshot?.packed?.toString('base64') }));
}

/** The lines of some of its events. */
export const entriesText = (entries: readonly Entry[]): string =>
  entries.map((entry) => framed(entryLine(entry))).join('');

export interface ReadSegment {
  readonly segment: Segment;
  /** Undefined when the first line is damaged. */
  readonly cluster: string | undefined;
  /** Lines that are not as they were written. */
  readonly damaged: number;
}

/**
 * Reads a segment's file, whatever it holds. Lines that were altered are left out, and so is what stands in no order.
 *
 * @param first by its name
 */
export function readSegment(first: number, bytes: Uint8Array): ReadSegment {
  const { texts, damaged: broken, isEndWhole } = unframed(bytes);
  const head = headOf(texts[0]);
  const segment = new Segment(first, head?.first === first ? head.snapshot : undefined);
  const lines = head ? texts.slice(1) : texts;
  let read = 0;
  let isLastRead = true;
  for (const line of lines) {
    const entry = readEntry(line);
    isLastRead = entry !== undefined && entry.id > segment.last;
    if (!entry || !isLastRead) continue;
    segment.add(entry);
    read += 1;
  }
  if (!isEndWhole || !isLastRead) segment.breakOff();
  return { segment, cluster: head?.cluster, damaged: broken + lines.length - read };
}

function headOf(text = '') {
  const { journal, first, cluster, snapshot } = objectOf(text) ?? {};
  if (journal !== VERSION || !isId(first) || typeof cluster !== 'string') return undefined;
  const packed = typeof snapshot === 'string' ? new Snapshot(Buffer.from(snapshot, 'base64')) : undefined;
  return { first, cluster, snapshot: packed };
}
