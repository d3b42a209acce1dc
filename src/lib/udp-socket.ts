import type { SocketAddress } from './ip-address.js';

/** A bound UDP socket. */
export interface UdpSocket {
  readonly port: number;
  /**
   * Hands a datagram to the system, from the bound port. Never throws.
   *
   * @param done called once, perhaps at once: with the system's code (`EMSGSIZE`) when the datagram was refused
   */
  send(datagram: Uint8Array, to: SocketAddress, done: (errno: string | undefined) => void): void;
  /** Resolves when the port is free; nothing is received from the call on. */
  close(): Promise<void>;
}

export interface UdpHandlers {
  /** `datagram` belongs to the receiver. */
  readonly onDatagram: (datagram: Uint8Array, from: SocketAddress) => void;
  /** What the system reports of a socket that goes on: an ICMP message, no memory. */
  readonly onError: (error: Error) => void;
}

/** Takes a port; `::` takes that of IPv4, too, where the system can. Rejects with the system's error. */
export type BindUdp = (at: SocketAddress, handlers: UdpHandlers) => Promise<UdpSocket>;
