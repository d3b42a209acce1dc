import { BlockList, isIP } from 'node:net';

/** A service name as part of a proxy name: every character outside `a-z 0-9 -` becomes `-`, capitals too (contract 9.4). */
export const sanitizeName = (name: string): string => name.replace(/[^a-z0-9-]/gu, '-');

/** An address as it stands before `:port`: IPv6 in brackets, anything else unchanged. */
export const bracketed = (address: string): string => (isIP(address) === 6 ? `[${address}]` : address);

const LABELS = /^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$/;
/** A name that ends like this is a number to the resolver: `0`, `127.1` and `0x7f000001` are addresses in disguise. */
const NUMBER_AT_END = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/i;

/**
 * What no server has: unspecified addresses, which lead back to this host, multicast and broadcast. A BlockList takes its time,
 * and every server is looked at each time: the pattern is for IPv4, the list for IPv6 and what of IPv4 is written as such.
 */
const NOBODY_V4 = /^(?:0|22[4-9]|23\d)\.|^255\.255\.255\.255$/;
const NOBODY = new BlockList();
NOBODY.addSubnet('0.0.0.0', 8);
NOBODY.addSubnet('224.0.0.0', 4);
NOBODY.addAddress('255.255.255.255');
NOBODY.addAddress('::', 'ipv6');
NOBODY.addSubnet('ff00::', 8, 'ipv6');

/**
 * Whether HAProxy can take this as the address of a server: the IP address of one host without a zone, or a host name whose
 * labels DNS could carry. HAProxy refuses a whole configuration for one host name with an empty label.
 */
export function isServerAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 0) return LABELS.test(address) && !NUMBER_AT_END.test(address);
  if (version === 4) return !NOBODY_V4.test(address);
  return !address.includes('%') && !NOBODY.check(address, 'ipv6');
}
