import assert from 'node:assert/strict';
import type { Logger } from '../../lib/logger.js';
import type { Millis, Random } from '../../lib/ports.js';
import type { Result } from '../../lib/result.js';
import type { Bytes, Message, PushPull } from '../wire/message.js';
import { Awareness } from './awareness.js';
import { Beat } from './beat.js';
import { BroadcastQueue } from './broadcast-queue.js';
import { isName, MAX_META_BYTES } from './claim.js';
import { newCounters, type Counters } from './counters.js';
import { Courier, longestPart } from './courier.js';
import { Exchange, type MergeFault } from './exchange.js';
import { Gossiper } from './gossiper.js';
import { Helper } from './helper.js';
import { KnownPeers } from './known-peers.js';
import { isPresent, MemberTable, type Entry } from './member-table.js';
import { ownEntry } from './own-entry.js';
import { MAX_MEMBERS, Membership } from './membership.js';
import type {
  Endpoint,
  GossipDelegate,
  GossipEffects,
  GossipOptions,
  KnownPeer,
  Member,
  MissingPeer,
} from './ports.js';
import { Prober } from './prober.js';
import { Reception } from './reception.js';
import { Rejoin } from './rejoin.js';
import { pushPullInterval, suspicionTimeout } from './scaling.js';
import { Sequence } from './sequence.js';

const MAX_BROADCASTS = 4096;
/** What spreads between our join and the moment everybody knows us may pass us by: the first periodic exchange brings it soon. */
const FIRST_EXCHANGE_MS: Millis = 10_000;

/**
 * A member of the cluster: SWIM with Lifeguard as PROTOCOL has it, without any I/O. Synchronous; time comes in with each call
 * and may not run backwards. Whoever drives it calls `tick` when `nextDeadline` has come, which every other call may change.
 */
export class GossipNode {
  readonly counters: Readonly<Counters>;
  private readonly count: Counters = newCounters();
  private readonly table: MemberTable;
  private readonly queue = new BroadcastQueue(MAX_BROADCASTS, () => (this.count.broadcastsDropped += 1));
  private readonly awareness: Awareness;
  private readonly known: KnownPeers;
  private readonly membership: Membership;
  private readonly courier: Courier;
  private readonly gossiper: Gossiper;
  private readonly prober: Prober;
  private readonly helper: Helper;
  private readonly reception: Reception;
  private readonly exchange: Exchange;
  private readonly rejoin: Rejoin;
  private readonly probeBeat = new Beat();
  private readonly pushPullBeat = new Beat();
  private phase: 'idle' | 'running' | 'leaving' = 'idle';
  /** Up to here our own lateness has been taken into account. */
  private lagCountedUntil: Millis = -Infinity;

  constructor(
    private readonly options: GossipOptions,
    private readonly deps: {
      readonly random: Random;
      readonly effects: GossipEffects;
      readonly delegate: GossipDelegate;
      /** A probe took so long until its answer, or until there was none. */
      readonly onProbed?: (tookMs: Millis) => void;
      readonly log: Logger;
    },
  ) {
    assert(isName(options.name) && options.meta.length <= MAX_META_BYTES, 'our own name and meta must fit');
    const { random, effects, delegate, onProbed, log } = deps;
    const counters = this.count;
    this.counters = counters;
    this.table = new MemberTable(ownEntry(options), random);
    this.awareness = new Awareness(options.healthMax);
    this.known = new KnownPeers(options.reconnectTimeoutMs, MAX_MEMBERS, random);
    const { table, queue, known, awareness } = this;
    this.rejoin = new Rejoin(options, { known, table, effects, counters, log });
    this.courier = new Courier(options, { table, queue, effects, delegate });
    const { courier } = this;
    const shared = { table, courier, counters };
    this.gossiper = new Gossiper(options, { ...shared, random });
    const rules = { ...options, longestBroadcastBytes: longestPart(options) };
    this.membership = new Membership(rules, {
      ...{ table, queue, known, awareness, counters, delegate, log },
      onOwnNews: (now) => this.gossiper.nudge(now),
      tell: (to, message) => courier.send(to, [message]),
      exchangeBy: (at) => this.pushPullBeat.hasten(at),
    });
    const { membership } = this;
    this.exchange = new Exchange(options, { table, membership, counters, effects, delegate });
    const sequence = new Sequence();
    const accuse = membership.suspect.bind(membership);
    this.prober = new Prober(options, { ...shared, awareness, sequence, effects, log, accuse, onProbed });
    this.helper = new Helper(options, { courier, sequence, counters });
    const { prober, helper } = this;
    this.reception = new Reception(options, { ...shared, membership, prober, helper, delegate });
  }

