import type { SocketAddress } from '../../../../src/lib/ip-address.js';
import type { TcpConnection } from '../../../../src/lib/tcp-socket.js';

/** A connection whose other side is the test. */
export class FakeConnection implements TcpConnection {
  readonly local: SocketAddress;
  readonly peer: SocketAddress;
  /** What was written and taken. */
  written = 0;
  isOpen = true;
  private readonly inbox: (Uint8Array | undefined)[] = [];
  private wake = (): void => undefined;
  private fail = (): void => undefined;

  /** @param reads whether the other side takes what is written */
  constructor(private readonly options: { readonly reads?: boolean; readonly self?: boolean } = {}) {
    this.peer = { address: '10.0.0.2', port: options.self ? 7946 : 50_000 };
    this.local = { address: options.self ? '10.0.0.2' : '10.0.0.1', port: 7946 };
  }

  /** The other side says something; undefined ends its half. */
  say(bytes: Uint8Array | undefined): void {
    this.inbox.push(bytes);
    this.wake();
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.inbox.length === 0) {
      await new Promise<void>((resolve, reject) => {
        this.wake = resolve;
        this.fail = () => reject(new Error('closed'));
        if (!this.isOpen) this.fail();
      });
    }
    return this.inbox.shift();
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.options.reads === false) {
      await new Promise<void>((_, reject) => {
        this.fail = () => reject(new Error('closed'));
      });
    }
    this.written += bytes.length;
  }

  destroy(): void {
    this.isOpen = false;
    this.fail();
  }
}
