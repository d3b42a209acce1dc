import { Doorbell } from '../lib/doorbell.js';
import { messageOf } from '../lib/fault.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, WallClock } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { doneOrAborted, sleep } from '../lib/sleep.js';
import { msFromNs } from '../service/timestamp.js';
import type { Journal } from './journal.js';
import type { JournalFiles } from './journal-files.js';

/** The room's name on the board and in the log. */
const ROOM = 'journal';
const NOT_KEPT = 'HISTORY_NOT_KEPT';
/** Events of this time are written together. */
const GATHER_MS: Millis = 200;
/** After a failure the disk is left alone for so long. */
const RETRY_MS: Millis = 60_000;
/** The start waits so long for the disk, and the end. */
const PATIENCE_MS: Millis = 2_000;
/** Nothing is due then: somebody rings for whatever there is to do. */
const LOOK_MS: Millis = 3_600_000;

/**
 * Opens the journal with what earlier processes left, and has the disk follow it, a moment behind. The disk's failure is a problem
 * on the board; the journal goes on in memory, and nobody waits. Start it before all that has something to tell.
 */
export class JournalKeeper implements Component {
  readonly name = ROOM;
  private readonly bell = new Doorbell();
  private isOpen = false;
  private notBefore: Millis = 0;
  private writing: Promise<void> | undefined;
  private failedCount = 0;

  constructor(
    private readonly options: { readonly hostname: string; readonly directory: string },
    private readonly deps: {
      readonly journal: Journal;
      readonly files: JournalFiles;
      readonly clock: Clock;
      readonly wall: WallClock;
      readonly problems: ProblemBoard;
      readonly log: Logger;
    },
  ) {}

  /** Attempts to write that failed. */
  get failures(): number {
    return this.failedCount;
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { clock, journal } = this.deps;
    journal.onEvent(() => this.bell.ring());
    this.tell('started', 'the agent starts');
    const opened = this.open();
    await this.within(opened, PATIENCE_MS, signal);
    ready();
    await doneOrAborted(opened, signal);
    while (!signal.aborted) {
      await this.bell.wait(clock, LOOK_MS, signal);
      await sleep(clock, Math.max(GATHER_MS, this.notBefore - clock.now()), signal);
      await doneOrAborted(this.write(), signal);
    }
    this.tell('stopped', 'the agent ends');
    await this.within(
      this.write().then(() => this.write()), // the first one may have begun before
      PATIENCE_MS,
    );
  }

  /** Never rejects. While the disk is slow what happens waits in the journal. */
  private async open(): Promise<void> {
    const { files, journal, log, wall } = this.deps;
    /** No journal whose ids nobody remembers came as far: it would have had to tell of a thousand events a second. */
    const unused = (): number => Math.floor(msFromNs(wall.nowNs()));
    try {
      const { segments, nextId = unused() } = await files.read();
      journal.open(segments, nextId);
    } catch (error) {
      const path = this.options.directory;
      log.warn('the journal cannot be read, a new one begins', { path, error: messageOf(error) });
      journal.open([], unused());
    }
    this.isOpen = true;
  }

  /** Never rejects; one at a time. */
  private write(): Promise<void> {
    this.writing ??= this.writeNow().finally(() => {
      this.writing = undefined;
    });
    return this.writing;
  }

  private async writeNow(): Promise<void> {
    if (!this.isOpen) return;
    const { clock, files, journal, log, problems } = this.deps;
    const { directory } = this.options;
    try {
      await files.write(journal.isKept ? journal.segments : []);
      if (problems.clear(ROOM, NOT_KEPT, directory)) log.info('the history is kept again', { path: directory });
    } catch (error) {
      this.failedCount += 1;
      this.notBefore = clock.now() + RETRY_MS;
      const message =
        `the history is not kept in ${directory} (${messageOf(error)}), so a restart begins without it: ` +
        'give this user the right to write there, or make room';
      const isNew = problems.raise({ room: ROOM, code: NOT_KEPT, subject: directory, message });
      if (isNew) log.warn(message, { code: NOT_KEPT });
      this.bell.ring(); // to try again
    }
  }

  /** Waits for some work, at most `limitMs`. */
  private async within(work: Promise<void>, limitMs: Millis, signal?: AbortSignal): Promise<void> {
    const done = new AbortController();
    void work.then(() => done.abort());
    await sleep(this.deps.clock, limitMs, signal ? AbortSignal.any([signal, done.signal]) : done.signal);
  }

  private tell(what: 'started' | 'stopped', text: string): void {
    this.deps.journal.record({ kind: 'agent', what, host: this.options.hostname, text });
  }
}
