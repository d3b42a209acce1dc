import { formatAddress } from '../../lib/ip-address.js';
import type { Component } from '../../lib/lifecycle.js';
import type { Logger } from '../../lib/logger.js';
import type { Clock, Millis } from '../../lib/ports.js';
import type { ProblemBoard } from '../../lib/problems.js';
import { aborted } from '../../lib/sleep.js';
import type { UdpSocket } from '../../lib/udp-socket.js';
import type { GossipNode } from '../core/gossip-node.js';
import type { Endpoint, GossipEffects } from '../core/ports.js';
import type { Bytes } from '../wire/message.js';
import { DriverCounters } from './counters.js';
import { Deadlines } from './deadlines.js';
import { DrivenNode } from './driven-node.js';
import { Exchanges } from './exchanges.js';
import { FaultTally } from './fault-tally.js';
import { bindBoth, type GossipSockets } from './gossip-sockets.js';
import { Joiner, type Lookup, type SeedAddress } from './joiner.js';
import type { Keyring } from './keyring.js';
import { MessagePort } from './message-port.js';
import { OutgoingStreams } from './outgoing-streams.js';
import { Packets } from './packets.js';
import { PeerProblems } from './peer-problems.js';
import { StreamClient } from './stream-client.js';
import { isOfKeys, type StreamFault } from './stream-fault.js';
import { StreamServer } from './stream-server.js';

/** Spreading the word that we leave takes a few gossip intervals. */
const LEAVE_WITHIN_MS: Millis = 5_000;

export interface GossipDriverOptions {
  /** Our name as a member. */
  readonly name: string;
  /** Where the sockets are bound, a canonical address; `0.0.0.0` and `::` are all addresses. The port is 1 to 65535. */
  readonly bind: Endpoint;
  /** What others are told to reach us at. */
  readonly advertise: Endpoint;
  readonly seeds: readonly SeedAddress[];
  readonly compress: boolean;
  /** For a stream from its first byte to its last, and for the look-up of a seed. */
  readonly tcpTimeoutMs: Millis;
}

export interface GossipDriverDeps {
  /** Makes the node that is driven. It must not use its effects before it is started. */
  readonly node: (effects: GossipEffects) => GossipNode;
  readonly sockets: GossipSockets;
  readonly lookup: Lookup;
  readonly keyring: Keyring;
  /** A round of gossip has gone out: how long it took to make. */
  readonly onGossiped?: (tookMs: Millis) => void;
  /** An exchange of states that we began has ended, well or not: how long it took. */
  readonly onExchanged?: (tookMs: Millis) => void;
  readonly clock: Clock;
  readonly problems: ProblemBoard;
  readonly log: Logger;
}

/** Gives a node its sockets and its time, from `run` until its signal aborts. Stopping tells the others nothing: see `leave`. */
export class GossipDriver implements Component {
  readonly name = 'gossip';
  readonly counters: Readonly<DriverCounters>;
  private readonly tally: FaultTally;
  private readonly deadlines: Deadlines;
  private readonly peerProblems: PeerProblems;
  private readonly packets: Packets;
  private readonly driven: DrivenNode;
  private readonly streams: OutgoingStreams;
  private readonly joiner: Joiner;
  private readonly server: StreamServer;
  private udp: UdpSocket | undefined;
  /** Resolves when `seedsAnswered` has become true. */
  readonly joined: Promise<void>;
  private hasJoined = false;
  private resolveJoined = (): void => undefined;

  constructor(
    private readonly options: GossipDriverOptions,
    private readonly deps: GossipDriverDeps,
  ) {
    this.joined = new Promise((resolve) => (this.resolveJoined = resolve));
    const counters = new DriverCounters();
    this.counters = counters;
    const { keyring, lookup, clock, log } = deps;
    const { tcpTimeoutMs: timeoutMs } = options;
    const faults = (this.tally = new FaultTally(log));
    const deadlines = (this.deadlines = new Deadlines(clock));
    const problems = (this.peerProblems = new PeerProblems({ problems: deps.problems, clock, log }));
    const onFault = (fault: StreamFault, from: Endpoint): void => {
      if (isOfKeys(fault)) problems.unreadableFrom(from);
    };
    const messages = new MessagePort(options, { keyring, counters });
    const client = new StreamClient(options.bind, {
      connect: deps.sockets.connectTcp,
      messages,
      counters,
      deadlines,
    });
    const driven = (this.driven = new DrivenNode(deps.node(this.effects()), {
      ...{ clock, counters, faults },
      onGossiped: deps.onGossiped,
    }));
    const onMerged = (): void => this.onJoined();
    const exchanges = new Exchanges(timeoutMs, { driven, client, problems, onMerged });
    this.packets = new Packets(options, { keyring, counters, faults, onFault });
    this.streams = new OutgoingStreams(timeoutMs, {
      ...{ driven, client, counters, log },
      exchanges: { begin: (to, join) => this.timeExchange(() => exchanges.begin(to, join)) },
    });
    this.joiner = new Joiner(
      { ...options, timeoutMs },
      {
        lookup,
        exchange: (to) => exchanges.begin(to, true),
        isPresent: (at) => this.node.isPresentAt(at),
        onSeedsTried: (answered) => this.onSeedsTried(answered),
        counters,
        deadlines,
        log,
      },
    );
    this.server = new StreamServer(
      { name: options.name, timeoutMs },
      {
        onPushPull: (remote, from) => exchanges.answer(remote, from),
        onUserMessage: (message, from) => driven.enter((node, now) => node.receive(from, message, now)),
      },
      { messages, counters, faults, onFault, deadlines },
    );
  }

