import { createSocket, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { errnoOf, messageOf } from '../lib/fault.js';
import { canonicalAddress } from '../lib/ip-address.js';
import type { BindUdp, UdpSocket } from '../lib/udp-socket.js';

/** Room for the datagrams of a moment in which the process is busy; the system may grant less. */
const RECEIVE_BUFFER_BYTES = 2 * 1024 * 1024;

/** Takes a UDP port of this host. */
export const bindUdp: BindUdp = (at, { onDatagram, onError }) => {
  const isIpv6 = at.address.includes(':');
  const socket = createSocket({ type: isIpv6 ? 'udp6' : 'udp4', ipv6Only: isIpv6 && at.address !== '::' });
  socket.on('message', (datagram, { address, port }) =>
    onDatagram(datagram, { address: canonicalAddress(address), port }),
  );
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ address: at.address, port: at.port, exclusive: true }, () => {
      socket.removeAllListeners('error').on('error', onError);
      enlargeReceiveBuffer(socket, onError);
      resolve(bound(socket, isIpv6));
    });
  });
};

function enlargeReceiveBuffer(socket: Socket, onError: (error: Error) => void): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  } catch (error) {
    onError(new Error(`the receive buffer stays as it is: ${messageOf(error)}`, { cause: error }));
  }
}

function bound(socket: Socket, isIpv6: boolean): UdpSocket {
  const { port: boundPort } = socket.address();
  return {
    port: boundPort,
    send: (datagram, { address, port }, done) => {
      try {
        // An IPv6 socket reaches IPv4 only by addresses written in this way.
        const target = isIpv6 && isIPv4(address) ? `::ffff:${address}` : address;
        socket.send(datagram, port, target, (error) => done(error ? (errnoOf(error) ?? 'UNKNOWN') : undefined));
      } catch (error) {
        done(errnoOf(error) ?? 'UNKNOWN'); // port 0, or closed already
      }
    },
    close: () => new Promise((resolve) => socket.close(resolve)),
  };
}
