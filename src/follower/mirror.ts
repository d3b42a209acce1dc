import type { CatalogReader, CatalogSnapshot, ChangeEvent, ServerEntry } from '../catalog/reader.js';
import type { Millis, WallClock } from '../lib/ports.js';
import { Status } from '../service/service.js';
import type { State } from '../service/state-codec.js';
import { msFromNs, type Timestamp } from '../service/timestamp.js';
import { succeed } from './succession.js';

/** The state that counts, as it was said. */
export interface Held {
  /** Who said it: a URL for one that is followed. */
  readonly from: string;
  /** When it was received last. */
  readonly at: Timestamp;
  readonly state: State;
}

const NOTHING: CatalogSnapshot = {
  version: 0,
  contentVersion: 0,
  clusterName: '',
  hostname: '',
  lastChanged: 0n,
  servers: new Map(),
};

/** What another Sidecar believes, in the place of a catalog of one's own. Whole states replace each other; the changes are told. */
export class Mirror implements CatalogReader {
  private current = NOTHING;
  private last: Held | undefined;
  private readonly listeners = new Set<(event: ChangeEvent) => void>();
  private readonly lossListeners = new Set<(host: string) => void>();

  constructor(private readonly deps: { readonly wall: WallClock }) {}

  /** Undefined before the first state. */
  get held(): Held | undefined {
    return this.last;
  }

  /** How long ago the held state was received, by the wall clock; undefined before the first. */
  ageMs(): Millis | undefined {
    return this.last && Math.max(0, msFromNs(this.deps.wall.nowNs() - this.last.at));
  }

  snapshot(): CatalogSnapshot {
    return this.current;
  }

  /** All changes of a state are told when the snapshot has all of them. */
  onChange(listener: (event: ChangeEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** A host is none of the alive ones any more; told after the changes. */
  onHostLost(listener: (host: string) => void): void {
    this.lossListeners.add(listener);
  }

  /**
   * Hosts that are there as far as the held state tells: with a record that is no tombstone, and the one who says it. The tombstone of
   * an instance on such a host was seen to die; where all have become tombstones, the host may be out of sight.
   */
  aliveHosts(): readonly string[] {
    if (!this.last) return [];
    return [...new Set([...livingHosts(this.current), this.last.state.hostname])];
  }

  /** Takes `state` whatever is held; whether it deserves it is decided before. */
  replace(state: State, from: string): void {
    this.take({ state, from, at: this.deps.wall.nowNs() });
  }

  /** Takes in what an earlier process held, unless something newer is here. */
  restore(held: Held): void {
    if (!this.last) this.take(held, 'restored');
  }

  private take(held: Held, reason?: 'restored'): void {
    const before = this.current;
    const { servers, changes, isNews } = succeed(before.servers, held.state.servers, this.deps.wall.nowNs());
    const { clusterName, hostname, lastChanged } = held.state;
    const isSameHead =
      clusterName === before.clusterName && hostname === before.hostname && lastChanged === before.lastChanged;
    this.last = held;
    if (isNews || !isSameHead) {
      const contentVersion = before.contentVersion + (changes.length > 0 ? 1 : 0);
      this.current = { version: before.version + 1, contentVersion, clusterName, hostname, lastChanged, servers };
    }
    const { contentVersion } = this.current;
    for (const change of changes) {
      const event = {
        ...change,
        reason: reason ?? change.reason,
        detail: undefined,
        time: lastChanged,
        contentVersion,
      };
      for (const listener of this.listeners) listener(event);
    }
    const alive = new Set(this.aliveHosts());
    for (const host of livingHosts(before)) {
      if (alive.has(host)) continue;
      for (const listener of this.lossListeners) listener(host);
    }
  }
}

function livingHosts({ servers }: Pick<CatalogSnapshot, 'servers'>): readonly string[] {
  const lives = ({ services }: ServerEntry): boolean =>
    [...services.values()].some(({ status }) => status !== Status.Tombstone);
  return [...servers.values()].filter(lives).map(({ name }) => name);
}