  /** Announces ourselves, and joins whom we know. */
  start(now: Millis): void {
    const { random } = this.deps;
    const { probeIntervalMs, pushPullIntervalMs } = this.options;
    this.phase = 'running';
    this.table.self.stateSince = now;
    this.membership.announce(now);
    this.probeBeat.set(now + random.below(probeIntervalMs));
    this.gossiper.start(now);
    this.pushPullBeat.set(now + random.below(Math.min(pushPullIntervalMs, FIRST_EXCHANGE_MS)));
    this.rejoin.start(now);
    this.rejoin.tick(now);
  }

  /** One message of a packet that came from `from`. Total: nothing that a peer may say throws. */
  receive(from: Endpoint, message: Message, now: Millis): void {
    this.wake(now);
    this.reception.receive(from, message, now);
  }

  /** The answer to `effects.pingByStream`. */
  onStreamAck(seqNo: number, now: Millis): void {
    this.wake(now);
    this.reception.onStreamAck(seqNo, now);
  }

  /**
   * What our side of a push/pull sends.
   *
   * @param asked what the peer sent, when this is the answer to it: one who sends no cluster name is upstream, and knows more states
   */
  localState(join: boolean, asked?: PushPull): PushPull {
    const { clusterName } = this.options;
    const forUpstream = clusterName === undefined || (asked !== undefined && asked.clusterName === undefined);
    const nodes = this.exchange.localNodes(forUpstream);
    const userState = this.deps.delegate.localState(join);
    const state: PushPull = { type: 'push-pull', join, nodes, userState };
    return clusterName === undefined ? state : { ...state, clusterName };
  }

  /** Merges what a peer sent in a push/pull. On a fault nothing of it is taken, neither members nor the application's state. */
  onPushPull(remote: PushPull, from: Endpoint, now: Millis): Result<undefined, MergeFault> {
    this.wake(now);
    const merged = this.exchange.merge(remote, now);
    this.reception.heardFrom(from, now);
    if (!merged.ok) return merged;
    this.rejoin.onExchange(now);
    if (remote.userState.length > 0) this.deps.delegate.onRemoteState(remote.userState, this.table.at(from)?.name);
    return merged;
  }

  /** Asks this member for its state now; nothing happens if it is not alive. */
  exchangeWith(name: string): void {
    if (this.phase === 'running') this.exchange.beginWith(name);
  }

  /** Does everything that is due. */
  tick(now: Millis): void {
    this.wake(now);
    this.prober.tick(now);
    this.helper.tick(now);
    this.membership.tick(now);
    if (this.probeBeat.take(now, this.options.probeIntervalMs)) this.probeNext(now);
    const interval = pushPullInterval(this.options.pushPullIntervalMs, this.table.size);
    if (this.pushPullBeat.take(now, interval)) this.exchange.beginWithAny();
    this.rejoin.tick(now);
    this.gossiper.tick(now);
  }

  /** When `tick` is due next, on the clock's scale; Infinity before the start. */
  nextDeadline(): Millis {
    return Math.min(
      this.prober.deadline,
      this.helper.deadline,
      this.membership.deadline,
      this.probeBeat.deadline,
      this.pushPullBeat.deadline,
      this.rejoin.deadline,
      this.gossiper.deadline,
    );
  }

  /** There is urgent news: gossip in a moment, together with what else comes up until then. */
  nudge(now: Millis): void {
    if (this.phase !== 'idle') this.gossiper.nudge(now);
  }

