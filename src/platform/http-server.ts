import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FaultError } from '../lib/fault.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis } from '../lib/ports.js';
import { aborted } from '../lib/sleep.js';

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

export interface HttpServerOptions {
  /** IPv4 or IPv6 address; `0.0.0.0` and `::` are all of this host's. */
  readonly bindIp: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Connections at once; more are closed at once and counted. Default 20,000. */
  readonly maxConnections?: number;
  /** How many files this process may open; connections get half of them. Undefined = unlimited. */
  readonly fileLimit?: number | undefined;
}

/** A client that needs longer for its headers, or for its whole request, is answered 408 and closed. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** How often those are looked for: at rest each look costs a wake-up. */
const CHECK_TIMEOUTS_MS = 5_000;
/** Longer than the few seconds in which pollers come back, so that they can keep their connection. */
const KEEP_ALIVE_MS = 60_000;
/** Request line and headers together; longer is answered 431. */
const MAX_HEADER_BYTES = 8192;
const MAX_HEADERS = 100;
/** How long requests that run at the stop may take. */
const STOP_GRACE_MS: Millis = 1000;

/** Serves HTTP on one address within bounds, from `ready` until its signal aborts. */
export class HttpServer implements Component {
  readonly name = 'http';
  private readonly server: Server;
  private refused = 0;

  constructor(
    private readonly options: HttpServerOptions,
    private readonly deps: { readonly listener: RequestListener; readonly clock: Clock; readonly log: Logger },
  ) {
    this.server = createServer(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        connectionsCheckingInterval: CHECK_TIMEOUTS_MS,
      },
      deps.listener,
    );
    // A connection that was busy at the stop would otherwise stay open, idle, for its keep-alive time.
    this.server.on('request', (_, response: ServerResponse) =>
      response.on('close', () => {
        if (!this.server.listening) this.server.closeIdleConnections();
      }),
    );
    this.server.maxHeadersCount = MAX_HEADERS;
    // Half of the files stay for checks, HAProxy's socket and everything else that must go on under a flood.
    const { maxConnections = 20_000, fileLimit = Infinity } = options;
    this.server.maxConnections = Math.min(maxConnections, Math.floor(fileLimit / 2));
  }

  /** The port it listens on: what the system chose when the option is 0. Undefined while it does not listen. */
  get port(): number | undefined {
    return (this.server.address() as AddressInfo | null)?.port;
  }

  /** @throws HttpServerError if the address cannot be had */
  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { server } = this;
    const { log } = this.deps;
    await this.listen();
    server.on('error', (error) => log.warn('a connection could not be accepted', { error }));
    server.on('drop', () => this.countRefused());
    log.info('HTTP API is listening', { url: `http://${addressOf(this.options.bindIp, this.port ?? 0)}/` });
    ready();
    await aborted(signal);
    await this.close();
  }

  private listen(): Promise<void> {
    const { bindIp, port } = this.options;
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException): void =>
        reject(new HttpServerError(faultOf(error, addressOf(bindIp, port)), { cause: error }));
      this.server.once('error', fail);
      this.server.listen({ host: bindIp, port, backlog: 1024 }, () => {
        this.server.off('error', fail);
        resolve();
      });
    });
  }

  /** Accepts no more, lets what runs end, then closes what is left. */
  private async close(): Promise<void> {
    const { server } = this;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const cancel = this.deps.clock.after(STOP_GRACE_MS, () => server.closeAllConnections());
    await closed;
    cancel();
  }

  /** Logs at 1, 2, 4, 8 …, so that a flood of connections is no flood of lines. */
  private countRefused(): void {
    this.refused += 1;
    if (Number.isInteger(Math.log2(this.refused)))
      this.deps.log.warn('connections are refused: too many are open', {
        refused: this.refused,
        limit: this.server.maxConnections,
      });
  }
}

const addressOf = (ip: string, port: number): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);

function faultOf(error: NodeJS.ErrnoException, address: string): HttpServerFault {
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
