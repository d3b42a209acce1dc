import type { Logger } from '../lib/logger.js';
import type { WallClock } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import type { Service } from '../service/service.js';
import type { State } from '../service/state-codec.js';
import type { Timestamp } from '../service/timestamp.js';
import type { AwaitedMirror } from './awaited-mirror.js';
import type { Held } from './mirror.js';
import { isScheduled } from './schedule.js';
import { decodeUpdate, sentenceOf } from './update.js';
import type { UpstreamState } from './upstream-state.js';

const ROOM = 'receiver';
const RECORDS_REFUSED = 'POSTED_RECORDS_REFUSED';
const POSTED = 'POST /update';

/** How many updates came to what end, since the start. */
export interface ReceiverCounts {
  readonly applied: number;
  /** Held, but HAProxy waits for the next. */
  readonly withheld: number;
  /** Not newer than what is held. */
  readonly outdated: number;
  readonly refused: number;
}

/** Takes in what is posted or fetched, and knows what is held: a state that HAProxy is not brought to yet counts as held, too. */
export class Receiver {
  private withheld: { readonly state: State; readonly at: Timestamp; readonly over: Held } | undefined;
  private service: Service | undefined;
  private numbers = { applied: 0, withheld: 0, outdated: 0, refused: 0 };

  /** @param options.maxBytes of an update */
  constructor(
    private readonly options: { readonly maxBytes: number },
    private readonly deps: {
      readonly mirror: AwaitedMirror;
      readonly wall: WallClock;
      readonly problems: ProblemBoard;
      readonly log: Logger;
    },
  ) {}

  get counts(): ReceiverCounts {
    return this.numbers;
  }

  /** Undefined before the first. */
  state(): State | undefined {
    return this.held()?.state;
  }

  /** The record that the last accepted update was about. */
  lastService(): Service | undefined {
    return this.service;
  }

  /** Takes the body of a `POST /update`. @returns why it is none; undefined when it was taken, or is not newer than what is held */
  post(body: Uint8Array): string | undefined {
    const update = decodeUpdate(body, this.options.maxBytes);
    if (!update.ok) {
      this.count('refused');
      // At 1, 2, 4, 8 …, so that a flood of them is no flood of lines.
      if (Number.isInteger(Math.log2(this.numbers.refused)))
        this.deps.log.warn('a posted update is refused', { reason: update.fault, refused: this.numbers.refused });
      return update.fault;
    }
    const { state, service, previousStatus } = update.value;
    if (!this.isNewer(state)) {
      this.count('outdated');
      return undefined;
    }
    this.service = service;
    const { held } = this.deps.mirror;
    if (isScheduled(previousStatus, service.status) || !held || !this.deps.mirror.isTold) {
      this.count('applied');
      this.take(update.value, POSTED);
    } else {
      this.count('withheld');
      this.withheld = { state, at: this.deps.wall.nowNs(), over: held };
      this.complainOf(update.value);
    }
    return undefined;
  }

  /** Takes a state that was asked for, unless a newer one has been posted meanwhile. */
  fetched(fetched: UpstreamState, from: string): void {
    if (this.isNewer(fetched.state)) this.take(fetched, from);
  }

  private take(told: UpstreamState, from: string): void {
    this.withheld = undefined;
    this.deps.mirror.replace(told.state, from);
    this.complainOf(told);
  }

  /**
   * What was kept from before the start gives way to whatever is told, as in the original, which keeps nothing. A state from the future
   * counts as one of the moment it came, or nothing would be newer for as long as a foreign clock was wrong.
   */
  private isNewer({ lastChanged }: State): boolean {
    const held = this.held();
    if (!held || !this.deps.mirror.isTold) return true;
    return lastChanged > (held.state.lastChanged < held.at ? held.state.lastChanged : held.at);
  }

  private held(): { readonly state: State; readonly at: Timestamp } | undefined {
    const { held } = this.deps.mirror;
    return this.withheld?.over === held ? this.withheld : held;
  }

  private complainOf({ faults }: UpstreamState): void {
    const { problems, log } = this.deps;
    const [first] = faults;
    if (!first) {
      if (problems.clear(ROOM, RECORDS_REFUSED)) log.info('the records of the posted state are all right again');
      return;
    }
    const message = `${faults.length} parts of the posted state are left out, the first: ${sentenceOf(first)}`;
    if (problems.raise({ room: ROOM, code: RECORDS_REFUSED, subject: '', message }))
      log.warn(message, { code: RECORDS_REFUSED });
  }

  private count(end: keyof ReceiverCounts): void {
    this.numbers = { ...this.numbers, [end]: this.numbers[end] + 1 };
  }
}
