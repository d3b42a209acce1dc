import { addChecksum, removeChecksum } from './checksum.js';
import { decodeCompound } from './compound.js';
import { compress, decompress } from './compress.js';
import { decodeMessage } from './decode-message.js';
import { decrypt, encrypt } from './encryption.js';
import type { Bytes, Message } from './message.js';
import { MESSAGE_TYPE } from './message-type.js';
import type { WireFault } from './wire-fault.js';

/**
 * What a packet may become when it is decompressed, all its parts together: what it could have been uncompressed. With more,
 * some thousand small packets in a second would take all of our time.
 */
export const MAX_PACKET_BYTES = 65_536;
/** Messages and faults of one packet; memberlist never sends more than 255. */
export const MAX_PACKET_PARTS = 1024;
/** Compounds and compressions around each other; memberlist sends two. */
const MAX_NESTING = 8;

export interface PacketSeal {
  /** Compress, if that makes it shorter. */
  readonly compress: boolean;
  /** The receiver understands the checksum: its pmax is 5 or more. */
  readonly checksum: boolean;
  /** 16, 24 or 32 bytes; `undefined` sends it plain. */
  readonly key: Bytes | undefined;
}

/**
 * A message or compound as a datagram (PROTOCOL 9).
 *
 * @param nonce 12 bytes, used with a key only; random if not given
 */
export function sealPacket(message: Bytes, seal: PacketSeal, nonce?: Bytes): Bytes {
  const compressed = seal.compress ? compress(message) : message;
  const shorter = compressed.length < message.length ? compressed : message;
  const checked = seal.checksum ? addChecksum(shorter) : shorter;
  return seal.key === undefined ? checked : encrypt(checked, seal.key, undefined, nonce);
}

export interface PacketOpening {
  /** All are tried, in order; without any, packets are plain. */
  readonly keys: readonly Bytes[];
  /** Whether a packet that no key opens is refused; otherwise it is taken as plain. */
  readonly verifyIncoming: boolean;
}

export interface OpenedPacket {
  /** In the order in which they were sent. */
  readonly messages: readonly Message[];
  /** One for each part that was refused; together with the messages at most `MAX_PACKET_PARTS`. */
  readonly faults: readonly WireFault[];
}

/** Opens a datagram as it came (PROTOCOL 9). Whatever its bytes are, time and memory are bounded. */
export function openPacket(datagram: Bytes, opening: PacketOpening): OpenedPacket {
  const contents = new PacketContents();
  const plain = opening.keys.length === 0 ? undefined : decrypt(datagram, opening.keys);
  if (plain?.ok === false && opening.verifyIncoming) {
    contents.refuse(plain.fault);
    return contents;
  }
  const message = removeChecksum(plain?.ok ? plain.value : datagram);
  if (message.ok) contents.take(message.value, 0);
  else contents.refuse(message.fault);
  return contents;
}

class PacketContents implements OpenedPacket {
  readonly messages: Message[] = [];
  readonly faults: WireFault[] = [];
  private bytesLeft = MAX_PACKET_BYTES;

  take(bytes: Bytes, depth: number): void {
    if (this.hasNoPlace()) return;
    if (depth > MAX_NESTING) this.refuse({ code: 'TOO_DEEP', detail: `more than ${MAX_NESTING} wrappers around` });
    else if (bytes[0] === MESSAGE_TYPE.compress) this.takeCompressed(bytes, depth);
    else if (bytes[0] === MESSAGE_TYPE.compound) this.takeCompound(bytes, depth);
    else {
      const message = decodeMessage(bytes);
      if (message.ok) this.messages.push(message.value);
      else this.refuse(message.fault);
    }
  }

  refuse(fault: WireFault): void {
    if (!this.hasNoPlace()) this.faults.push(fault);
  }

  private takeCompressed(bytes: Bytes, depth: number): void {
    const content = decompress(bytes, this.bytesLeft);
    this.bytesLeft -= content.ok ? content.value.length : this.bytesLeft; // what fails may have cost that much work
    if (content.ok) this.take(content.value, depth + 1);
    else this.refuse(content.fault);
  }

  private takeCompound(bytes: Bytes, depth: number): void {
    const compound = decodeCompound(bytes);
    if (!compound.ok) {
      this.refuse(compound.fault);
      return;
    }
    const { parts, missing } = compound.value;
    for (const part of parts) if (part.length > 0) this.take(part, depth + 1); // the original crashes on an empty one
    if (missing > 0) this.refuse({ code: 'TRUNCATED', detail: `${missing} parts of a compound are cut off` });
  }

  /** The last place is taken by the fault that says so. */
  private hasNoPlace(): boolean {
    const places = MAX_PACKET_PARTS - this.messages.length - this.faults.length;
    if (places === 1) this.faults.push({ code: 'TOO_LARGE', detail: `${MAX_PACKET_PARTS} or more messages` });
    return places <= 1;
  }
}
