import type { Logger } from '../../lib/logger.js';
import type { Millis } from '../../lib/ports.js';
import { addressBytes } from '../wire/address.js';
import { encodeMessage } from '../wire/encode-message.js';
import type { Alive, Bytes, Dead, Message, Suspect } from '../wire/message.js';
import type { Awareness } from './awareness.js';
import { BoundedLog } from './bounded-log.js';
import type { BroadcastQueue } from './broadcast-queue.js';
import type { AliveClaim } from './claim.js';
import { underName } from './cluster-name.js';
import type { Counters } from './counters.js';
import type { KnownPeers } from './known-peers.js';
import { changeState, isPresent, sameEndpoint, type Entry, type MemberTable } from './member-table.js';
import { NameConflicts } from './name-conflicts.js';
import type { Endpoint, GossipDelegate, GossipOptions, MemberEvent } from './ports.js';
import { Reminders } from './reminders.js';
import { suspicionTimeout } from './scaling.js';
import { Suspicions } from './suspicions.js';
import { NO_VERSIONS, plausible, sameVersions, versionMismatch, vsnOf } from './versions.js';

/** That a member does not answer, or is gone, and who says so. */
export type Accusation = Pick<Suspect | Dead, 'node' | 'incarnation' | 'from'>;

/** The field is 32 bits wide: an accusation at the last number cannot be outbid. */
const LAST_INCARNATION = 2 ** 32 - 1;
/** Clusters are far smaller; a peer that invents names must not fill the memory. */
export const MAX_MEMBERS = 16_384;
const CATCH_UP_WITHIN_MS: Millis = 1_000;

/**
 * The rules of PROTOCOL 12, one method per kind of news; the same for packets and for full exchanges.
 *
 * ```
 *                    suspect (same incarnation or higher)       time is up, or dead
 *   unknown ──▶ alive ─────────────────────────────▶ suspect ─────────────────────────▶ dead or left ──▶ unknown
 *                 ▲ ▲          alive (higher)           │                                    │   (30 s later)
 *                 │ └───────────────────────────────────┘            alive (higher)          │
 *                 └──────────────────────────────────────────────────────────────────────────┘
 * ```
 *
 * Only a member itself raises its incarnation: that is how it refutes.
 */
export class Membership {
  private readonly suspicions: Suspicions;
  private readonly log: BoundedLog;
  private readonly conflicts: NameConflicts;
  private readonly reminders: Reminders;

  constructor(
    private readonly options: Pick<
      GossipOptions,
      'name' | 'clusterName' | 'suspicionMult' | 'suspicionMaxTimeoutMult' | 'probeIntervalMs'
    > & {
      /** A longer broadcast would never find a packet. */
      readonly longestBroadcastBytes: number;
    },
    private readonly deps: {
      readonly table: MemberTable;
      readonly queue: BroadcastQueue;
      readonly known: KnownPeers;
      readonly awareness: Awareness;
      readonly counters: Counters;
      readonly delegate: Pick<GossipDelegate, 'onMember'>;
      readonly log: Logger;
      /** We have news of ourselves, which should not wait for the next tick. */
      readonly onOwnNews: (now: Millis) => void;
      /** Sends a message to one member, without waiting for the next tick. */
      readonly tell: (to: Endpoint, message: Message) => void;
      /** There shall be a full exchange, at the latest then. */
      readonly exchangeBy: (at: Millis) => void;
    },
  ) {
    this.suspicions = new Suspicions(deps.counters);
    this.log = new BoundedLog(deps.log);
    this.conflicts = new NameConflicts({ ...deps, log: this.log });
    this.reminders = new Reminders(options, deps.tell);
  }

  /** When `tick` is due: when the first suspicion may run out. */
  get deadline(): Millis {
    return this.suspicions.deadline;
  }

  /** Raises our incarnation and tells everybody how we are. */
  announce(now: Millis): void {
    const { self } = this.deps.table;
    self.incarnation = Math.min(self.incarnation + 1, LAST_INCARNATION);
    this.broadcastAlive(self);
    this.deps.onOwnNews(now);
  }

  /** Tells everybody that we go, by our own word: From = Node (PROTOCOL 16). */
  leave(now: Millis): void {
    const { name, incarnation } = this.deps.table.self;
    changeState(this.deps.table.self, 'left', now);
    this.broadcast(name, { type: 'dead', node: name, incarnation, from: name });
    this.deps.onOwnNews(now);
  }

