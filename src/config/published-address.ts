import { BlockList, isIP } from 'node:net';
import { ok, refused, type Result } from '../lib/result.js';
import type { Finding } from './finding.js';
import type { Settings } from './table.js';

/** One address of this host, as Node's `networkInterfaces` lists them. */
export interface InterfaceAddress {
  readonly interface: string;
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  /** Of a loopback interface. */
  readonly internal: boolean;
}

export interface PublishedAddress {
  readonly address: string;
  /** When it may not be what the operator meant. */
  readonly warning: Finding | undefined;
}

const PRIVATE = new BlockList();
PRIVATE.addSubnet('10.0.0.0', 8);
PRIVATE.addSubnet('172.16.0.0', 12);
PRIVATE.addSubnet('192.168.0.0', 16);

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** Unspecified, loopback, link-local and multicast: no other host reaches these. */
const LOCAL = new BlockList();
LOCAL.addSubnet('0.0.0.0', 8);
LOCAL.addSubnet('127.0.0.0', 8);
LOCAL.addSubnet('169.254.0.0', 16);
LOCAL.addSubnet('224.0.0.0', 3);
LOCAL.addSubnet('::', 127, 'ipv6');
LOCAL.addSubnet('fe80::', 10, 'ipv6');
LOCAL.addSubnet('ff00::', 8, 'ipv6');

/**
 * The address that other hosts are told to reach this one at: `advertise_ip`; else the first private IPv4 address in the order
 * of the interfaces that is not excluded; else, with a warning, the first other address that is not local; else loopback when
 * every seed is on this host, too, or there is none.
 *
 * @returns the fault `NO_USABLE_ADDRESS` when there are seeds elsewhere, but no address at which they could answer
 */
export function publishedAddress(
  { advertiseIp, excludeIps, seeds }: Pick<Settings['sidecar'], 'advertiseIp' | 'excludeIps' | 'seeds'>,
  addresses: readonly InterfaceAddress[],
): Result<PublishedAddress, Finding> {
  if (advertiseIp !== undefined) return ok({ address: advertiseIp, warning: undefined });
  const candidates = addresses.filter(({ address }) => !excludeIps.includes(address));
  const first = candidates.find(({ address, family }) => family === 'IPv4' && PRIVATE.check(address));
  if (first) return ok({ address: first.address, warning: undefined });
  const reachable = candidates.find(({ address, internal }) => !internal && !isLocal(address));
  if (reachable) {
    const message =
      `no private IPv4 address was found; ${reachable.address} of ${reachable.interface} is published. ` +
      'If other hosts cannot reach it, set --advertise-ip';
    return ok({ address: reachable.address, warning: { code: 'ADDRESS_NOT_PRIVATE', message } });
  }
  if (seeds.every(({ host }) => isThisHost(host))) return ok({ address: '127.0.0.1', warning: undefined });
  const seen = addresses.map(({ address }) => address).join(', ') || 'none';
  const message =
    `Failed to find private IP address: of the addresses of this host (${seen}) none can be published; ` +
    'set --advertise-ip, or look at sidecar.exclude_ips';
  return refused({ code: 'NO_USABLE_ADDRESS', message });
}

const isLocal = (address: string): boolean => isIn(LOCAL, address);
const isThisHost = (host: string): boolean => host === 'localhost' || (isIP(host) !== 0 && isIn(LOOPBACK, host));
const isIn = (list: BlockList, address: string): boolean => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
