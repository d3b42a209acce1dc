import type { Logger } from '../../lib/logger.js';
import type { Millis } from '../../lib/ports.js';
import type { Counters } from './counters.js';
import type { KnownPeers } from './known-peers.js';
import type { MemberTable } from './member-table.js';
import type { GossipEffects, GossipOptions } from './ports.js';

const FIRST_RETRY_MS = 1000;
/** So many missing peers are tried at once, so that a big outage is not answered with a storm. */
const PEERS_AT_ONCE = 8;

/**
 * Joins, and joins again while somebody is missing: at the start; then, as long as nobody has answered, ever more rarely; and
 * from then on at a steady beat, counted from start to start. This is how a partition heals by itself.
 */
export class Rejoin {
  private due: Millis = Infinity;
  private lastAt: Millis = 0;
  private retryMs: Millis = FIRST_RETRY_MS;
  private answered = false;

  constructor(
    private readonly options: Pick<GossipOptions, 'rejoinIntervalMs' | 'hasSeeds'>,
    private readonly deps: {
      readonly known: KnownPeers;
      readonly table: MemberTable;
      readonly effects: Pick<GossipEffects, 'join'>;
      readonly counters: Counters;
      readonly log: Logger;
    },
  ) {}

  get deadline(): Millis {
    return this.due;
  }

  /** The first attempt is due at once. */
  start(now: Millis): void {
    this.due = now;
  }

  stop(): void {
    this.due = Infinity;
  }

  /** An exchange went well. Unless it was with ourselves, there is no more hurry. */
  onExchange(now: Millis): void {
    if (this.answered || !this.deps.table.hasCompany()) return;
    this.answered = true;
    if (this.due !== Infinity) this.due = Math.max(now, this.lastAt + this.options.rejoinIntervalMs);
  }

  tick(now: Millis): void {
    if (now < this.due) return;
    this.lastAt = now;
    this.due = now + this.pause();
    for (const member of this.deps.known.giveUp(now)) {
      this.deps.counters.peersGivenUp += 1;
      this.deps.log.info('a missing member is given up', { member });
    }
    const missing = this.deps.known.takeMissing(PEERS_AT_ONCE);
    const lonely = this.options.hasSeeds && !this.deps.table.hasCompany();
    if (missing.length > 0 || lonely) this.deps.effects.join(missing);
  }

  private pause(): Millis {
    const { rejoinIntervalMs } = this.options;
    if (this.answered) return rejoinIntervalMs;
    const pause = Math.min(this.retryMs, rejoinIntervalMs);
    this.retryMs *= 2;
    return pause;
  }
}
