import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import type { SocketAddress } from '../lib/ip-address.js';
import type { Millis } from '../lib/ports.js';
import type { ForwardTcp } from '../lib/tcp-forward.js';

/** Of one port, at once. */
const MAX_CONNECTIONS = 256;
const CONNECT_WITHIN_MS: Millis = 2_000;
/** So many targets are tried for one connection. */
const MAX_TRIES = 3;

/** Forwards what comes to a port; either side may end its half first, as TCP allows. */
export const forwardTcp: ForwardTcp = (at, { targets, onDropped }) => {
  const open = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    return socket.setNoDelay(true).once('close', () => open.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    keep(client).on('error', () => undefined); // its close ends the other side
    const tried = targets().slice(0, MAX_TRIES);
    void firstOf(tried, (target) => keep(dial(target))).then((instance) => {
      if (!instance || client.destroyed) {
        client.destroy();
        instance?.destroy();
      } else {
        join(client, instance);
      }
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('drop', onDropped);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: at.address, port: at.port, exclusive: true }, () => {
      // What cannot be accepted, for want of file descriptors say, waits in the backlog.
      server.off('error', reject).on('error', () => undefined);
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            for (const socket of open) socket.destroy();
          }),
      });
    });
  });
};

const dial = ({ address, port }: SocketAddress): Socket => connect({ host: address, port, allowHalfOpen: true });

/** The end of one half is passed on, and the other goes on; a failure of either ends both. */
function join(client: Socket, instance: Socket): void {
  const done = (fault: Error | null | undefined): void => {
    if (!fault) return;
    client.destroy();
    instance.destroy();
  };
  pipeline(client, instance, done);
  pipeline(instance, client, done);
}

/** @returns the first socket that is connected; undefined when none is */
async function firstOf(targets: readonly SocketAddress[], open: (to: SocketAddress) => Socket) {
  for (const target of targets) {
    const socket = open(target);
    const isConnected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('close', () => resolve(false));
      socket.on('error', () => undefined); // its close says it
      socket.setTimeout(CONNECT_WITHIN_MS, () => socket.destroy());
    });
    if (isConnected) return socket.setTimeout(0);
  }
  return undefined;
}
