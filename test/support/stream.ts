import { connect, type Socket } from 'node:net';

/** The JSON objects of a text that holds one after the other; no string in them may have `}{`. */
export const objectsIn = (text: string): readonly string[] => text.split(/(?<=\})(?=\{)/);

/** Asks for an answer in chunks that does not end, and keeps what comes, as Latin-1. */
export class EndlessAnswer {
  /** Status line and headers, with the empty line after them, once they are there. */
  head = '';
  /** The body with its framing. */
  framed = '';
  /** The chunks that are complete; the last of an answer that has ended is empty. */
  readonly chunks: string[] = [];
  isOpen = true;
  private rest = '';
  private readonly socket: Socket;

  constructor(port: number, target: string, headers: Readonly<Record<string, string>> = {}) {
    const lines = Object.entries({ Host: 'a', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    const request = `GET ${target} HTTP/1.1\r\n${lines.join('')}\r\n`;
    this.socket = connect(port, '127.0.0.1', () => this.socket.write(request));
    this.socket.setEncoding('latin1').on('data', (text: string) => this.take(text));
    this.socket.on('error', () => (this.isOpen = false)).on('close', () => (this.isOpen = false));
  }

  /** Lets what comes wait in the buffers of the system, and then at the server. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Ends its own half of the connection. */
  hangUp(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private take(text: string): void {
    this.rest += text;
    if (this.head === '') {
      const end = this.rest.indexOf('\r\n\r\n') + 4;
      if (end < 4) return;
      this.head = this.rest.slice(0, end);
      this.rest = this.rest.slice(end);
      this.framed = this.rest;
    } else {
      this.framed += text;
    }
    for (let chunk = this.next(); chunk !== undefined; chunk = this.next()) this.chunks.push(chunk);
  }

  private next(): string | undefined {
    const start = this.rest.indexOf('\r\n') + 2;
    const end = start + parseInt(this.rest.slice(0, start), 16);
    if (start < 2 || this.rest.length < end + 2) return undefined;
    const chunk = this.rest.slice(start, end);
    this.rest = this.rest.slice(end + 2);
    return chunk;
  }
}
