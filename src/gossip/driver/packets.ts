import { formatAddress } from '../../lib/ip-address.js';
import type { UdpSocket } from '../../lib/udp-socket.js';
import type { Endpoint, Receiver } from '../core/ports.js';
import type { Bytes, Message } from '../wire/message.js';
import { openPacket, sealPacket } from '../wire/packet.js';
import type { DriverCounters } from './counters.js';
import type { FaultTally } from './fault-tally.js';
import type { Keyring } from './keyring.js';
import type { StreamFault } from './stream-fault.js';

/** Datagrams that may be with the system at once; more are dropped, as a network under load does. */
const MAX_PENDING = 1024;

/** Datagrams in both directions: sealed on the way out, opened on the way in (PROTOCOL 9). */
export class Packets {
  private pending = 0;

  constructor(
    private readonly options: { readonly compress: boolean },
    private readonly deps: {
      readonly keyring: Keyring;
      readonly counters: DriverCounters;
      readonly faults: FaultTally;
      /** Told of everything in a datagram that was refused. */
      readonly onFault: (fault: StreamFault, from: Endpoint) => void;
    },
  ) {}

  /** Sends one message or compound to each receiver; it is sealed once for those that know the checksum, once for the others. */
  send(socket: UdpSocket, receivers: readonly Receiver[], message: Bytes): void {
    const { keyring, counters, faults } = this.deps;
    const key = keyring.sealing();
    if (!key.ok) {
      counters.packetsDropped += receivers.length;
      faults.note('PACKET_LOCKED', 'packets are not sent: no key is known to encrypt with', {});
      return;
    }
    const seal = (checksum: boolean): Bytes =>
      sealPacket(message, { compress: this.options.compress, checksum, key: key.value });
    const sealed = new Map<boolean, Bytes>();
    for (const receiver of receivers) {
      const datagram = sealed.get(receiver.checksum) ?? seal(receiver.checksum);
      sealed.set(receiver.checksum, datagram);
      this.sendOne(socket, receiver, datagram);
    }
  }

  private sendOne(socket: UdpSocket, to: Endpoint, datagram: Bytes): void {
    const { counters, faults } = this.deps;
    if (this.pending >= MAX_PENDING) {
      counters.packetsDropped += 1;
      faults.note('PACKET_DROPPED', 'packets are dropped: the system does not take them as fast', {
        limit: MAX_PENDING,
      });
      return;
    }
    this.pending += 1;
    socket.send(datagram, to, (errno) => {
      this.pending -= 1;
      if (errno === undefined) {
        counters.packetsOut += 1;
        counters.packetBytesOut += datagram.length;
        return;
      }
      counters.packetsFailed += 1;
      faults.note(`PACKET_${errno}`, `a packet could not be sent: ${errno}`, {
        to: formatAddress(to),
        bytes: datagram.length,
      });
    });
  }

  /** @returns the messages of a datagram, in order; what is refused is told and counted */
  open(datagram: Bytes, from: Endpoint): readonly Message[] {
    const { keyring, counters } = this.deps;
    counters.packetsIn += 1;
    counters.packetBytesIn += datagram.length;
    const opening = keyring.opening();
    if (!opening.ok) {
      this.refuse({ code: opening.fault, detail: 'no key is known to open it' }, from);
      return [];
    }
    const { messages, faults } = openPacket(datagram, opening.value);
    for (const fault of faults) this.refuse(fault, from);
    return messages;
  }

  private refuse(fault: StreamFault, from: Endpoint): void {
    this.deps.faults.note(`PACKET_${fault.code}`, `a packet, or a part of it, is dropped: ${fault.detail}`, {
      from: formatAddress(from),
    });
    this.deps.onFault(fault, from);
  }
}
