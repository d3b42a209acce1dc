import { createServer, type AddressInfo } from 'node:net';
import type { ListenTcp } from '../lib/tcp-socket.js';
import { tcpConnection } from './tcp-connection.js';

/** Listens on a TCP port of this host. */
export const listenTcp: ListenTcp = (at, { onConnection, onError }) => {
  // Half-open is allowed: who asks may end its half before the answer.
  const server = createServer({ allowHalfOpen: true }, (socket) => onConnection(tcpConnection(socket)));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const ipv6Only = at.address.includes(':') && at.address !== '::';
    server.listen({ host: at.address, port: at.port, ipv6Only, exclusive: true, backlog: 1024 }, () => {
      server.off('error', reject).on('error', onError);
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () => new Promise((closed) => server.close(() => closed())),
      });
    });
  });
};
