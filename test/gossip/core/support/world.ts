import { GossipNode } from '../../../../src/gossip/core/gossip-node.js';
import type {
  BroadcastBudget,
  Endpoint,
  GossipDelegate,
  GossipEffects,
  GossipOptions,
  KnownPeer,
  Receiver,
} from '../../../../src/gossip/core/ports.js';
import type { Bytes, Message } from '../../../../src/gossip/wire/message.js';
import { silent } from '../../../support/log.js';
import { SIDECAR } from './options.js';
import { messagesOf, words } from './packet.js';
import { seeded } from './random.js';

const LATENCY_MS = 1;

/** One node of a world with all that it did. */
export class Host implements GossipDelegate, GossipEffects {
  readonly node: GossipNode;
  readonly options: GossipOptions;
  /** Each message of each packet: `to b: ping b`. */
  readonly sent: string[] = [];
  readonly packets: { readonly at: number; readonly receivers: readonly Receiver[]; readonly message: Bytes }[] = [];
  /** What the application was told: `join b`. */
  readonly events: string[] = [];
  readonly heard: string[] = [];
  readonly streamed: string[] = [];
  /** Each call to join: when, and which peers. */
  readonly joins: { readonly at: number; readonly peers: readonly KnownPeer[] }[] = [];
  pushPulls = 0;
  /** How long each probe took. */
  readonly probed: number[] = [];
  /** It does nothing and hears nothing; what is sent to it waits, as in a socket's buffer. */
  stopped = false;
  /** What the application wants to say. */
  payloads: (budget: BroadcastBudget) => readonly Bytes[] = () => [];
  large: Bytes[] = [];
  state: Bytes = new Uint8Array(0);

  constructor(
    private readonly world: World,
    options: GossipOptions,
    seed: number,
  ) {
    this.options = options;
    this.node = new GossipNode(options, {
      ...{ random: seeded(seed), effects: this, delegate: this, log: silent },
      onProbed: (tookMs) => this.probed.push(tookMs),
    });
  }

  get place(): Endpoint {
    return this.options.advertise;
  }

  stateOf(name: string): string | undefined {
    return this.node.member(name)?.state;
  }

  /** As if `message` came from `from`. */
  hears(message: Message, from: Endpoint = { address: '10.9.9.9', port: 1 }): void {
    this.node.receive(from, message, this.world.now);
  }

  sendPacket(receivers: readonly Receiver[], message: Bytes): void {
    this.packets.push({ at: this.world.now, receivers, message });
    const messages = messagesOf(message);
    for (const to of receivers) {
      const name = this.world.nameAt(to);
      this.sent.push(...messages.map((one) => `to ${name}: ${words(one)}`));
      this.world.carry(this, to, (host) => {
        for (const one of messages) host.hears(one, this.place);
      });
    }
  }

  sendUserStream(to: Endpoint, payload: Bytes): void {
    this.streamed.push(`to ${this.world.nameAt(to)}: ${Buffer.from(payload).toString()}`);
    this.world.carry(this, to, (host) => host.hears({ type: 'user', payload }, this.place));
  }

  pingByStream(to: Endpoint, { seqNo, node }: { readonly seqNo: number; readonly node: string }): void {
    this.streamed.push(`ping ${node}`);
    this.world.carryStream(this, to, () => this.node.onStreamAck(seqNo, this.world.now));
  }

  pushPull(to: Endpoint): void {
    this.pushPulls += 1;
    this.exchange(to, false);
  }

  join(peers: readonly KnownPeer[]): void {
    this.joins.push({ at: this.world.now, peers });
    for (const to of [...peers, ...this.world.seeds]) this.exchange(to, true);
  }

  takeBroadcasts(budget: BroadcastBudget): readonly Bytes[] {
    return this.payloads(budget);
  }

  takeLarge(): readonly Bytes[] {
    return this.large.splice(0);
  }

  onUserMessage(payload: Bytes): void {
    this.heard.push(Buffer.from(payload).toString());
  }

  localState(): Bytes {
    return this.state;
  }

  onRemoteState(state: Bytes, peer: string | undefined): void {
    this.heard.push(`state of ${peer ?? '?'}: ${Buffer.from(state).toString()}`);
  }

  onStranger(name: string, clusterName: string): void {
    this.events.push(`stranger ${name} of ${clusterName}`);
  }

