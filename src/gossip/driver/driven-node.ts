import type { Clock, Millis } from '../../lib/ports.js';
import type { GossipNode } from '../core/gossip-node.js';
import type { DriverCounters } from './counters.js';
import type { FaultTally } from './fault-tally.js';

/** A timer that comes later than this tells that the process was busy, or stopped. */
const LATE_MS: Millis = 50;
/** So long, after a late timer, what waits in the sockets is read first: an answer that is there shall count. */
const CATCH_UP_MS: Millis = 20;

/** A node in time: one timer, armed for the next thing the node has to do. Everything reaches the node through `enter`. */
export class DrivenNode {
  private isRunning = false;
  private armedFor = Infinity;
  private disarm = (): void => undefined;
  private isCatchingUp = false;
  private readonly whenLeft = new Set<() => void>();

  constructor(
    readonly node: GossipNode,
    private readonly deps: {
      readonly clock: Clock;
      readonly counters: DriverCounters;
      readonly faults: FaultTally;
      /** A round of gossip has gone out: how long it took to make. */
      readonly onGossiped?: ((tookMs: Millis) => void) | undefined;
    },
  ) {}

  start(): void {
    this.isRunning = true;
    this.enter((node, now) => node.start(now));
  }

  /** From here on the node does nothing. */
  stop(): void {
    this.isRunning = false;
    this.disarm();
    this.endLeave();
  }

  /**
   * Hands something to the node.
   *
   * @returns what `act` returns; undefined while the node does not run, and when it fails: a fault of the program, which is
   * logged, and must not be in the power of a peer to end the process with
   */
  enter<T>(act: (node: GossipNode, now: Millis) => T): T | undefined {
    if (!this.isRunning) return undefined;
    try {
      return act(this.node, this.deps.clock.now());
    } catch (error) {
      this.deps.faults.note('NODE_FAILED', 'the gossip node could not take something in', { error });
      return undefined;
    } finally {
      this.arm();
      if (this.node.hasLeft()) this.endLeave();
    }
  }

  /** Says goodbye; resolves with whether that was spread, at the latest after `withinMs`. */
  leave(withinMs: Millis): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.whenLeft.delete(end);
        resolve(this.node.hasLeft());
      };
      const cancel = this.deps.clock.after(withinMs, end);
      this.whenLeft.add(end);
      this.enter((node, now) => node.leave(now));
      if (!this.isRunning) end();
    });
  }

  private endLeave(): void {
    for (const end of this.whenLeft) end();
  }

  private arm(): void {
    const { clock } = this.deps;
    const deadline = this.node.nextDeadline();
    if (this.isCatchingUp || deadline === this.armedFor) return;
    this.disarm();
    this.armedFor = deadline;
    if (deadline === Infinity) return;
    const now = clock.now();
    // At least one, so that a node which never is content does not take all of the time.
    const delayMs = Math.max(1, Math.ceil(deadline - now));
    this.disarm = clock.after(delayMs, () => this.wake(now + delayMs));
  }

  private wake(dueAt: Millis): void {
    const { clock, counters } = this.deps;
    const lateMs = clock.now() - dueAt;
    if (lateMs <= LATE_MS) {
      this.tick();
      return;
    }
    counters.lateTimers += 1;
    this.isCatchingUp = true;
    this.disarm = clock.after(CATCH_UP_MS, () => this.tick());
    this.enter((node, now) => node.lag(lateMs, now));
  }

  private tick(): void {
    this.isCatchingUp = false;
    this.armedFor = Infinity;
    this.enter((node, now) => {
      const rounds = node.counters.gossipRounds;
      node.tick(now);
      if (node.counters.gossipRounds > rounds) this.deps.onGossiped?.(this.deps.clock.now() - now);
    });
  }
}
