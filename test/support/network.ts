import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { errnoOf } from '../../src/lib/fault.js';

/** Below the ports that the system lends to whoever names none: those come and go at any moment. */
const [FIRST_PORT, LAST_PORT] = [15_000, 31_999];
let nextPort = randomInt(FIRST_PORT, LAST_PORT + 1);

/** Ports that nobody has at the moment, TCP or UDP, on any address; the same one is not handed out again before all others were. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries += 1) {
    if (tries > LAST_PORT - FIRST_PORT) throw new Error(`there are no ${count} free ports`);
    const port = nextPort;
    nextPort = port === LAST_PORT ? FIRST_PORT : port + 1;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createTcpServer();
  const socket = createSocket('udp4');
  try {
    await once(server.listen(port, '0.0.0.0'), 'listening');
    socket.bind(port, '0.0.0.0');
    await once(socket, 'listening');
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EADDRINUSE') return false;
    throw error;
  } finally {
    await Promise.all([
      new Promise((resolve) => server.close(resolve)),
      new Promise<void>((resolve) => socket.close(resolve)),
    ]);
  }
}

export function listen<S extends TcpServer>(server: S, port = 0): Promise<S> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

export const portOf = (server: TcpServer): number => (server.address() as AddressInfo).port;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** One GET on a connection of its own; rejects when the answer is not complete within `timeoutMs`. */
export function get(url: string, timeoutMs = 5000, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, headers: { connection: 'close', ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        clearTimeout(timer);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    sent.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end();
  });
}

export const getJson = async (url: string): Promise<unknown> => JSON.parse((await get(url)).body);

/** A backend that can be stopped as a crash stops it, connections and all, and started again on its port. */
export class Backend {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(
    readonly port: number,
    private readonly answer: RequestListener,
  ) {}

  /** @param name what it answers every request with */
  static async start(name: string): Promise<Backend> {
    const [port = 0] = await freePorts(1);
    const backend = new Backend(port, (_request, response) => response.end(name));
    await backend.start();
    return backend;
  }

  async start(): Promise<void> {
    const server = createServer(this.answer);
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    this.server = await listen(server, this.port);
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
