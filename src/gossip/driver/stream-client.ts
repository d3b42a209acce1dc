import { ok, refused, type Result } from '../../lib/result.js';
import type { Millis } from '../../lib/ports.js';
import type { ConnectTcp, TcpConnection } from '../../lib/tcp-socket.js';
import type { Endpoint } from '../core/ports.js';
import type { StreamMessage } from '../wire/message.js';
import type { DriverCounters } from './counters.js';
import type { Deadlines } from './deadlines.js';
import type { MessagePort } from './message-port.js';
import { faultOf, type StreamFault } from './stream-fault.js';

/** The streams that we open: connect, say one thing, perhaps hear one thing, close. How many run at once is up to the caller. */
export class StreamClient {
  constructor(
    private readonly bind: Endpoint,
    private readonly deps: {
      readonly connect: ConnectTcp;
      readonly messages: MessagePort;
      readonly counters: DriverCounters;
      readonly deadlines: Deadlines;
    },
  ) {}

  /**
   * Says something and waits for the answer.
   *
   * @param message is made when the connection is open, so that it is as new as can be; undefined: there is nothing to say
   * @param timeoutMs for all of it
   */
  ask(
    to: Endpoint,
    message: () => StreamMessage | undefined,
    timeoutMs: Millis,
  ): Promise<Result<StreamMessage, StreamFault>> {
    return this.talk(to, message, timeoutMs, (connection) => this.deps.messages.read(connection));
  }

  /** Says something to which there is no answer. */
  tell(
    to: Endpoint,
    message: () => StreamMessage | undefined,
    timeoutMs: Millis,
  ): Promise<Result<undefined, StreamFault>> {
    return this.talk(to, message, timeoutMs, () => Promise.resolve(ok(undefined)));
  }

  private talk<T>(
    to: Endpoint,
    message: () => StreamMessage | undefined,
    timeoutMs: Millis,
    hear: (connection: TcpConnection) => Promise<Result<T, StreamFault>>,
  ): Promise<Result<T, StreamFault>> {
    const { connect, counters, deadlines } = this.deps;
    return deadlines.within(timeoutMs, async (signal) => {
      let connection: TcpConnection | undefined;
      counters.requests += 1;
      let result: Result<T, StreamFault>;
      try {
        connection = await connect(to, { signal, localAddress: this.localAddressFor(to) });
        const said = this.isOurselves(connection) ? refused(OURSELVES) : await this.say(connection, message());
        result = said.ok ? await hear(connection) : said;
      } catch (error) {
        result = refused(faultOf(error, signal));
      } finally {
        connection?.destroy();
      }
      if (!result.ok) counters.requestsFailed += 1;
      return result;
    });
  }

  private async say(
    connection: TcpConnection,
    message: StreamMessage | undefined,
  ): Promise<Result<undefined, StreamFault>> {
    return message ? this.deps.messages.write(connection, message) : refused(STOPPED);
  }

  /** A host of several addresses speaks from the one it is bound to, as its packets do. */
  private localAddressFor({ address }: Endpoint): string | undefined {
    const { bind } = this;
    const isOne = bind.address !== '0.0.0.0' && bind.address !== '::';
    return isOne && bind.address.includes(':') === address.includes(':') ? bind.address : undefined;
  }

  /** Within a host the system speaks from the address it speaks to, and nobody else listens on our port there. */
  private isOurselves({ local, peer }: TcpConnection): boolean {
    return local.address === peer.address && peer.port === this.bind.port;
  }
}

const OURSELVES: StreamFault = { code: 'OURSELVES', detail: 'it is this node itself' };
const STOPPED: StreamFault = { code: 'STOPPED', detail: 'this node has nothing to say' };
