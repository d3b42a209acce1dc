import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  /** As in `GET /state.json`. */
  readonly request: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Each piece as a chunk of its own. */
  readonly body: string | readonly string[];
}

/** A server for one test on 127.0.0.1, which keeps what it was asked. */
export class SmallServer {
  readonly asked: Asked[] = [];
  private readonly server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const asked = { request: `${request.method ?? ''} ${request.url ?? ''}`, headers: request.headers, body };
      this.asked.push(asked);
      const reply = this.replyTo(asked);
      response.writeHead(reply.status, reply.headers);
      if (typeof reply.body === 'string') response.end(reply.body);
      else {
        for (const chunk of reply.body) response.write(chunk);
        response.end();
      }
    });
  });

  constructor(private readonly reply: (asked: Asked) => Reply) {}

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** `host:port` */
  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** A program that fails on what it was sent answers 500, and has nothing of it. */
  private replyTo(asked: Asked): Reply {
    try {
      return this.reply(asked);
    } catch (error) {
      return { status: 500, body: String(error) };
    }
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }
}
