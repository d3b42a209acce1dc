import { ok, refused, type Result } from '../../lib/result.js';
import type { TcpConnection } from '../../lib/tcp-socket.js';
import type { StreamMessage } from '../wire/message.js';
import { encodeStream, StreamReader } from '../wire/stream.js';
import { ByteBudget } from './byte-budget.js';
import type { DriverCounters } from './counters.js';
import type { Keyring } from './keyring.js';
import type { StreamFault } from './stream-fault.js';

/**
 * Messages on connections, one in each direction: sealed on the way out, opened on the way in (PROTOCOL 10). What all of them
 * together hold in memory is bounded. Deadlines are the caller's, who destroys the connection.
 */
export class MessagePort {
  private readonly budget = new ByteBudget();

  constructor(
    private readonly options: { readonly compress: boolean },
    private readonly deps: { readonly keyring: Keyring; readonly counters: DriverCounters },
  ) {}

  /** The one message of the other side. @throws what the connection throws */
  async read(connection: TcpConnection): Promise<Result<StreamMessage, StreamFault>> {
    const { keyring, counters } = this.deps;
    const opening = keyring.opening();
    if (!opening.ok) return refused({ code: opening.fault, detail: 'no key is known to open it' });
    const reader = new StreamReader(opening.value);
    let taken = 0;
    try {
      while (true) {
        const chunk = await connection.read();
        if (chunk === undefined) return refused(reader.end() ?? EMPTY);
        if (!this.budget.take(chunk.length)) return refused(OVERLOADED);
        taken += chunk.length;
        counters.streamBytesIn += chunk.length;
        const message = reader.push(chunk);
        if (!message.ok) return message;
        if (message.value) return ok(message.value);
      }
    } finally {
      this.budget.give(taken);
    }
  }

  /** Says something; resolves when the system has all of it. @throws what the connection throws */
  async write(connection: TcpConnection, message: StreamMessage): Promise<Result<undefined, StreamFault>> {
    const { keyring, counters } = this.deps;
    const key = keyring.sealing();
    if (!key.ok) return refused({ code: key.fault, detail: 'no key is known to encrypt with' });
    const bytes = encodeStream(message, { compress: this.options.compress, key: key.value });
    if (!this.budget.take(bytes.length)) return refused(OVERLOADED);
    try {
      await connection.write(bytes);
    } finally {
      this.budget.give(bytes.length);
    }
    counters.streamBytesOut += bytes.length;
    return ok(undefined);
  }
}

const EMPTY: StreamFault = { code: 'EMPTY', detail: 'it closed the connection without a byte' };
const OVERLOADED: StreamFault = { code: 'OVERLOADED', detail: 'too many bytes are under way at once' };
