import type { Endpoint, GossipEffects, KnownPeer, Receiver } from '../../src/gossip/core/ports.js';
import type { DrivenNode } from '../../src/gossip/driver/driven-node.js';
import type { Bytes, Message, StreamMessage } from '../../src/gossip/wire/message.js';
import { openPacket } from '../../src/gossip/wire/packet.js';
import type { Millis } from '../../src/lib/ports.js';
import type { Machine } from './machine.js';
import type { Party } from './streams.js';
import { MTU_BYTES, type World } from './world.js';

const TCP_TIMEOUT_MS: Millis = 10_000;
const CHECKSUM_BYTES = 5;

/** What an agent's node wants done, done in the world: in place of the driver's sockets. */
export class WorldEffects implements GossipEffects {
  private readonly joining = new Set<string>();

  constructor(
    private readonly home: Machine,
    private readonly deps: { readonly world: World; readonly party: Party; readonly driven: () => DrivenNode },
  ) {}

  sendPacket(receivers: readonly Receiver[], bytes: Bytes): void {
    const { world } = this.deps;
    const { endpoint, number } = this.home;
    let opened: readonly Message[] | undefined;
    for (const receiver of receivers) {
      const size = bytes.length + (receiver.checksum ? CHECKSUM_BYTES : 0);
      if (size > MTU_BYTES) world.fail(`${this.home.name} sends a packet of ${size} bytes`);
      const to = world.machineAt(receiver);
      world.network.sendPacket(number, to.number, size, () => {
        const { agent } = to;
        agent?.process.receive(() => {
          opened ??= this.open(bytes);
          agent.receive(endpoint, opened);
        });
      });
    }
  }

  sendUserStream(to: Endpoint, payload: Bytes): void {
    const nothing = (): void => undefined;
    this.talk(to, TCP_TIMEOUT_MS, () => ({ type: 'user', payload }), nothing);
  }

  pingByStream(to: Endpoint, ping: { readonly seqNo: number; readonly node: string }, timeoutMs: Millis): void {
    const say = (): StreamMessage => ({ type: 'ping', ...ping });
    this.talk(to, timeoutMs, say, (answer) => {
      if (answer.type === 'ack') this.deps.driven().enter((node, now) => node.onStreamAck(answer.seqNo, now));
    });
  }

  pushPull(to: Endpoint): void {
    this.exchange(to, false);
  }

  join(peers: readonly KnownPeer[]): void {
    const { world, party, driven } = this.deps;
    for (const { address, port } of [...world.seeds, ...peers]) {
      const isOurs = address === this.home.endpoint.address;
      if (isOurs || this.joining.has(address) || driven().node.isPresentAt({ address, port })) continue;
      this.joining.add(address);
      party.process.clock.after(TCP_TIMEOUT_MS, () => this.joining.delete(address));
      this.exchange({ address, port }, true);
    }
  }

  private exchange(to: Endpoint, join: boolean): void {
    const say = (): StreamMessage | undefined => this.deps.driven().enter((node) => node.localState(join));
    this.talk(to, TCP_TIMEOUT_MS, say, (answer) => {
      if (answer.type === 'push-pull') this.deps.driven().enter((node, now) => node.onPushPull(answer, to, now));
    });
  }

  private talk(
    to: Endpoint,
    timeoutMs: Millis,
    say: () => StreamMessage | undefined,
    hear: (answer: StreamMessage) => void,
  ): void {
    const { world, party } = this.deps;
    const target = world.machineAt(to);
    world.streams.talk(party, { machine: target.number, listener: () => target.agent }, timeoutMs, say, hear);
  }

  private open(bytes: Bytes): readonly Message[] {
    const { messages, faults } = openPacket(bytes, { keys: [], verifyIncoming: false });
    for (const { code } of faults) this.deps.world.fail(`${this.home.name} sends what nobody can read: ${code}`);
    return messages;
  }
}
