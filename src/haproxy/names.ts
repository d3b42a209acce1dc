import { isIP } from 'node:net';

/** A service name as part of a proxy name: every character outside `a-z 0-9 -` becomes `-`, capitals too (contract 9.4). */
export const sanitizeName = (name: string): string => name.replace(/[^a-z0-9-]/gu, '-');

/** An address as it stands before `:port`: IPv6 in brackets, anything else unchanged. */
export const bracketed = (address: string): string => (isIP(address) === 6 ? `[${address}]` : address);

const LABELS = /^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$/;

/**
 * Whether HAProxy can take this as the address of a server: an IP address without a zone, or a host name whose labels DNS
 * could carry. HAProxy refuses a whole configuration for one host name with an empty label.
 */
export const isServerAddress = (address: string): boolean =>
  isIP(address) === 0 ? LABELS.test(address) : !address.includes('%');
