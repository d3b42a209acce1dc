import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** A Unix socket that leads to another one, until all that goes through it is cut. */
export class SocketRelay {
  /** How many connections ask for the event stream of an engine. */
  streams = 0;
  private readonly connections = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly to: string,
  ) {
    server.on('connection', (from) => this.relay(from));
  }

  static async start(path: string, to: string): Promise<SocketRelay> {
    const server = createServer();
    server.listen(path);
    await once(server, 'listening');
    return new SocketRelay(server, to);
  }

  /** Ends every connection, in the middle of whatever it carries. */
  cut(): void {
    for (const connection of this.connections) connection.destroy();
  }

  async destroy(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.cut();
    await closed;
  }

  private relay(from: Socket): void {
    const to = createConnection(this.to);
    from.once('data', (head: Buffer) => {
      if (!head.includes('GET /events')) return;
      this.streams += 1;
      from.once('close', () => (this.streams -= 1));
    });
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      this.connections.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.connections.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