  get node(): GossipNode {
    return this.driven.node;
  }

  /** Whether nobody has to be waited for: another member has exchanged states with us, every seed is this node itself, or none is named. */
  get seedsAnswered(): boolean {
    return this.hasJoined;
  }

  /** What was refused, failed or was given up, by code. */
  get faults(): ReadonlyMap<string, number> {
    return this.tally.counts;
  }

  /** The application has something to say: it goes out now instead of with the next tick. */
  nudge(): void {
    this.driven.enter((node, now) => node.nudge(now));
  }

  /** Tells all members what we say of ourselves from now on, at most 512 bytes. */
  updateMeta(meta: Bytes): void {
    this.driven.enter((node, now) => node.updateMeta(meta, now));
  }

  /** Exchanges states with this very member, if it is alive. */
  exchangeWith(name: string): void {
    this.driven.enter((node) => node.exchangeWith(name));
  }

  /** Gives up a member that is gone for good. */
  forget(name: string): 'forgotten' | 'unknown' | 'alive' {
    if (this.node.aliveNames().includes(name)) return 'alive';
    return this.driven.enter((node, now) => node.forget(name, now)) ? 'forgotten' : 'unknown';
  }

  /** Tells the others that we go; resolves when that was spread, at the latest after `withinMs`. */
  async leave(withinMs = LEAVE_WITHIN_MS): Promise<void> {
    const wasSpread = await this.driven.leave(withinMs);
    if (!wasSpread) this.deps.log.warn('not every member may know that this one leaves', { waitedMs: withinMs });
  }

  /** Ready once the port is bound: it waits for no seed. @throws GossipBindError when the port cannot be had */
  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { sockets, log } = this.deps;
    const { udp, tcp } = await bindBoth(sockets, this.options.bind, {
      onDatagram: (datagram, from) => this.onDatagram(datagram, from),
      onConnection: (connection) => this.server.accept(connection),
      onError: (error) => this.tally.note('SOCKET', 'the system reports of a gossip socket', { error }),
    });
    this.udp = udp;
    log.info('gossip is listening', {
      at: formatAddress(this.options.bind),
      advertised: formatAddress(this.options.advertise),
    });
    this.driven.start();
    if (this.isFirstOfAll()) this.onJoined();
    ready();
    await aborted(signal);
    this.driven.stop();
    this.deadlines.stop();
    this.peerProblems.stop();
    await Promise.all([udp.close(), tcp.close()]);
  }

  /** Nobody is named to join, and nobody is known from another run. */
  private isFirstOfAll(): boolean {
    return this.options.seeds.length === 0 && this.node.missingPeers(this.deps.clock.now()).length === 0;
  }

  private effects(): GossipEffects {
    return {
      sendPacket: (receivers, message) => {
        if (this.udp) this.packets.send(this.udp, receivers, message);
      },
      sendUserStream: (to, payload) => this.streams.sendUserStream(to, payload),
      pingByStream: (to, ping, timeoutMs) => this.streams.pingByStream(to, ping, timeoutMs),
      pushPull: (to) => this.streams.pushPull(to),
      join: (peers) => this.joiner.join(peers),
    };
  }

  private async timeExchange<T>(exchange: () => Promise<T>): Promise<T> {
    const { clock, onExchanged } = this.deps;
    const startedAt = clock.now();
    const result = await exchange();
    onExchanged?.(clock.now() - startedAt);
    return result;
  }

  private onDatagram(datagram: Bytes, from: Endpoint): void {
    for (const message of this.packets.open(datagram, from)) {
      this.driven.enter((node, now) => node.receive(from, message, now));
    }
  }

  private onJoined(): void {
    this.hasJoined = true;
    this.resolveJoined();
  }

  private onSeedsTried(answered: boolean): void {
    if (answered) this.onJoined();
    if (answered || this.node.aliveNames().some((name) => name !== this.options.name)) return;
    const seeds = this.options.seeds.map(({ host }) => host).join(', ');
    this.peerProblems.alone(
      `no seed can be joined (${seeds}), and no other member is alive: this node is alone and keeps trying; see in the log ` +
        `why, and to it that one of them runs and can be reached by UDP and TCP`,
    );
  }
}
