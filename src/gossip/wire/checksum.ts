import { ok, type Result } from '../../lib/result.js';
import { concat } from './bytes.js';
import type { Bytes } from './message.js';
import { MESSAGE_TYPE } from './message-type.js';
import { refusedAs, type WireFault } from './wire-fault.js';

const HEADER_BYTES = 5;
const POLYNOMIAL = 0xedb8_8320;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** CRC-32 (IEEE 802.3), as zlib has it. @returns 0 to 2^32 - 1 */
export function crc32(bytes: Bytes): number {
  let crc = ~0;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Puts the checksum of a message in front of it (PROTOCOL 7). */
export function addChecksum(message: Bytes): Bytes {
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint8(0, MESSAGE_TYPE.checksum);
  view.setUint32(1, crc32(message));
  return concat([header, message]);
}

/** The message within, which is a view, or a packet without a checksum as it is. */
export function removeChecksum(packet: Bytes): Result<Bytes, WireFault> {
  if (packet[0] !== MESSAGE_TYPE.checksum || packet.length < HEADER_BYTES) return ok(packet);
  const message = packet.subarray(HEADER_BYTES);
  const expected = new DataView(packet.buffer, packet.byteOffset).getUint32(1);
  return crc32(message) === expected ? ok(message) : refusedAs('BAD_CHECKSUM', 'the checksum does not match');
}
