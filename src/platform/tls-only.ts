import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Millis } from '../lib/ports.js';

/** The first byte of every TLS connection: a handshake record (RFC 8446 section 5.1). */
const HANDSHAKE = 0x16;
/** How long a client may send nothing at all, and how long one that was refused has to read why. */
const SILENCE_MS: Millis = 10_000;
const LINGER_MS: Millis = 1_000;
/** Each takes milliseconds of computing when it begins; after so many gossip has its turn. */
const HANDSHAKES_PER_TURN = 8;

const MESSAGE = '{"message":"this port speaks TLS: ask it with https://","status":"error"}';
const REFUSAL =
  'HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\n' +
  `Content-Length: ${MESSAGE.length}\r\n\r\n${MESSAGE}`;

/**
 * Looks at the first byte of each connection: what begins as TLS goes on to the server's own listener, anything else is answered
 * with a 400 that says so, where OpenSSL would hang up without a word.
 *
 * @param onFault told of each connection that is no TLS, or says nothing
 */
export function onlyTls(server: Server, onFault: (fault: 'not-tls' | 'request-too-slow') => void): void {
  const [accept] = server.listeners('connection');
  if (!accept) throw new Error('a TLS server listens to its connections');
  const waiting: Socket[] = [];
  const begin = (): void => {
    for (const socket of waiting.splice(0, HANDSHAKES_PER_TURN))
      if (!socket.destroyed) Reflect.apply(accept, server, [socket]);
    if (waiting.length > 0) setImmediate(begin);
  };
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const hangUp = (): void => void socket.destroy();
    const giveUp = (): void => {
      onFault('request-too-slow');
      hangUp();
    };
    socket.on('error', hangUp);
    socket.setTimeout(SILENCE_MS, giveUp);
    socket.once('readable', () => {
      socket.off('timeout', giveUp).setTimeout(0);
      const first = socket.read() as Buffer | null; // null: it has ended
      if (first?.[0] === HANDSHAKE) {
        socket.unshift(first);
        if (waiting.push(socket) === 1) setImmediate(begin);
        return;
      }
      if (first) onFault('not-tls');
      socket.resume().end(REFUSAL); // what else it sends is read past, since the system would take back an answer that is not read yet
      const patience = setTimeout(hangUp, LINGER_MS);
      socket.on('close', () => clearTimeout(patience));
    });
  });
}