  /**
   * Our own event loop was late, `delayMs` up to now. Long enough to miss an answer, that is a reason to trust ourselves less
   * and to judge nobody by what we have not heard (Lifeguard). The same delay may be reported twice.
   */
  lag(delayMs: Millis, now: Millis): void {
    const { probeTimeoutMs, suspicionMult, probeIntervalMs } = this.options;
    const stallMs = Math.min(delayMs, now - this.lagCountedUntil);
    if (stallMs < probeTimeoutMs) return;
    this.lagCountedUntil = now;
    this.count.stalls += 1;
    this.deps.log.warn('the event loop was late', { lateMs: Math.round(stallMs) });
    this.awareness.add(Math.floor(stallMs / probeTimeoutMs));
    this.prober.abandon();
    this.membership.pardon(now);
    const longEnoughToBeDead = stallMs >= suspicionTimeout(suspicionMult, this.table.size, probeIntervalMs);
    if (longEnoughToBeDead && this.phase === 'running') this.pushPullBeat.set(now);
  }

  /** @param meta at most 512 bytes */
  updateMeta(meta: Bytes, now: Millis): void {
    assert(meta.length <= MAX_META_BYTES, 'our own meta must fit');
    this.wake(now);
    this.table.self.meta = meta;
    if (this.phase === 'running') this.membership.announce(now);
  }

  /** Tells the others that we go; from now on we only answer, and gossip until `hasLeft`. */
  leave(now: Millis): void {
    if (this.phase === 'leaving') return;
    this.wake(now);
    this.phase = 'leaving';
    this.probeBeat.set(Infinity);
    this.pushPullBeat.set(Infinity);
    this.rejoin.stop();
    this.membership.leave(now);
  }

  /** Whether our leave has been told often enough, or there is nobody to tell. */
  hasLeft(): boolean {
    return this.phase === 'leaving' && (!this.queue.has(this.options.name) || !this.table.hasCompany());
  }

  /** Everybody known, ourselves and the dead that are not yet forgotten included, in no order. */
  members(): readonly Member[] {
    return Array.from(this.table.all(), (entry) => ({ ...entry }));
  }

  member(name: string): Member | undefined {
    const entry = this.table.get(name);
    return entry && { ...entry };
  }

  /** Whether another member is believed alive at that address. */
  isPresentAt(at: Endpoint): boolean {
    const found = this.table.at(at);
    return found !== undefined && found !== this.table.self && isPresent(found.state);
  }

  /** Who is believed alive, suspects and ourselves included, in no order. */
  aliveNames(): readonly string[] {
    return [...this.table.all()].filter(({ state }) => isPresent(state)).map(({ name }) => name);
  }

  /** Peers of an earlier run; to be called before `start`. */
  setKnownPeers(peers: readonly KnownPeer[], now: Millis): void {
    const others = peers.filter(({ name }) => name !== this.options.name);
    this.count.peersRefused += this.known.restore(others, now);
  }

  /** Whom to look for in the next run. */
  knownPeers(): readonly KnownPeer[] {
    return this.known.list();
  }

  /** Of those, who is missing now. */
  missingPeers(now: Millis): readonly MissingPeer[] {
    return this.known.missing(now);
  }

  /** A peer that is gone for good is looked for no more. @returns false if it is not known, or alive */
  forget(name: string, now: Millis): boolean {
    this.wake(now);
    const state = this.table.get(name)?.state;
    if (state !== undefined && isPresent(state)) return false;
    const forgotten = this.known.remove(name);
    if (forgotten) this.deps.log.info('a member is forgotten', { member: name });
    return forgotten;
  }

  /** How little we trust our own senses, 0 to `healthMax - 1`. */
  get healthScore(): number {
    return this.awareness.score;
  }

  /** Notices when we have slept: before anything is judged that was due in the meantime. */
  private wake(now: Millis): void {
    this.lag(now - this.nextDeadline(), now);
  }

  private probeNext(now: Millis): void {
    if (this.prober.busy) return;
    const { gossipToTheDeadMs } = this.options;
    const forgettable = ({ state, stateSince }: Entry): boolean =>
      !isPresent(state) && now - stateSince > gossipToTheDeadMs;
    const target = this.table.takeProbeTarget(forgettable);
    if (target) this.prober.start(target, now);
  }
}
