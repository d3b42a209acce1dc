import { BlockList, isIP } from 'node:net';

/** Where this host's frontends listen, as far as a server's address can lead to them. */
export interface FrontendSite {
  /** Empty or a wildcard: on all addresses of this host. */
  readonly bindIp: string;
  /** The addresses of this host's interfaces. */
  readonly hostAddresses: readonly string[];
  /** The name of this host in records. */
  readonly hostname: string;
}

const WILDCARDS: ReadonlySet<string> = new Set(['', '*', '0.0.0.0', '::']);

/** Tells of a server's address whether our own frontends listen there. Such a server would lead HAProxy to itself, in a circle. */
export function leadsToOwnFrontends(site: FrontendSite): (address: string) => boolean {
  const isWildcard = WILDCARDS.has(site.bindIp);
  const own = new BlockList(); // it knows that ::ffff:127.0.0.1 is 127.0.0.1, and every way to write ::1
  for (const address of isWildcard ? site.hostAddresses : [site.bindIp]) addTo(own, address);
  if (isWildcard) {
    own.addSubnet('127.0.0.0', 8);
    own.addAddress('::1', 'ipv6');
  }
  const loopback = contains(own, '127.0.0.1') || contains(own, '::1');
  return (address) => {
    if (isIP(address) !== 0) return contains(own, address);
    const name = address.toLowerCase();
    return (loopback && name === 'localhost') || (isWildcard && name === site.hostname.toLowerCase());
  };
}

function addTo(list: BlockList, address: string): void {
  const plain = address.replace(/%.*$/, '');
  if (isIP(plain) !== 0) list.addAddress(plain, family(plain));
}

const contains = (list: BlockList, address: string): boolean => list.check(address, family(address));
const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
