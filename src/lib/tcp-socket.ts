import type { SocketAddress } from './ip-address.js';

/** An open TCP connection. What is not read waits at the sender. */
export interface TcpConnection {
  readonly local: SocketAddress;
  readonly peer: SocketAddress;
  /**
   * The next bytes, as they come. One call at a time.
   *
   * @returns undefined when the other side has ended its half; rejects with the system's error, or once destroyed
   */
  read(): Promise<Uint8Array | undefined>;
  /** Resolves when the system has taken all bytes; what it has taken is still sent after `destroy`. Rejects like `read`. */
  write(bytes: Uint8Array): Promise<void>;
  /** Closes both directions at once. */
  destroy(): void;
}

export interface TcpHandlers {
  /** The connection belongs to the receiver, who has to destroy it. */
  readonly onConnection: (connection: TcpConnection) => void;
  /** A connection could not be accepted; the listener goes on. */
  readonly onError: (error: Error) => void;
}

export interface TcpListener {
  readonly port: number;
  /** Accepts no more; resolves when every connection it accepted is gone. */
  close(): Promise<void>;
}

/** Takes a port; `::` takes that of IPv4, too, where the system can. Rejects with the system's error. */
export type ListenTcp = (at: SocketAddress, handlers: TcpHandlers) => Promise<TcpListener>;

export interface ConnectOptions {
  /** Destroys the connection, also while it is being opened. */
  readonly signal: AbortSignal;
  /** The address to speak from; the system's choice when undefined. */
  readonly localAddress: string | undefined;
}

/** Rejects with the system's error. */
export type ConnectTcp = (to: SocketAddress, options: ConnectOptions) => Promise<TcpConnection>;
