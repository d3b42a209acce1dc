import { canonicalAddress } from '../lib/ip-address.js';
import { systemLookups, type Lookups } from './lookup.js';

/** All addresses of a host, which may be an address itself; rejects with the system's error, or when `signal` aborts. */
export type LookupAddresses = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/** The system's resolver, shared with the other look-ups of this process. */
export const lookupAddresses: LookupAddresses = addressLookup(systemLookups);

export function addressLookup(lookups: Lookups): LookupAddresses {
  return (host, signal) =>
    new Promise((resolve, reject) => {
      const names = lookups.begin();
      const abort = (): void => {
        names.end();
        reject(new Error(`no address for ${host} in time`));
      };
      if (signal.aborted) {
        abort();
        return;
      }
      signal.addEventListener('abort', abort, { once: true });
      names.lookup(host, { all: true }, (error, addresses) => {
        signal.removeEventListener('abort', abort);
        if (error) reject(error);
        else if (typeof addresses === 'string') resolve([canonicalAddress(addresses)]);
        else resolve(addresses.map(({ address }) => canonicalAddress(address)));
      });
    });
}
