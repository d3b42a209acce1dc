import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { errnoOf } from '../lib/fault.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis } from '../lib/ports.js';
import { aborted } from '../lib/sleep.js';
import type { TlsPair } from '../lib/tls-pair.js';
import { faultOf, HttpServerError } from './http-server-error.js';
import { onlyTls } from './tls-only.js';

export interface HttpServerOptions {
  /** IPv4 or IPv6 address; `0.0.0.0` and `::` are all of this host's. */
  readonly bindIp: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Connections at once; more are closed at once and counted. Default 20,000. */
  readonly maxConnections?: number;
  /** How many files this process may open; connections get half of them. Undefined = unlimited. */
  readonly fileLimit?: number | undefined;
  /** Speaks TLS with these and nothing else; undefined: plain HTTP. */
  readonly tls?: TlsPair | undefined;
}

/** Why a connection was ended from this side. */
export type ConnectionFault =
  'not-tls' | 'tls-failed' | 'malformed' | 'header-too-long' | 'request-too-slow' | 'answer-not-taken';

/** What of connections is counted; all but the first count from the start. */
export interface HttpServerNumbers {
  readonly connections: number;
  /** Closed at once, since too many were open. */
  readonly refused: number;
  readonly ended: Readonly<Record<ConnectionFault, number>>;
}

/** A client that needs longer for its headers, or for its whole request, is answered 408 and closed. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** A client that has taken nothing of its answer for so long, or for twice so long after it had begun, is cut off. */
const ANSWER_TIMEOUT_MS = 20_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** How often those are looked for: often, so that of thousands that came together few end at a time, and gossip waits for none. */
const CHECK_TIMEOUTS_MS = 50;
/** Longer than the few seconds in which pollers come back, so that they can keep their connection. */
const KEEP_ALIVE_MS = 60_000;
/** Request line and headers together; longer is answered 431. */
const MAX_HEADER_BYTES = 8192;
const MAX_HEADERS = 100;
const LIMITS: http.ServerOptions = {
  maxHeaderSize: MAX_HEADER_BYTES,
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
  connectionsCheckingInterval: CHECK_TIMEOUTS_MS,
};
/** How long requests that run at the stop may take. */
const STOP_GRACE_MS: Millis = 1000;

/** Serves HTTP, or HTTP over TLS, on one address within bounds, from `ready` until its signal aborts. */
export class HttpServer implements Component {
  readonly name = 'http';
  private readonly server: http.Server | https.Server;
  private readonly sockets = new Set<Socket>();
  private refused = 0;
  private readonly ended: Record<ConnectionFault, number> = {
    'not-tls': 0,
    'tls-failed': 0,
    malformed: 0,
    'header-too-long': 0,
    'request-too-slow': 0,
    'answer-not-taken': 0,
  };

  constructor(
    private readonly options: HttpServerOptions,
    private readonly deps: { readonly listener: RequestListener; readonly clock: Clock; readonly log: Logger },
  ) {
    const { tls } = options;
    this.server = tls ? this.tlsServer(tls) : http.createServer(LIMITS, deps.listener);
    this.server.prependListener('connection', (socket: Socket) => this.connected(socket));
    this.server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => this.countFaults(socket));
    this.server.on('request', (request, response) => this.watchOver(request, response));
    this.server.maxHeadersCount = MAX_HEADERS;
    this.server.timeout = ANSWER_TIMEOUT_MS;
    // Half of the files stay for checks, HAProxy's socket and everything else that must go on under a flood.
    const { maxConnections = 20_000, fileLimit = Infinity } = options;
    this.server.maxConnections = Math.min(maxConnections, Math.floor(fileLimit / 2));
  }

  private tlsServer(pair: TlsPair): https.Server {
    const server = https.createServer(
      { ...LIMITS, ...pair, handshakeTimeout: HANDSHAKE_TIMEOUT_MS },
      this.deps.listener,
    );
    onlyTls(server, (fault) => this.count(fault));
    return server.on('tlsClientError', (_, socket) => {
      this.count('tls-failed');
      socket.destroy();
    });
  }

  /** New connections get this certificate; those that are open keep theirs. Only for a server that began with TLS. */
  useTls(pair: TlsPair): void {
    if (this.server instanceof https.Server) this.server.setSecureContext(pair);
  }

  numbers(): HttpServerNumbers {
    return { connections: this.sockets.size, refused: this.refused, ended: { ...this.ended } };
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
    const scheme = this.options.tls ? 'https' : 'http';
    log.info('HTTP API is listening', { url: `${scheme}://${addressOf(this.options.bindIp, this.port ?? 0)}/` });
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
    const cancel = this.deps.clock.after(STOP_GRACE_MS, () => {
      for (const socket of this.sockets) socket.destroy(); // those that are no HTTP yet, too
    });
    await closed;
    cancel();
  }

  private connected(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
  }

  private watchOver({ socket }: IncomingMessage, response: ServerResponse): void {
    // Nothing has moved for ANSWER_TIMEOUT_MS; as long as the answer has no end, that is no fault of the client's.
    response.on('timeout', () => {
      if (!response.writableEnded) return;
      this.count('answer-not-taken');
      socket.destroy();
    });
    // A connection that was busy at the stop would otherwise stay open, idle, for its keep-alive time.
    response.on('close', () => {
      if (!this.server.listening) this.server.closeIdleConnections();
    });
  }

  /** Node answers what it cannot read, or not wait for any longer, and destroys the socket with the reason. */
  private countFaults(socket: Socket): void {
    socket.on('error', (error) => {
      const code = errnoOf(error) ?? '';
      if (code === 'ERR_HTTP_REQUEST_TIMEOUT') this.count('request-too-slow');
      else if (code === 'HPE_HEADER_OVERFLOW') this.count('header-too-long');
      else if (code.startsWith('HPE_')) this.count('malformed');
    });
  }

  private count(fault: ConnectionFault): void {
    this.ended[fault] += 1;
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
