import { formatAddress } from '../../lib/ip-address.js';
import type { Logger } from '../../lib/logger.js';
import type { Clock, Millis } from '../../lib/ports.js';
import type { ProblemBoard } from '../../lib/problems.js';
import type { Endpoint } from '../core/ports.js';

const ROOM = 'gossip';
/** So long a problem may not have come again until it is none any more. */
const QUIET_MS: Millis = 60_000;

/** What is wrong between this node and its peers, on the board for as long as it is. */
export class PeerProblems {
  private readonly keys: Recurring;
  private readonly versions: Recurring;

  constructor(private readonly deps: { readonly problems: ProblemBoard; readonly clock: Clock; readonly log: Logger }) {
    const recurring = (code: string, over: string): Recurring =>
      new Recurring(deps.clock, {
        state: (message) => this.raise(code, message),
        end: () => this.clear(code, over),
      });
    this.keys = recurring('GOSSIP_KEY_MISMATCH', 'everything that comes can be read again');
    this.versions = recurring('GOSSIP_VERSION_CONFLICT', 'no state is refused for its version numbers any more');
  }

  /** No seed answers, and nobody else is there. */
  alone(message: string): void {
    this.raise('SEEDS_UNREACHABLE', message);
  }

  /** A full exchange with another member went well: not with all, so only what is about nobody in particular is over. */
  merged(): void {
    this.clear('SEEDS_UNREACHABLE', 'another member answers');
  }

  /** The state of another member cannot be merged with ours. @param why a sentence without a full stop */
  conflict({ address }: Endpoint, why: string): void {
    this.versions.happened(
      () => `the state of ${address} is not merged: ${why}; give all members the same delegate_versions`,
    );
  }

  /** Something came that is plain where it must not be, or that none of our keys opens. */
  unreadableFrom(peer: Endpoint): void {
    this.keys.happened(
      (count) =>
        `what comes from ${formatAddress(peer)} cannot be read: make gossip_keys and gossip_keys_file of both hosts agree ` +
        `(${count} packets and streams so far)`,
    );
  }

  /** Leaves no timer behind. */
  stop(): void {
    this.keys.stop();
    this.versions.stop();
  }

  private raise(code: string, message: string): void {
    const { problems, log } = this.deps;
    if (problems.raise({ room: ROOM, code, subject: '', message })) log.warn(message, { code });
  }

  private clear(code: string, message: string): void {
    const { problems, log } = this.deps;
    if (problems.clear(ROOM, code)) log.info(message, { code });
  }
}

/** Something that happens again and again: stated at once, anew at most once a minute, and over after a quiet minute. */
class Recurring {
  /** Since it began. */
  private count = 0;
  /** What to say of the last time, if that was after it was stated last. */
  private unstated: ((count: number) => string) | undefined;
  private cancelQuiet: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly tell: { readonly state: (message: string) => void; readonly end: () => void },
  ) {}

  happened(messageOf: (count: number) => string): void {
    this.count += 1;
    this.unstated = messageOf;
    if (!this.cancelQuiet) this.state(messageOf);
  }

  stop(): void {
    this.cancelQuiet?.();
  }

  private state(messageOf: (count: number) => string): void {
    this.unstated = undefined;
    this.tell.state(messageOf(this.count));
    this.cancelQuiet = this.clock.after(QUIET_MS, () => {
      this.cancelQuiet = undefined;
      if (this.unstated) {
        this.state(this.unstated);
        return;
      }
      this.count = 0;
      this.tell.end();
    });
  }
}
