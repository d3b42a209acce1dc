import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { errnoOf, messageOf } from '../lib/fault.js';

/** What keeps another program from listening there, too; anything else (no file left, say) tells only of this process. */
const REFUSALS: ReadonlySet<string | undefined> = new Set(['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

let lastAddresses: readonly string[] = [];

/** Where this host can listen. */
export const systemListening = {
  /** The addresses of all interfaces; those of the last time when the system does not tell, for want of file descriptors say. */
  addresses(): readonly string[] {
    try {
      lastAddresses = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
    } catch {
      return lastAddresses;
    }
    return lastAddresses;
  },

  /**
   * Listens on an address for a moment, as a program that shares it with nobody. Never rejects, and waits for nothing: a
   * literal address needs no look-up.
   *
   * @param place.address an IP address, `0.0.0.0` and `::` included
   * @returns undefined when it could, or when the failure says nothing about the address; else the system's words
   */
  tryListen(place: { readonly address: string; readonly port: number; readonly v6only: boolean }) {
    return new Promise<{ readonly errno: string; readonly words: string } | undefined>((resolve) => {
      const server = createServer((socket) => socket.destroy());
      server.once('error', (error) => {
        const errno = errnoOf(error);
        resolve(errno !== undefined && REFUSALS.has(errno) ? { errno, words: messageOf(error) } : undefined);
      });
      const { address: host, port, v6only: ipv6Only } = place;
      server.listen({ host, port, ipv6Only, exclusive: true, backlog: 1 }, () =>
        server.close(() => resolve(undefined)),
      );
    });
  },
};
