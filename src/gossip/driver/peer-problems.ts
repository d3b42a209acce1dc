import { formatAddress } from '../../lib/ip-address.js';
import type { Logger } from '../../lib/logger.js';
import type { Clock, Millis } from '../../lib/ports.js';
import type { ProblemBoard } from '../../lib/problems.js';
import type { Endpoint } from '../core/ports.js';

const ROOM = 'gossip';
/** So long nothing may come that cannot be read until that is no problem any more. */
const QUIET_MS: Millis = 60_000;

/** What is wrong between this node and its peers, on the board for as long as it is. */
export class PeerProblems {
  /** Since the problem began. */
  private unreadable = 0;
  /** Since it was stated last. */
  private lastUnreadable: Endpoint | undefined;
  private cancelQuiet: (() => void) | undefined;

  constructor(
    private readonly deps: { readonly problems: ProblemBoard; readonly clock: Clock; readonly log: Logger },
  ) {}

  /** No seed answers, and nobody else is there. */
  alone(message: string): void {
    this.raise('SEEDS_UNREACHABLE', message);
  }

  /** The state of another member cannot be merged with ours. */
  conflict(message: string): void {
    this.raise('GOSSIP_VERSION_CONFLICT', message);
  }

  /** A full exchange with another member went well. */
  merged(): void {
    this.clear('SEEDS_UNREACHABLE', 'another member answers');
    this.clear('GOSSIP_VERSION_CONFLICT', 'states are merged again');
  }

  /** Something came that is plain where it must not be, or that none of our keys opens. */
  unreadableFrom(peer: Endpoint): void {
    this.unreadable += 1;
    this.lastUnreadable = peer;
    if (!this.cancelQuiet) this.stateUnreadable(peer);
  }

  /** Leaves no timer behind. */
  stop(): void {
    this.cancelQuiet?.();
  }

  private stateUnreadable(last: Endpoint): void {
    this.raise(
      'GOSSIP_KEY_MISMATCH',
      `what comes from ${formatAddress(last)} cannot be read: make gossip_keys and gossip_keys_file of both hosts agree ` +
        `(${this.unreadable} packets and streams so far)`,
    );
    this.lastUnreadable = undefined;
    this.cancelQuiet = this.deps.clock.after(QUIET_MS, () => {
      this.cancelQuiet = undefined;
      if (this.lastUnreadable) {
        this.stateUnreadable(this.lastUnreadable);
        return;
      }
      this.unreadable = 0;
      this.clear('GOSSIP_KEY_MISMATCH', 'everything that comes can be read again');
    });
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
