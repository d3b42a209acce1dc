import type { Millis, Random } from '../../lib/ports.js';
import { Beat } from './beat.js';
import type { Counters } from './counters.js';
import type { Courier } from './courier.js';
import { isPresent, type Entry, type MemberTable } from './member-table.js';
import type { GossipOptions } from './ports.js';

/** Urgent news wait so long for others that come with them, ... */
const NUDGE_DELAY_MS = 10;
/** ... and so long after the last gossip. */
const NUDGE_GAP_MS = 20;

/** When to gossip, and with whom (PROTOCOL 14): at a steady beat, and shortly after a nudge. */
export class Gossiper {
  private readonly beat = new Beat();
  private nudgedFor: Millis = Infinity;
  private lastAt: Millis = -Infinity;

  constructor(
    private readonly options: Pick<GossipOptions, 'gossipIntervalMs' | 'gossipNodes' | 'gossipToTheDeadMs'>,
    private readonly deps: {
      readonly table: MemberTable;
      readonly courier: Courier;
      readonly random: Random;
      readonly counters: Counters;
    },
  ) {}

  get deadline(): Millis {
    return Math.min(this.beat.deadline, this.nudgedFor);
  }

  start(now: Millis): void {
    this.beat.set(now + this.deps.random.below(this.options.gossipIntervalMs));
  }

  /** Gossip soon; many nudges are one. */
  nudge(now: Millis): void {
    if (this.nudgedFor === Infinity) this.nudgedFor = Math.max(now + NUDGE_DELAY_MS, this.lastAt + NUDGE_GAP_MS);
  }

  tick(now: Millis): void {
    const due = this.beat.take(now, this.options.gossipIntervalMs);
    if (due || now >= this.nudgedFor) this.gossip(now);
  }

  /** The dead of late are told, too: if they live, they can refute. */
  private gossip(now: Millis): void {
    const { gossipNodes, gossipToTheDeadMs } = this.options;
    const worthTelling = ({ state, stateSince }: Entry): boolean =>
      isPresent(state) || (state === 'dead' && now - stateSince <= gossipToTheDeadMs);
    this.nudgedFor = Infinity;
    this.lastAt = now;
    this.deps.counters.gossipRounds += 1;
    this.deps.courier.gossip(this.deps.table.pick(gossipNodes, worthTelling));
  }
}
