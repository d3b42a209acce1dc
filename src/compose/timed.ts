import { Catalog, type Cause, type MergeOutcome } from '../catalog/catalog.js';
import type { BroadcastBudget } from '../gossip/core/ports.js';
import { Replicator } from '../replication/replicator.js';
import type { Service } from '../service/service.js';
import type { Timestamp } from '../service/timestamp.js';

/** Does something, and tells how long it took under the name that it has in statsd (contract section 11). */
export type Timed = <T>(name: string, act: () => T) => T;

/** The catalog, with a watch on what the original measures of it. */
export class TimedCatalog extends Catalog {
  constructor(
    private readonly timed: Timed,
    ...rest: ConstructorParameters<typeof Catalog>
  ) {
    super(...rest);
  }

  override merge(incoming: Service, cause: Cause): MergeOutcome {
    return this.timed('services_state.AddServiceEntry', () => super.merge(incoming, cause));
  }

  /** What the original does in two steps is one here: whoever hears of an expiry tells it at once. */
  override expire(nowNs: Timestamp): void {
    this.timed('services_state.BroadcastTombstones', () =>
      this.timed('services_state.TombstoneOthersServices', () => super.expire(nowNs)),
    );
  }
}

/** Replication, with a watch on what the original measures of it and of its delegate. */
export class TimedReplicator extends Replicator {
  constructor(
    private readonly watch: { readonly timed: Timed; readonly gauge: (name: string, value: number) => void },
    ...rest: ConstructorParameters<typeof Replicator>
  ) {
    super(...rest);
  }

  override beat(): void {
    this.watch.timed('services_state.BroadcastServices', () => super.beat());
  }

  override takeBroadcasts(budget: BroadcastBudget): readonly Uint8Array[] {
    this.watch.gauge('delegate.pendingBroadcasts', this.waiting);
    return this.watch.timed('delegate.GetBroadcasts', () => super.takeBroadcasts(budget));
  }

  override onUserMessage(payload: Uint8Array, peer?: string): void {
    this.watch.timed('delegate.NotifyMsg', () => super.onUserMessage(payload, peer));
  }

  override onRemoteState(state: Uint8Array): void {
    this.watch.timed('delegate.MergeRemoteState', () => super.onRemoteState(state));
  }

  protected override announce(record: Service, isShared: boolean): void {
    this.watch.timed('services_state.SendServices', () => super.announce(record, isShared));
  }
}
