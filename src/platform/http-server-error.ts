import { FaultError } from '../lib/fault.js';

export type HttpServerFault =
  | { readonly code: 'PORT_BUSY'; readonly address: string }
  | { readonly code: 'ADDRESS_NOT_HERE'; readonly address: string }
  | { readonly code: 'PORT_FORBIDDEN'; readonly address: string }
  | { readonly code: 'CANNOT_LISTEN'; readonly address: string; readonly reason: string };

/** The server could not take its address; nothing listens. */
export class HttpServerError extends FaultError<HttpServerFault> {
  override readonly name = 'HttpServerError';
  constructor(fault: HttpServerFault, options?: ErrorOptions) {
    super(fault, `Can't start HTTP server (${sentence(fault)})`, options);
  }
}

/** What the system's refusal to listen means. @param address as a person writes it */
export function faultOf(error: NodeJS.ErrnoException, address: string): HttpServerFault {
  switch (error.code) {
    case 'EADDRINUSE':
      return { code: 'PORT_BUSY', address };
    case 'EADDRNOTAVAIL':
      return { code: 'ADDRESS_NOT_HERE', address };
    case 'EACCES':
      return { code: 'PORT_FORBIDDEN', address };
    case undefined:
    default:
      return { code: 'CANNOT_LISTEN', address, reason: error.message };
  }
}

function sentence(fault: HttpServerFault): string {
  switch (fault.code) {
    case 'PORT_BUSY':
      return `${fault.address} is in use: end the process that listens there, or set another port`;
    case 'ADDRESS_NOT_HERE':
      return `no interface of this host has the address of ${fault.address}: set another one, or 0.0.0.0 for all`;
    case 'PORT_FORBIDDEN':
      return `this user may not listen on ${fault.address}: set a port from 1024 up, or start with the right to bind it`;
    case 'CANNOT_LISTEN':
      return `cannot listen on ${fault.address}: ${fault.reason}`;
  }
}
