import { COMPOUND_HEADER_BYTES, COMPOUND_PART_BYTES, encodeCompound, MAX_COMPOUND_PARTS } from '../wire/compound.js';
import { encodeMessage } from '../wire/encode-message.js';
import type { Bytes, Message } from '../wire/message.js';
import type { BroadcastQueue } from './broadcast-queue.js';
import type { Entry, MemberTable } from './member-table.js';
import type { Endpoint, GossipDelegate, GossipEffects, GossipOptions, Receiver } from './ports.js';
import { retransmitLimit } from './scaling.js';
import { UNDERSTANDS } from './versions.js';

/** Type byte and CRC-32 (PROTOCOL 7). */
const CHECKSUM_BYTES = 5;
/** What a payload of the application costs besides itself: its length field and its type byte. */
const PAYLOAD_OVERHEAD_BYTES = COMPOUND_PART_BYTES + 1;

type PacketOptions = Pick<
  GossipOptions,
  'packetBytes' | 'encryptionBytes' | 'retransmitMult' | 'gossipMessages' | 'gossipBurst'
>;

/** The longest message that always finds room in a compound, whoever receives it. */
export function longestPart({ packetBytes, encryptionBytes }: PacketOptions): number {
  return packetBytes - encryptionBytes - CHECKSUM_BYTES - COMPOUND_HEADER_BYTES - COMPOUND_PART_BYTES;
}

/** The longest payload of the application that a packet carries: a type byte makes it a message. */
export const longestPayload = (options: PacketOptions): number => longestPart(options) - 1;

/**
 * Fills packets: what must be said now, news of members, then messages of the application, which are first in each second packet;
 * never more than one datagram may hold with everything counted that is added on its way out (PROTOCOL 9).
 */
export class Courier {
  private round = 0;

  constructor(
    private readonly options: PacketOptions,
    private readonly deps: {
      readonly table: MemberTable;
      readonly queue: BroadcastQueue;
      readonly effects: Pick<GossipEffects, 'sendPacket' | 'sendUserStream'>;
      readonly delegate: Pick<GossipDelegate, 'takeBroadcasts' | 'takeLarge'>;
    },
  ) {}

  /** Sends exactly these messages, in one packet. */
  send(to: Endpoint, messages: readonly Message[]): void {
    this.dispatch([this.receiverAt(to)], messages.map(encodeMessage));
  }

  /** Sends `message` with as much news as fits; a stranger, who may not be where the packet claims it is from, gets none. */
  sendWithNews(to: Endpoint, message: Message): void {
    const receiver = this.receiverAt(to);
    const first = encodeMessage(message);
    const room = this.roomFor([receiver]) - first.length - COMPOUND_PART_BYTES;
    const news = this.deps.table.at(to) ? this.takeParts(this.newRound(), room, MAX_COMPOUND_PARTS - 1).parts : [];
    this.dispatch([receiver], [first, ...news]);
  }

  /** Tells the same news to all of `chosen`, in as many packets as one tick may send (PROTOCOL 14). */
  gossip(chosen: readonly Entry[]): void {
    if (chosen.length === 0) return;
    const round = this.newRound();
    const receivers = chosen.map(receiverOf);
    const room = this.roomFor(receivers);
    const { gossipMessages, gossipBurst } = this.options;
    let backlog = false;
    for (let sent = 0; sent < gossipMessages || (backlog && sent < gossipBurst); sent += 1) {
      // Many members with news, which each of us passes on, must not silence the application.
      const first = (round + sent) % 2 === 0 || sent >= gossipMessages ? 'payloads' : 'news';
      const { parts, payloads } = this.takeParts(round, room, MAX_COMPOUND_PARTS, first);
      if (parts.length === 0) break;
      this.dispatch(receivers, parts);
      if (payloads > 0 || first === 'payloads') backlog = payloads > 0;
    }
    this.streamLarge(round, chosen);
  }

  private streamLarge(round: number, chosen: readonly Entry[]): void {
    const { delegate, effects } = this.deps;
    const alive = chosen.filter(({ state }) => state === 'alive');
    if (alive.length === 0) return;
    for (const payload of delegate.takeLarge({ round, transmitLimit: this.transmitLimit() })) {
      for (const { address, port } of alive) effects.sendUserStream({ address, port }, payload);
    }
  }

  private takeParts(
    round: number,
    room: number,
    maxParts: number,
    first: 'news' | 'payloads' = 'news',
  ): { readonly parts: readonly Bytes[]; readonly payloads: number } {
    const early = first === 'payloads' ? this.takePayloads(round, room) : [];
    const news = this.deps.queue.take({
      ...{ round, transmitLimit: this.transmitLimit(), limitBytes: room - costOf(early) },
      ...{ overheadBytes: COMPOUND_PART_BYTES, maxParts: maxParts - early.length },
    });
    const payloads = first === 'payloads' ? early : this.takePayloads(round, room - costOf(news));
    return { parts: [...news, ...payloads], payloads: payloads.length };
  }

  private takePayloads(round: number, limitBytes: number): readonly Bytes[] {
    if (limitBytes <= PAYLOAD_OVERHEAD_BYTES + 1) return [];
    const transmitLimit = this.transmitLimit();
    return this.deps.delegate
      .takeBroadcasts({ limitBytes, overheadBytes: PAYLOAD_OVERHEAD_BYTES, round, transmitLimit })
      .map((payload) => encodeMessage({ type: 'user', payload }));
  }

  /** Many tiny payloads can be more parts than a compound holds: then there is one more packet. */
  private dispatch(receivers: readonly Receiver[], parts: readonly Bytes[]): void {
    for (let at = 0; at < parts.length; at += MAX_COMPOUND_PARTS) {
      const together = parts.slice(at, at + MAX_COMPOUND_PARTS);
      const [only, more] = together;
      const packet = only && !more ? only : encodeCompound(together);
      this.deps.effects.sendPacket(receivers, packet);
    }
  }

  /** Bytes for the parts of one compound, their length fields included. */
  private roomFor(receivers: readonly Receiver[]): number {
    const { packetBytes, encryptionBytes } = this.options;
    const checksumBytes = receivers.some(({ checksum }) => checksum) ? CHECKSUM_BYTES : 0;
    return packetBytes - encryptionBytes - checksumBytes - COMPOUND_HEADER_BYTES;
  }

  private receiverAt(to: Endpoint): Receiver {
    const entry = this.deps.table.at(to);
    return entry ? receiverOf(entry) : { address: to.address, port: to.port, checksum: false };
  }

  private newRound(): number {
    this.round += 1;
    return this.round;
  }

  private transmitLimit(): number {
    return retransmitLimit(this.options.retransmitMult, this.deps.table.size);
  }
}

const costOf = (parts: readonly Bytes[]): number =>
  parts.reduce((sum, { length }) => sum + length + COMPOUND_PART_BYTES, 0);

function receiverOf({ address, port, versions }: Entry): Receiver {
  return { address, port, checksum: versions.pmax >= UNDERSTANDS.checksum };
}
