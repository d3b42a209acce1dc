import { isIP, SocketAddress as NodeAddress } from 'node:net';

/** Where datagrams and connections come from and go to. */
export interface SocketAddress {
  /** As `canonicalAddress` writes it; `0.0.0.0` and `::` where something listens on all addresses. */
  readonly address: string;
  /** 1 to 65535; 0 where the system shall choose one. */
  readonly port: number;
}

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/**
 * The one spelling of an address, so that equal texts are equal addresses: IPv6 shortest and in lower case (RFC 5952), its zone
 * kept, an IPv4 address never as IPv6.
 *
 * @param literal an IPv4 or IPv6 address, without brackets; any other text is returned as it is
 */
export function canonicalAddress(literal: string): string {
  if (isIP(literal) !== 6) return literal;
  const [address = '', ...zone] = literal.split('%');
  const short = new NodeAddress({ address, family: 'ipv6' }).address;
  return MAPPED.exec(short)?.[1] ?? [short, ...zone].join('%');
}

/** `10.0.0.1:7946`, `[fe80::1]:7946`. */
export const formatAddress = ({ address, port }: SocketAddress): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
