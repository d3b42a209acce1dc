import type { Catalog } from '../catalog/catalog.js';
import type { ChangeEvent, MembersReader, ServerEntry } from '../catalog/reader.js';
import type { BroadcastBudget, GossipDelegate, MemberEvent } from '../gossip/core/ports.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, Random, WallClock } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { recordText } from '../service/codec.js';
import type { Service } from '../service/service.js';
import { encodeState } from '../service/state-codec.js';
import { nsFromMs } from '../service/timestamp.js';
import { Acceptance } from './acceptance.js';
import { ContestedNames } from './contested-names.js';
import { Cadence } from './cadence.js';
import { Intake, type IntakeCounters } from './intake.js';
import type { LocalServices } from './local-services.js';
import { Outbox, type OutboxCounters } from './outbox.js';
import type { Receipt } from './receipts.js';
import type { RefusedRecord } from './refused-records.js';
import { Skew } from './skew.js';
import { Strangers, type Stranger } from './strangers.js';

export type ReplicationCounters = IntakeCounters & OutboxCounters;

/** Beyond the minute of the original's refreshes, and early enough before the 80 s of a record's life for several attempts. */
const ASK_AFTER_MS: Millis = 66_000;
const ASK_EVERY_BEATS = 3;
/** A record that still is as it was comes again within a minute. */
const REFUSED_OF_LATE_NS = nsFromMs(3 * 60_000);
/** A cluster of which nobody is heard is not asked all at once. */
const ASK_AT_ONCE = 4;

/**
 * Replication of the catalog over the cluster (PROTOCOL 19): tells peers of this host's records and of those that end here, and
 * takes in what they tell. Synchronous; gossip calls it as its delegate, the announcer each second.
 */
export class Replicator implements GossipDelegate {
  private readonly outbox: Outbox;
  private readonly cadence: Cadence;
  private readonly acceptance: Acceptance;
  private readonly contested: ContestedNames;
  private beats = 0;
  private readonly intake: Intake;
  private readonly skew = new Skew();
  private readonly foreign: Strangers;

  /**
   * @param options.maxFutureMs     records further ahead of our wall clock are refused
   * @param options.maxPayloadBytes the longest record that one packet carries
   */
  constructor(
    private readonly options: {
      readonly hostname: string;
      readonly maxFutureMs: Millis;
      readonly maxPayloadBytes: number;
    },
    private readonly deps: {
      readonly catalog: Catalog;
      readonly local: LocalServices;
      readonly members: MembersReader;
      /** Asks gossip not to wait for its next tick; called often. */
      readonly nudge: () => void;
      /** Asks gossip for a full exchange with a member. */
      readonly exchangeWith: (host: string) => void;
      /** Gossip holds a member for dead, which has not left. */
      readonly onDeath: (host: string) => void;
      /** Is told of what peers sent and was not taken, of each record once an hour. */
      readonly onRefused?: (refused: RefusedRecord) => void;
      readonly clock: Pick<Clock, 'now'>;
      readonly wall: WallClock;
      readonly random: Random;
      readonly problems: ProblemBoard;
      readonly log: Logger;
    },
  ) {
    const { catalog, members, nudge, random } = deps;
    this.contested = new ContestedNames(deps);
    this.foreign = new Strangers(deps.clock);
    const outbox = new Outbox(options, { ...deps, onUrgent: nudge });
    const send = outbox.add.bind(outbox);
    const cadence = new Cadence({ send, memberCount: () => members.alive().length, random });
    const acceptance = new Acceptance(options, deps);
    this.intake = new Intake(options, { ...deps, acceptance, cadence, skew: this.skew, relay: send });
    this.outbox = outbox;
    this.cadence = cadence;
    this.acceptance = acceptance;
    catalog.onChange((event) => this.spread(event));
  }

  get counters(): ReplicationCounters {
    return { ...this.intake.counters, ...this.outbox.counters };
  }

  /** How many records wait to be sent, for the first time or again. */
  get waiting(): number {
    return this.outbox.size;
  }

  /** Whether some record waits that was not sent at all yet. */
  get isSpreading(): boolean {
    return this.outbox.unsent > 0;
  }

  /** How far `host`'s wall clock is ahead of ours, negative when behind; undefined while none of its records came of late. */
  skewMs(host: string): Millis | undefined {
    return this.skew.skewMs(host, this.deps.clock.now());
  }

  /** The host whose wall clock differs most from ours, either way. */
  largestSkew(): { readonly host: string; readonly skewMs: Millis } | undefined {
    return this.skew.largest(this.deps.clock.now());
  }

  /** How the stored version of another host's record came; undefined when nobody remembers. */
  receiptOf(record: Pick<Service, 'hostname' | 'id'>): Receipt | undefined {
    return this.intake.receipts.of(record);
  }

  /** Records of a service that came within the last minutes and were not taken. */
  refusedOf(service: string): readonly RefusedRecord[] {
    return this.intake.refusals.latest.ofService(service, this.deps.wall.nowNs() - REFUSED_OF_LATE_NS);
  }

