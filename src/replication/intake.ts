import type { Catalog, MergeOutcome } from '../catalog/catalog.js';
import type { MembersReader } from '../catalog/reader.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, WallClock } from '../lib/ports.js';
import { Status, type Service } from '../service/service.js';
import { decodeState } from '../service/state-codec.js';
import { msFromNs } from '../service/timestamp.js';
import type { Acceptance } from './acceptance.js';
import type { Cadence } from './cadence.js';
import type { LocalServices } from './local-services.js';
import type { Tidings } from './outbox.js';
import { RecordReader } from './record-reader.js';
import { Receipts, type Receipt } from './receipts.js';
import { Refusals, type RefusalCounts } from './refusals.js';
import type { RefusedRecord } from './refused-records.js';
import type { Skew } from './skew.js';

/** What came from peers since the start. */
export interface IntakeCounters {
  /** Records, in messages and in states. */
  readonly received: number;
  /** Of those, how many were later than what was known. */
  readonly accepted: number;
  /** Accepted and handed on to others. */
  readonly relayed: number;
  /** What was not taken, unreadable messages and states included. */
  readonly refused: RefusalCounts;
}

/** How a record came: told to everybody, in one peer's state, or in the state from which we first heard of others. */
type Via = 'message' | 'state' | 'first-state';

/** What is taken from peers, and what of it is passed on (PROTOCOL 19.4). Nothing a peer sends is trusted. */
export class Intake {
  private readonly reader = new RecordReader();
  readonly receipts = new Receipts();
  readonly refusals: Refusals;
  private received = 0;
  private accepted = 0;
  private relayed = 0;

  constructor(
    private readonly options: { readonly hostname: string },
    private readonly deps: {
      readonly catalog: Catalog;
      readonly local: LocalServices;
      readonly members: MembersReader;
      readonly acceptance: Acceptance;
      readonly cadence: Cadence;
      readonly skew: Skew;
      readonly relay: (record: Service, tidings: Tidings) => void;
      readonly clock: Pick<Clock, 'now'>;
      readonly onRefused?: (refused: RefusedRecord) => void;
      readonly wall: WallClock;
      readonly log: Logger;
    },
  ) {
    this.refusals = new Refusals(deps);
  }

  get counters(): IntakeCounters {
    const { received, accepted, relayed } = this;
    return { received, accepted, relayed, refused: this.refusals.counts };
  }

  /** Takes one record as it came in a message from `peer`: from its own host, or from anybody who passes it on. */
  takeMessage(payload: Uint8Array, peer: string | undefined): void {
    const decoded = this.reader.read(payload);
    if (decoded.ok)
      this.take(decoded.value, 'message', peer, false, (host) => this.deps.members.alive().includes(host));
    else this.refusals.unreadable(decoded.fault);
  }

  /** Takes every record of a peer's state. */
  takeState(state: Uint8Array): void {
    const decoded = decodeState(state);
    if (!decoded.ok) {
      this.refusals.unreadable(decoded.fault);
      return;
    }
    for (const fault of decoded.value.faults) this.refusals.unreadable(fault);
    const members = new Set(this.deps.members.alive());
    const via = this.knowsOthers() ? 'state' : 'first-state';
    const { hostname, services } = decoded.value;
    for (const record of services)
      this.take(record, via, hostname, record.hostname === hostname, (host) => members.has(host));
  }

  private knowsOthers(): boolean {
    const { catalog } = this.deps;
    return catalog.size > catalog.recordsOf(this.options.hostname).length;
  }

  private take(
    record: Service,
    via: Via,
    from: string | undefined,
    isFromOrigin: boolean,
    isMember: (host: string) => boolean,
  ): void {
    const { catalog, local, acceptance, cadence } = this.deps;
    const { hostname, id } = record;
    this.received += 1;
    const stored = catalog.get(hostname, id);
    if (stored && (!catalog.wants(record) || (record.updated === stored.updated && local.isOurs(record)))) {
      catalog.confirm(record);
      this.takeOld(record);
      return;
    }
    this.sampleSkew(record, via);
    const refusal = acceptance.refusalOf(record, stored !== undefined, isMember);
    if (refusal) {
      this.refusals.notAccepted(refusal, record);
      return;
    }
    this.accepted += 1;
    acceptance.accepted(hostname);
    this.refusals.latest.taken(record);
    this.receipts.note(record, this.receiptOf(record, via, from));
    if (local.isOurs(record)) {
      const answer = local.overrule(record);
      if (answer) cadence.announce(answer);
      return;
    }
    const outcome = catalog.merge(record, { reason: 'received', isFromOrigin });
    cadence.heard(record);
    this.relay(record, stored, outcome, via);
  }

  /**
   * Others believe what we know to be later than that, but only because we renew our records each second. Nobody else will tell
   * them before the next refresh, and of a drain, or of extras that we took back, never.
   */
  private takeOld(record: Service): void {
    const { local, cadence } = this.deps;
    if (record.status === Status.Tombstone) cadence.heard(record);
    if (!local.isOurs(record) || !local.isNewsToUs(record) || cadence.isTelling(record)) return;
    const answer = local.overrule(record);
    if (answer) cadence.announce(answer);
  }

  private receiptOf({ updated }: Service, via: Via, from: string | undefined): Receipt {
    const atNs = this.deps.wall.nowNs();
    return { atNs, way: via === 'message' ? 'message' : 'state', from, lateMs: msFromNs(atNs - updated) };
  }

  private relay(record: Service, before: Service | undefined, outcome: MergeOutcome, via: Via): void {
    if (record.hostname === this.options.hostname) return;
    // Every member buries a lost one's records by itself, each with its own time: one tombstone is as good as another.
    if (record.status === Status.Tombstone && before?.status === Status.Tombstone) return;
    // Whoever knew nobody is the newcomer: what it learns is news to no one else. Later states are passed on where they differ.
    const tidings =
      outcome === 'changed' && via !== 'first-state'
        ? 'news'
        : outcome === 'refreshed' && via === 'message'
          ? 'repeat'
          : undefined;
    if (tidings === undefined) return;
    this.relayed += 1;
    this.deps.relay(record, tidings);
  }

  /**
   * Tombstones are made by others, too. In a state a record may be old, above all in another host's: only that a clock is ahead can
   * be seen there.
   */
  private sampleSkew({ hostname, status, updated }: Service, via: Via): void {
    const { skew, clock, wall } = this.deps;
    if (status === Status.Tombstone || hostname === this.options.hostname) return;
    const aheadMs: Millis = msFromNs(updated - wall.nowNs());
    if (via === 'message' || aheadMs > 0) skew.sample(hostname, aheadMs, clock.now());
  }
}
