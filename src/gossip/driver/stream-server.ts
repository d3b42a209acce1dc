import { formatAddress } from '../../lib/ip-address.js';
import type { Millis } from '../../lib/ports.js';
import { ok, refused, type Result } from '../../lib/result.js';
import type { TcpConnection } from '../../lib/tcp-socket.js';
import type { Endpoint } from '../core/ports.js';
import type { PushPull, UserMessage } from '../wire/message.js';
import type { DriverCounters } from './counters.js';
import type { Deadlines } from './deadlines.js';
import type { FaultTally } from './fault-tally.js';
import type { MessagePort } from './message-port.js';
import { faultOf, type StreamFault } from './stream-fault.js';

/** Connections at once; more are closed at once. */
const MAX_CONNECTIONS = 256;
/** Of those, how many from one address: what hangs there shall not shut the others out. */
const MAX_PER_ADDRESS = 64;
/** Push/pulls at once (PROTOCOL 10). */
const MAX_EXCHANGES = 128;

export interface StreamServerOptions {
  /** Our own: a ping for another name is not answered. */
  readonly name: string;
  /** For a connection from its first byte to its last. */
  readonly timeoutMs: Millis;
  readonly maxConnections?: number;
  readonly maxExchanges?: number;
}

/** What the listener does with what it understood. */
export interface StreamHandlers {
  /** @returns our own state for the other side, or undefined to close without a byte */
  readonly onPushPull: (remote: PushPull, from: Endpoint) => PushPull | undefined;
  readonly onUserMessage: (message: UserMessage, from: Endpoint) => void;
}

/** The streams that peers open to us: one message, at most one answer (PROTOCOL 10). */
export class StreamServer {
  private open = 0;
  private readonly openFrom = new Map<string, number>();
  private exchanges = 0;

  constructor(
    private readonly options: StreamServerOptions,
    private readonly handlers: StreamHandlers,
    private readonly deps: {
      readonly messages: MessagePort;
      readonly counters: DriverCounters;
      readonly faults: FaultTally;
      /** Told of every message that was refused. */
      readonly onFault: (fault: StreamFault, from: Endpoint) => void;
      readonly deadlines: Deadlines;
    },
  ) {}

  accept(connection: TcpConnection): void {
    const { counters, faults, deadlines } = this.deps;
    const { maxConnections = MAX_CONNECTIONS } = this.options;
    counters.streamsAccepted += 1;
    const { address } = connection.peer;
    const isGreedy = (this.openFrom.get(address) ?? 0) >= MAX_PER_ADDRESS;
    if (deadlines.isStopped || isGreedy || this.open >= maxConnections) {
      counters.streamsRefused += 1;
      const limit = isGreedy ? { from: address, limit: MAX_PER_ADDRESS } : { limit: maxConnections };
      faults.note('STREAMS_REFUSED', 'connections are refused: too many are open', limit);
      connection.destroy();
      return;
    }
    void this.serve(connection);
  }

  private serve(connection: TcpConnection): Promise<void> {
    return this.deps.deadlines.within(this.options.timeoutMs, async (signal) => {
      signal.addEventListener('abort', () => connection.destroy(), { once: true });
      this.count(connection.peer.address, 1);
      try {
        const served = await this.answer(connection);
        if (!served.ok) this.refuse(served.fault, connection.peer);
      } catch (error) {
        this.refuse(faultOf(error, signal), connection.peer);
      } finally {
        connection.destroy();
        this.count(connection.peer.address, -1);
      }
    });
  }

  private count(address: string, by: 1 | -1): void {
    this.open += by;
    const left = (this.openFrom.get(address) ?? 0) + by;
    if (left > 0) this.openFrom.set(address, left);
    else this.openFrom.delete(address);
  }

  private async answer(connection: TcpConnection): Promise<Result<undefined, StreamFault>> {
    const message = await this.deps.messages.read(connection);
    if (!message.ok) return message;
    switch (message.value.type) {
      case 'push-pull':
        return this.exchange(connection, message.value);
      case 'ping': {
        const { node, seqNo } = message.value;
        if (node !== '' && node !== this.options.name) return refused(OTHER_NAME);
        return this.deps.messages.write(connection, { type: 'ack', seqNo, payload: undefined });
      }
      case 'user':
        if (message.value.payload.length > 0) this.handlers.onUserMessage(message.value, connection.peer);
        return DONE;
      case 'ack':
      case 'err':
        return refused({ code: 'UNEXPECTED', detail: `${message.value.type} is no message to begin with` });
    }
  }

  private async exchange(connection: TcpConnection, remote: PushPull): Promise<Result<undefined, StreamFault>> {
    if (this.exchanges >= (this.options.maxExchanges ?? MAX_EXCHANGES)) return refused(TOO_MANY_EXCHANGES);
    this.exchanges += 1;
    try {
      const own = this.handlers.onPushPull(remote, connection.peer);
      return own ? await this.deps.messages.write(connection, own) : DONE;
    } finally {
      this.exchanges -= 1;
    }
  }

  private refuse(fault: StreamFault, from: Endpoint): void {
    const { counters, faults, onFault } = this.deps;
    if (fault.code === 'STOPPED' || fault.code === 'EMPTY') return; // a port that was only looked at is no fault
    counters.streamsFailed += 1;
    faults.note(`STREAM_${fault.code}`, `a stream is closed: ${fault.detail}`, { from: formatAddress(from) });
    onFault(fault, from);
  }
}

const DONE = ok(undefined);
const OTHER_NAME: StreamFault = { code: 'UNEXPECTED', detail: 'a ping for another name' };
const TOO_MANY_EXCHANGES: StreamFault = { code: 'OVERLOADED', detail: 'too many states are being exchanged' };
