import { FaultError, errnoOf, messageOf } from '../../lib/fault.js';
import { formatAddress } from '../../lib/ip-address.js';
import type { ConnectTcp, ListenTcp, TcpHandlers, TcpListener } from '../../lib/tcp-socket.js';
import type { BindUdp, UdpHandlers, UdpSocket } from '../../lib/udp-socket.js';
import type { Endpoint } from '../core/ports.js';

/** How a node reaches the network. */
export interface GossipSockets {
  readonly bindUdp: BindUdp;
  readonly listenTcp: ListenTcp;
  readonly connectTcp: ConnectTcp;
}

export interface GossipBindFault {
  readonly code: 'PORT_BUSY' | 'ADDRESS_NOT_HERE' | 'PORT_FORBIDDEN' | 'CANNOT_BIND';
  readonly protocol: 'UDP' | 'TCP';
  readonly address: string;
  /** The system's words. */
  readonly reason: string;
}

/** The gossip port could not be had; nothing is bound. */
export class GossipBindError extends FaultError<GossipBindFault> {
  override readonly name = 'GossipBindError';
  constructor(fault: GossipBindFault, options?: ErrorOptions) {
    super(fault, `Can't start gossip (${sentence(fault)})`, options);
  }
}

/**
 * Takes both sockets of a port (PROTOCOL 1).
 *
 * @throws GossipBindError when one of them cannot be had
 */
export async function bindBoth(
  sockets: GossipSockets,
  at: Endpoint,
  handlers: UdpHandlers & TcpHandlers,
): Promise<{ readonly udp: UdpSocket; readonly tcp: TcpListener }> {
  const udp = await sockets.bindUdp(at, handlers).catch((error: unknown) => fail(error, 'UDP', at));
  try {
    return { udp, tcp: await sockets.listenTcp(at, handlers) };
  } catch (error) {
    await udp.close();
    return fail(error, 'TCP', at);
  }
}

const CODES: Readonly<Record<string, GossipBindFault['code']>> = {
  EADDRINUSE: 'PORT_BUSY',
  EADDRNOTAVAIL: 'ADDRESS_NOT_HERE',
  EACCES: 'PORT_FORBIDDEN',
};

function fail(error: unknown, protocol: 'UDP' | 'TCP', at: Endpoint): never {
  const code = CODES[errnoOf(error) ?? ''] ?? 'CANNOT_BIND';
  throw new GossipBindError({ code, protocol, address: formatAddress(at), reason: messageOf(error) }, { cause: error });
}

function sentence({ code, protocol, address, reason }: GossipBindFault): string {
  switch (code) {
    case 'PORT_BUSY':
      return `${protocol} ${address} is in use: end the process that has it, or set another bind_port`;
    case 'ADDRESS_NOT_HERE':
      return `no interface of this host has the address of ${address}: set another bind_ip, or 0.0.0.0 for all`;
    case 'PORT_FORBIDDEN':
      return `this user may not take ${protocol} ${address}: set a bind_port from 1024 up, or start with the right to bind it`;
    case 'CANNOT_BIND':
      return `cannot take ${protocol} ${address}: ${reason}`;
  }
}
