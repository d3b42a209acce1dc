import type { SocketAddress } from './ip-address.js';
import type { TcpListener } from './tcp-socket.js';

/** Where the connections to one port go. */
export interface ForwardRoute {
  /** Asked for each new connection: tried one after the other until one takes it; nobody takes it = it is closed. */
  readonly targets: () => readonly SocketAddress[];
  /** A connection was closed at once: there are too many. */
  readonly onDropped: () => void;
}

/** Takes a port and hands each connection on, byte by byte. Its end closes them all. Rejects with the system's error. */
export type ForwardTcp = (at: SocketAddress, route: ForwardRoute) => Promise<TcpListener>;