  alive(claim: AliveClaim, now: Millis): void {
    const { table } = this.deps;
    if (claim.name === table.self.name) {
      this.aliveOurselves(claim, now);
      return;
    }
    const known = table.get(claim.name);
    if (!this.versionsFit(claim, known)) return;
    const entry = known ?? this.create(claim, now);
    if (!entry) return;
    if (isPresent(entry.state) && !sameEndpoint(entry, claim)) {
      this.conflicts.note(entry.name, entry, claim, now);
      this.emit('conflict', entry);
      return;
    }
    if (claim.incarnation > entry.incarnation) this.accept(entry, claim, now);
    else if (!isPresent(entry.state)) this.reminders.send(claim, entry.name, entry.incarnation, now);
  }

  suspect(accusation: Accusation, now: Millis): void {
    const { table } = this.deps;
    const { node, incarnation, from } = accusation;
    const entry = table.get(node);
    if (!entry || incarnation < entry.incarnation) return;
    if (this.suspicions.has(node)) {
      if (this.suspicions.confirm(node, from, now)) this.broadcast(node, { type: 'suspect', node, incarnation, from });
      return;
    }
    if (entry.state !== 'alive') {
      this.tellOfDeath(entry, incarnation);
      return;
    }
    if (entry === table.self) {
      this.defend(incarnation, now);
      return;
    }
    this.broadcast(node, { type: 'suspect', node, incarnation, from });
    entry.incarnation = incarnation;
    changeState(entry, 'suspect', now);
    this.startSuspicion(node, from, now);
    this.log.info(now, 'a member is suspected', { member: node, from });
  }

  dead(accusation: Accusation, now: Millis): void {
    const { table } = this.deps;
    const { node, incarnation, from } = accusation;
    const entry = table.get(node);
    if (!entry || incarnation < entry.incarnation) return;
    const left = from === node;
    this.suspicions.cancel(node);
    if (!isPresent(entry.state)) {
      if (left && entry.state === 'dead') this.markLeft(entry);
      return;
    }
    if (entry === table.self) {
      this.defend(incarnation, now);
      return;
    }
    this.broadcast(node, { type: 'dead', node, incarnation, from });
    entry.incarnation = incarnation;
    changeState(entry, 'dead', now);
    if (left) this.markLeft(entry);
    else this.deps.known.lost(node, now);
    this.log.info(now, left ? 'a member left' : 'a member is dead', { member: node, from });
    this.emit('leave', entry);
  }

  /** Declares those dead who had time enough to refute. */
  tick(now: Millis): void {
    const { table } = this.deps;
    for (const node of this.suspicions.takeDue(now)) {
      const { incarnation = 0 } = table.get(node) ?? {};
      this.dead({ node, incarnation, from: table.self.name }, now);
    }
  }

  /** We were not listening: whoever is suspected gets another chance to be heard. */
  pardon(now: Millis): void {
    this.suspicions.renew(now);
  }

  private aliveOurselves(claim: AliveClaim, now: Millis): void {
    const { self } = this.deps.table;
    if (self.state === 'left') return;
    if (!sameEndpoint(self, claim)) {
      this.conflicts.note(self.name, self, claim, now);
      this.conflicts.ofOurName(now);
      this.emit('conflict', self);
      return;
    }
    if (claim.incarnation < self.incarnation) return;
    const told = claim.versions !== undefined && sameVersions(claim.versions, self.versions);
    if (claim.incarnation === self.incarnation && told && sameMeta(claim.meta, self.meta)) return;
    this.refute(claim.incarnation, now);
  }

  /** Said aloud: a host that others cannot reach learns of it by nothing else. */
  private defend(accused: number, now: Millis): void {
    const { address, port } = this.deps.table.self;
    const message = 'others took this node for silent or dead: if that repeats, see that they reach it by UDP and TCP';
    this.log.warn(now, message, { at: `${address} ${port}` });
    this.deps.exchangeBy(now + CATCH_UP_WITHIN_MS); // who was out of reach has missed news
    this.refute(accused, now);
  }

  private refute(accused: number, now: Millis): void {
    const { self } = this.deps.table;
    if (accused >= LAST_INCARNATION) {
      this.deps.counters.irrefutable += 1;
      return;
    }
    this.deps.counters.refutations += 1;
    this.deps.awareness.add(1);
    self.incarnation = Math.max(self.incarnation, accused);
    this.announce(now);
  }