  /** Who knocks and is of another cluster. */
  strangers(): readonly Stranger[] {
    return this.foreign.list();
  }

  /** Brings back what the catalog held before our start, but for what a wrong clock dated in the future. */
  restore(records: readonly Service[]): void {
    this.deps.catalog.restore(this.acceptance.sane(records));
  }

  /** One second is over. */
  beat(): void {
    this.cadence.beat(this.deps.local.announced());
    this.acceptance.tick();
    this.contested.tick();
    this.beats += 1;
    if (this.beats % ASK_EVERY_BEATS === 0) this.askTheSilent();
    this.deps.local.isContested = this.contested.has(this.options.hostname);
  }

  /** Declares this host's records dead for good and tells peers, before this host leaves. */
  withdraw(): void {
    this.deps.local.withdraw();
  }

  takeBroadcasts(budget: BroadcastBudget): readonly Uint8Array[] {
    return this.outbox.takeBroadcasts(budget);
  }

  takeLarge(budget: Pick<BroadcastBudget, 'round' | 'transmitLimit'>): readonly Uint8Array[] {
    return this.outbox.takeLarge(budget);
  }

  onUserMessage(payload: Uint8Array, peer?: string): void {
    this.intake.takeMessage(payload, peer);
  }

  onRemoteState(state: Uint8Array): void {
    this.intake.takeState(state);
  }

  localState(join: boolean): Uint8Array {
    const snapshot = this.deps.catalog.snapshot();
    const told = [...snapshot.servers.values()].map((server) => this.toldOf(server));
    const servers = new Map(told.filter(({ services }) => services.size > 0).map((server) => [server.name, server]));
    // An original that joins does not know its cluster's name yet (PROTOCOL 19.3).
    const clusterName = join ? '' : snapshot.clusterName;
    return Buffer.from(encodeState({ ...snapshot, servers, clusterName }, recordText));
  }

  onMember({ type, member }: MemberEvent): void {
    if (type === 'conflict') {
      this.contested.note(member);
      this.deps.local.isContested ||= member.name === this.options.hostname;
    }
    if (type !== 'leave' || member.name === this.options.hostname) return;
    // By its own clock: a tombstone dated by ours, when that is ahead, would outlive the member's return. Nothing is known of the
    // clock of one that we only remember: its records end right after their last version.
    const skewMs = this.skewMs(member.name);
    const nowNs = skewMs === undefined ? 0n : this.deps.wall.nowNs() + nsFromMs(skewMs);
    this.deps.catalog.loseMember(member.name, nowNs);
    if (member.state === 'dead') this.deps.onDeath(member.name);
  }

  onStranger(name: string, clusterName: string): void {
    this.foreign.note({ name, clusterName });
  }

  /**
   * A refresh may be lost, and the next one too. Before the records of a member that is alive expire for that, it is asked for them
   * itself; only those of hosts that do not answer run out.
   */
  private askTheSilent(): void {
    const { catalog, members, exchangeWith, random } = this.deps;
    const silent = catalog.hostsUnheardFor(ASK_AFTER_MS);
    if (silent.length === 0) return;
    const alive = new Set(members.alive());
    const askable = silent.filter((host) => alive.has(host) && host !== this.options.hostname);
    for (let asked = 0; asked < ASK_AT_ONCE && askable.length > 0; asked += 1) {
      const [host] = askable.splice(random.below(askable.length), 1);
      if (host !== undefined) exchangeWith(host);
    }
  }

  /** Without what we only remember. */
  private toldOf(server: ServerEntry): ServerEntry {
    const { catalog } = this.deps;
    const isTold = ({ hostname, id }: Service): boolean => !catalog.isRestored(hostname, id);
    const told = [...server.services.values()].filter(isTold).map((service) => this.saidOf(service));
    return { ...server, services: new Map(told.map((service) => [service.id, service])) };
  }

  /** As its host said it, and with the extras that this version has lost on its way: who has none yet should know them. */
  private saidOf(service: Service): Service {
    const said = this.deps.catalog.said(service);
    return said.ext === service.ext || service.ext === undefined ? said : { ...said, ext: service.ext };
  }

  private spread({ service, reason }: ChangeEvent): void {
    switch (reason) {
      case 'received':
      case 'restored':
      case 'forgotten':
      case 'vanished':
      case 'hidden':
      case 'uncovered':
        return;
      case 'expired':
      case 'member-lost':
        if (!this.deps.catalog.isRestored(service.hostname, service.id)) this.announce(service, true);
        return;
      case 'discovered':
      case 'check-passed':
      case 'check-failed':
      case 'check-timed-out':
      case 'not-checked-yet':
      case 'draining':
      case 'drain-ended':
      case 'described':
      case 'gone':
      case 'withdrawn':
        this.announce(service, false);
    }
  }

  /** @param isShared every member makes this version by itself */
  protected announce(record: Service, isShared: boolean): void {
    if (isShared) this.cadence.announceShared(record);
    else this.cadence.announce(record);
  }
}