  onMember({ type, member }: { readonly type: string; readonly member: { readonly name: string } }): void {
    this.events.push(`${type} ${member.name}`);
  }

  private exchange(to: Endpoint, join: boolean): void {
    this.world.carryStream(this, to, (host) => {
      const ours = this.node.localState(join);
      const theirs = host.node.localState(join, ours);
      host.node.onPushPull(ours, { address: this.place.address, port: 50_000 }, this.world.now);
      this.node.onPushPull(theirs, to, this.world.now);
    });
  }
}

/** Nodes on one timeline. Nothing happens but in `advance`, so each run is the same. */
export class World {
  now = 0;
  seeds: readonly Endpoint[] = [];
  /** Tests replace these to lose packets and cut links. */
  delivers: (from: string, to: string) => boolean = () => true;
  connects: (from: string, to: string) => boolean = () => true;
  private readonly hosts: Host[] = [];
  private readonly names = new Map<string, string>();
  private added = 0;
  private agenda: { readonly at: number; readonly act: () => void }[] = [];

  add(name: string, options: Partial<GossipOptions> = {}): Host {
    this.added += 1;
    const advertise = { address: `10.0.0.${this.added}`, port: 7946 };
    const host = new Host(this, { ...SIDECAR, name, advertise, ...options }, this.added);
    this.hosts.push(host);
    this.names.set(host.place.address, name);
    return host;
  }

  /** Takes a host away without a word. */
  kill(host: Host): void {
    this.hosts.splice(this.hosts.indexOf(host), 1);
  }

  host(name: string): Host {
    const host = this.hosts.find(({ options }) => options.name === name);
    if (!host) throw new Error(`there is no ${name}`);
    return host;
  }

  /** Who lives there, or lived there last. */
  nameAt({ address }: Endpoint): string {
    return this.names.get(address) ?? address;
  }

  at(place: Endpoint): Host | undefined {
    return this.hosts.find((host) => host.place.address === place.address && host.place.port === place.port);
  }

  carry(from: Host, to: Endpoint, arrive: (host: Host) => void): void {
    const host = this.at(to);
    if (!host || !this.delivers(from.options.name, host.options.name)) return;
    this.later(() => this.whenAwake(host, () => arrive(host)));
  }

  carryStream(from: Host, to: Endpoint, arrive: (host: Host) => void): void {
    const host = this.at(to);
    if (!host || host === from || !this.connects(from.options.name, host.options.name)) return;
    this.later(() => {
      if (!host.stopped && !from.stopped && this.at(to) === host) arrive(host);
    });
  }

  advance(durationMs: number): void {
    const end = this.now + durationMs;
    for (let next = this.nextAt(); next <= end; next = this.nextAt()) {
      this.now = Math.max(this.now, next);
      const due = this.agenda.filter(({ at }) => at <= this.now);
      this.agenda = this.agenda.filter(({ at }) => at > this.now);
      for (const { act } of due) act();
      for (const host of this.awake()) if (host.node.nextDeadline() <= this.now) host.node.tick(this.now);
    }
    this.now = end;
  }

  private nextAt(): number {
    const deadlines = this.awake().map(({ node }) => node.nextDeadline());
    return Math.min(...deadlines, ...this.agenda.map(({ at }) => at));
  }

  private awake(): readonly Host[] {
    return this.hosts.filter(({ stopped }) => !stopped);
  }

  private later(act: () => void): void {
    this.agenda.push({ at: this.now + LATENCY_MS, act });
  }

  private whenAwake(host: Host, act: () => void): void {
    if (this.at(host.place) !== host) return;
    if (host.stopped) this.later(() => this.whenAwake(host, act));
    else act();
  }
}

/** A world of started hosts that know each other, and have nothing left to say of it. */
export function cluster(
  names: readonly string[],
  options: Partial<GossipOptions> = {},
  optionsOf: (name: string) => Partial<GossipOptions> = () => ({}),
): World {
  const world = new World();
  const hosts = names.map((name) => world.add(name, { ...options, ...optionsOf(name) }));
  for (const host of hosts) host.node.start(world.now);
  for (const host of hosts.slice(1)) host.join([{ name: names[0] ?? '', ...(hosts[0]?.place ?? host.place) }]);
  world.advance(10_000);
  for (const { sent, packets, joins, events } of hosts)
    for (const record of [sent, packets, joins, events]) record.length = 0;
  return world;
}