  private accept(entry: Entry, claim: AliveClaim, now: Millis): void {
    const { table, known, counters } = this.deps;
    this.suspicions.cancel(entry.name);
    this.broadcastAlive(claim);
    const joins = !isPresent(entry.state);
    const updates = !sameMeta(entry.meta, claim.meta);
    table.move(entry, claim);
    entry.incarnation = claim.incarnation;
    entry.meta = claim.meta;
    entry.versions = claim.versions ?? entry.versions;
    if (entry.state !== 'alive') changeState(entry, 'alive', now);
    if (!known.seen(entry.name, entry)) counters.peersRefused += 1;
    if (joins) this.log.info(now, 'a member joined', { member: entry.name, address: entry.address, port: entry.port });
    if (joins || updates) this.emit(joins ? 'join' : 'update', entry);
  }

  /** A new entry, dead until its claim is accepted. An incarnation of 0 would never be, and leave a ghost. */
  private create(claim: AliveClaim, now: Millis): Entry | undefined {
    const { table, counters } = this.deps;
    if (claim.incarnation === 0) return undefined;
    if (table.size >= MAX_MEMBERS) {
      counters.membersRefused += 1;
      return undefined;
    }
    const { name, address, port } = claim;
    const unheard = { lastHeard: undefined, roundTripMs: undefined };
    const gone = { incarnation: 0, state: 'dead', stateSince: now } as const;
    const unknown = { meta: new Uint8Array(0), versions: NO_VERSIONS };
    const entry: Entry = { name, address, port, ...unknown, ...gone, ...unheard };
    table.add(entry);
    return entry;
  }

  /** Packets are not checked by anybody else, and one misfit stops every push/pull of the cluster (PEERS). */
  private versionsFit(claim: AliveClaim, known: Entry | undefined): boolean {
    const { self } = this.deps.table;
    const versions = claim.versions ?? known?.versions ?? NO_VERSIONS;
    const both = [self, { name: claim.name, versions }].map((side) => ({ ...side, alive: true }));
    if (plausible(versions) && !versionMismatch(both)) return true;
    this.deps.counters.foreignVersionClaims += 1;
    return false;
  }

  /** Who only suspects whom we know to be gone was not there when that was told; alone it would wait for long. */
  private tellOfDeath({ name, state, incarnation }: Entry, suspected: number): void {
    const { table, queue } = this.deps;
    if (isPresent(state) || suspected > incarnation || queue.has(name)) return;
    const from = state === 'left' ? name : table.self.name;
    this.broadcast(name, { type: 'dead', node: name, incarnation, from });
  }

  private startSuspicion(node: string, accuser: string, now: Millis): void {
    const { suspicionMult, suspicionMaxTimeoutMult, probeIntervalMs } = this.options;
    const members = this.deps.table.size;
    const wanted = suspicionMult - 2;
    const minMs = suspicionTimeout(suspicionMult, members, probeIntervalMs);
    const terms = { expected: members - 2 < wanted ? 0 : wanted, minMs, maxMs: minMs * suspicionMaxTimeoutMult };
    this.suspicions.start(node, accuser, terms, now);
  }

  /** Its death was its own word: nobody has to look for it. */
  private markLeft(entry: Entry): void {
    entry.state = 'left';
    this.deps.known.remove(entry.name);
  }

  private broadcastAlive({ name, address, port, meta, incarnation, versions }: AliveClaim): void {
    const vsn = versions && vsnOf(versions);
    this.broadcast(name, { type: 'alive', node: name, addr: addressBytes(address), port, meta, incarnation, vsn });
  }

  private broadcast(about: string, message: Alive | Suspect | Dead): void {
    const encoded = encodeMessage(underName(this.options.clusterName, message));
    if (encoded.length > this.options.longestBroadcastBytes) this.deps.counters.broadcastsTooLarge += 1;
    else this.deps.queue.add(about, encoded);
  }

  private emit(type: MemberEvent['type'], entry: Entry): void {
    this.deps.delegate.onMember({ type, member: { ...entry } });
  }
}

const sameMeta = (a: Bytes, b: Bytes): boolean => Buffer.compare(a, b) === 0;
