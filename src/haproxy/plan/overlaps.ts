import { isIPv4 } from 'node:net';
import { canonicalAddress } from '../../lib/ip-address.js';
import type { Place } from '../ports.js';

const ANY_V4 = '0.0.0.0';
const ANY_V6 = '::';

/** Whether a connection to one place could arrive at the other. */
export function isOverlap(a: Place, b: Place): boolean {
  return a.port === b.port && (covers(a, b) || covers(b, a));
}

function covers(a: Place, b: Place): boolean {
  const address = canonicalAddress(a.address);
  const other = canonicalAddress(b.address);
  if (address === ANY_V4) return isIPv4(other);
  if (address === ANY_V6) return !a.v6only || !isIPv4(other);
  return address === other;
}

/**
 * Where HAProxy would listen more than once, which it accepts, and then the system deals out connections at random.
 *
 * @param binds see `bindsOf`
 * @returns groups of two and more, each and all in the order given. A group holds together by overlaps, be it over a third:
 *   two addresses are in one if a wildcard is there; `isOverlap` tells of two
 */
export function overlapsOf<P extends Place>(binds: readonly P[]): readonly (readonly P[])[] {
  const wide = new Set<string>();
  const places = binds.map((bind) => ({ bind, address: canonicalAddress(bind.address) }));
  for (const { bind, address } of places) {
    if (address === ANY_V4) wide.add(`${bind.port} v4`);
    if (address === ANY_V6) wide.add(`${bind.port} ${bind.v6only ? 'v6' : 'all'}`);
  }
  const groups = new Map<string, P[]>();
  for (const { bind, address } of places) {
    const scopes = [`${bind.port} all`, `${bind.port} ${isIPv4(address) ? 'v4' : 'v6'}`];
    const scope = scopes.find((each) => wide.has(each)) ?? `${bind.port} ${address}`;
    const group = groups.get(scope);
    if (group) group.push(bind);
    else groups.set(scope, [bind]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}
