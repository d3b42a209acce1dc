import assert from 'node:assert/strict';
import { isIP, SocketAddress } from 'node:net';
import type { Bytes } from './message.js';

const IPV4_BYTES = 4;
const IPV6_BYTES = 16;
const MAPPED_PREFIX = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);

/**
 * The address that 4 or 16 bytes stand for, as Node prints it; `undefined` if there is any other number of bytes.
 * An IPv4 address that comes as IPv6 is IPv4, so that an address has one name.
 */
export function addressOf(bytes: Bytes | undefined): string | undefined {
  if (bytes?.length === IPV4_BYTES) return bytes.join('.');
  if (bytes?.length !== IPV6_BYTES) return undefined;
  if (MAPPED_PREFIX.every((byte, index) => bytes[index] === byte)) return bytes.slice(-IPV4_BYTES).join('.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, IPV6_BYTES);
  const groups = Array.from({ length: IPV6_BYTES / 2 }, (_, index) => view.getUint16(2 * index).toString(16));
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}

/**
 * The 4 or 16 bytes of an address; an IPv4 address written as IPv6 has 4, since peers take its 16 for another address.
 *
 * @param address an IP literal; a zone (`%eth0`) is left out
 */
export function addressBytes(address: string): Bytes {
  assert(isIP(address) !== 0, 'an address is an IP literal');
  if (isIP(address) === 4) return ipv4Bytes(address);
  const [literal = ''] = address.split('%');
  const [head = '', tail = ''] = literal.split('::');
  const left = groupBytes(head);
  const right = groupBytes(tail);
  const bytes = new Uint8Array(IPV6_BYTES);
  bytes.set(left);
  bytes.set(right, IPV6_BYTES - right.length);
  return MAPPED_PREFIX.every((byte, index) => bytes[index] === byte) ? bytes.slice(-IPV4_BYTES) : bytes;
}

function ipv4Bytes(address: string): Bytes {
  return Uint8Array.from(address.split('.'), Number);
}

/** Groups of IPv6, the last of which may be an IPv4 address. */
function groupBytes(groups: string): Uint8Array {
  if (groups === '') return new Uint8Array();
  return Uint8Array.from(
    groups.split(':').flatMap((group) => {
      if (group.includes('.')) return [...ipv4Bytes(group)];
      const value = parseInt(group, 16);
      return [value >>> 8, value & 0xff];
    }),
  );
}
