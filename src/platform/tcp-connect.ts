import { connect } from 'node:net';
import type { ConnectTcp } from '../lib/tcp-socket.js';
import { tcpConnection } from './tcp-connection.js';

/** Opens a TCP connection to an IP address. */
export const connectTcp: ConnectTcp = ({ address, port }, { signal, localAddress }) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, signal, ...(localAddress === undefined ? {} : { localAddress }) });
    socket.once('error', reject);
    socket.once('connect', () => {
      const connection = tcpConnection(socket);
      socket.off('error', reject);
      resolve(connection);
    });
  });
