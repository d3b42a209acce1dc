import type { Socket } from 'node:net';
import { canonicalAddress } from '../lib/ip-address.js';
import type { TcpConnection } from '../lib/tcp-socket.js';

/** A connected socket as the port has it. */
export function tcpConnection(socket: Socket): TcpConnection {
  socket.setNoDelay(true);
  socket.on('error', () => undefined); // told by the next read or write
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
  return {
    local: { address: canonicalAddress(socket.localAddress ?? ''), port: socket.localPort ?? 0 },
    peer: { address: canonicalAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 },
    read: async () => {
      const next = await chunks.next();
      return next.done ? undefined : next.value;
    },
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    destroy: () => void socket.destroy(),
  };
}
