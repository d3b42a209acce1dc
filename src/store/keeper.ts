import { every } from '../lib/every.js';
import { errnoOf, messageOf } from '../lib/fault.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, Random } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { sleep } from '../lib/sleep.js';
import type { Files } from './ports.js';
import type { Kind } from './sealed.js';
import { StateFile, type Restore } from './state-file.js';

/** The room's name on the board and in the log. */
const ROOM = 'store';
const NOT_KEPT = 'STATE_NOT_KEPT';
const DIRECTORY_MODE = 0o700;
/** After a failure the disk is left alone for so long. */
const RETRY_MS: Millis = 60_000;
/** A disk that needs longer for one round counts as failing. */
const SLOW_MS: Millis = 30_000;
/** The start waits so long for the disk: an agent without its state is better than none. */
const START_PATIENCE_MS: Millis = 3_000;
/** The end waits so long for the last write. */
const END_PATIENCE_MS: Millis = 2_000;

/** A state that outlives the agent. What its text means is for its room to know. */
export interface Kept extends Kind {
  /**
   * Called at most once per file on disk, before the start of the parts after the keeper; with a slow disk later, so it must
   * add to what is known by then, never replace it.
   */
  readonly restore: Restore;
  /**
   * The state as it is now, asked for right before it is written and never before `restore`; undefined when it is what the
   * last call returned. A text that could not be written is kept and tried again, so nobody has to remember it.
   */
  encode(): string | undefined;
}

interface Entry {
  readonly kept: Kept;
  readonly file: StateFile;
  /** Encoded, but not yet on disk. */
  unwritten: string | undefined;
}

/**
 * Keeps states in `state_dir`: restores them before it is ready, writes what has changed every `everyMs`, when asked to, and once
 * more at the end. The disk has one thing to do at a time, nobody waits for it but with a bound, and its failure is a problem on the
 * board, never an exception. Start it before the parts whose state it keeps, so that it ends after them.
 */
export class Keeper implements Component {
  readonly name = ROOM;
  private readonly entries: readonly Entry[];
  private working: { readonly since: Millis; readonly ended: Promise<void> } | undefined;
  private notBefore: Millis = 0;
  private isHastened = false;
  private writtenCount = 0;
  private failedCount = 0;

  /**
   * @param options.directory `state_dir`; made with mode 0700 when missing
   * @param options.everyMs   from one write to the next, > 0
   */
  constructor(
    private readonly options: { readonly directory: string; readonly everyMs: Millis },
    states: readonly Kept[],
    private readonly deps: {
      readonly files: Files;
      readonly clock: Clock;
      readonly random: Random;
      readonly problems: ProblemBoard;
      readonly log: Logger;
    },
  ) {
    const { directory } = options;
    const writer = deps.random
      .below(2 ** 32)
      .toString(16)
      .padStart(8, '0');
    this.entries = states.map((kept) => ({
      kept,
      file: new StateFile({ directory, writer, kind: kept }, deps),
      unwritten: undefined,
    }));
  }

  /** Files written, and rounds in which something could not be, since the start. */
  get counts(): { readonly written: number; readonly failed: number } {
    return { written: this.writtenCount, failed: this.failedCount };
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { clock, log } = this.deps;
    const path = this.options.directory;
    this.begin(() => this.restore());
    await this.untilIdle(START_PATIENCE_MS, signal);
    if (this.working && !signal.aborted)
      log.warn('state_dir is slow, the agent starts without what it holds', { path });
    ready();
    await every(clock, this.options.everyMs, signal, () => this.tick());
    const end = clock.now() + END_PATIENCE_MS;
    await this.untilIdle(END_PATIENCE_MS);
    if (!this.working) this.begin(() => this.save());
    await this.untilIdle(end - clock.now());
    if (this.working) log.warn('state_dir is slow, the agent ends before its last state is written', { path });
  }

  /** Begins a round now, or as soon as the disk is free: somebody was told that it is done, and a kill must not undo it. */
  hasten(): void {
    if (this.isHastened) return;
    this.isHastened = true;
    void Promise.resolve(this.working?.ended).then(() => {
      this.isHastened = false;
      this.tick();
    });
  }

  private tick(): void {
    const now = this.deps.clock.now();
    if (!this.working) {
      if (now >= this.notBefore) this.begin(() => this.save());
    } else if (now - this.working.since >= SLOW_MS) {
      this.complain(`the disk has not answered for ${SLOW_MS / 1000} s`);
    }
  }

  /** @param work must not reject */
  private begin(work: () => Promise<void>): void {
    const ended = work().then(() => {
      this.working = undefined;
    });
    this.working = { since: this.deps.clock.now(), ended };
  }

  /** Waits for what the disk is doing, at most `limitMs`. */
  private async untilIdle(limitMs: Millis, signal?: AbortSignal): Promise<void> {
    if (!this.working) return;
    const idle = new AbortController();
    void this.working.ended.then(() => idle.abort());
    await sleep(this.deps.clock, limitMs, signal ? AbortSignal.any([signal, idle.signal]) : idle.signal);
  }

  private async restore(): Promise<void> {
    const error = await errorOf(this.ensureDirectory());
    // What may not be written is not ours to read either, but for a disk that has turned read-only.
    if (error === undefined || errnoOf(error) === 'EROFS') {
      for (const { kept, file } of this.entries) await file.load((text, version) => kept.restore(text, version));
    }
    this.report(error);
  }

  private async save(): Promise<void> {
    let first = await errorOf(this.ensureDirectory());
    if (first === undefined) {
      for (const entry of this.entries) {
        const error = await errorOf(this.write(entry)); // a state that is too large, say, does not hold up the others
        first ??= error;
      }
    }
    this.report(first);
  }

  private ensureDirectory(): Promise<void> {
    return this.deps.files.ensureWritableDirectory(this.options.directory, DIRECTORY_MODE);
  }

  private async write(entry: Entry): Promise<void> {
    entry.unwritten = entry.kept.encode() ?? entry.unwritten;
    if (entry.unwritten === undefined) return;
    await entry.file.replace(entry.unwritten);
    entry.unwritten = undefined;
    this.writtenCount += 1;
  }

  private report(error: unknown): void {
    const { clock, log, problems } = this.deps;
    const { directory } = this.options;
    if (error !== undefined) {
      this.failedCount += 1;
      this.notBefore = clock.now() + RETRY_MS;
      this.complain(messageOf(error));
    } else if (problems.clear(ROOM, NOT_KEPT, directory)) {
      log.info('state is kept again', { path: directory });
    }
  }

  private complain(reason: string): void {
    const { directory } = this.options;
    const message =
      `state is not kept in state_dir ${directory} (${reason}), so a restart begins without it: ` +
      'give this user the right to write there, or make room';
    const isNew = this.deps.problems.raise({ room: ROOM, code: NOT_KEPT, subject: directory, message });
    if (isNew) this.deps.log.warn(message, { code: NOT_KEPT });
  }
}

/** What a promise rejects with; undefined when it does not. */
const errorOf = (work: Promise<void>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error ?? new Error('no reason is known'),
  );
