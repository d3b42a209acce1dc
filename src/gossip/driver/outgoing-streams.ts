import { formatAddress } from '../../lib/ip-address.js';
import type { Logger } from '../../lib/logger.js';
import type { Millis } from '../../lib/ports.js';
import type { Endpoint, GossipEffects } from '../core/ports.js';
import type { Bytes } from '../wire/message.js';
import type { DriverCounters } from './counters.js';
import type { DrivenNode } from './driven-node.js';
import type { Exchanges } from './exchanges.js';
import { FailureLog } from './failure-log.js';
import { Lane } from './lane.js';
import type { StreamClient } from './stream-client.js';
import type { StreamFault } from './stream-fault.js';

/** Push/pulls that we begin at once, apart from those of joins; a node begins one in an interval. */
const MAX_EXCHANGES = 4;
const MAX_PINGS = 32;
const MAX_USER_STREAMS = 8;
/** User messages that wait for a stream; the newest are kept. */
const MAX_WAITING_USER_STREAMS = 64;

/** The streams that a node asks for, each kind within its bound. */
export class OutgoingStreams implements Pick<GossipEffects, 'sendUserStream' | 'pingByStream' | 'pushPull'> {
  private readonly exchangeLane: Lane;
  private readonly pingLane: Lane;
  private readonly userLane: Lane;
  private readonly failures: FailureLog;

  constructor(
    private readonly timeoutMs: Millis,
    private readonly deps: {
      readonly driven: DrivenNode;
      readonly client: StreamClient;
      readonly exchanges: Pick<Exchanges, 'begin'>;
      readonly counters: DriverCounters;
      readonly log: Logger;
    },
  ) {
    const { counters, log } = deps;
    this.exchangeLane = new Lane(counters, MAX_EXCHANGES, 0);
    this.pingLane = new Lane(counters, MAX_PINGS, 0);
    this.userLane = new Lane(counters, MAX_USER_STREAMS, MAX_WAITING_USER_STREAMS);
    this.failures = new FailureLog(log);
  }

  pushPull(to: Endpoint): void {
    const { exchanges } = this.deps;
    const subject = `states are not exchanged with ${formatAddress(to)}`;
    void this.exchangeLane
      .run(() => exchanges.begin(to, false))
      .then((exchanged) => {
        if (exchanged?.ok) this.failures.succeeded(subject);
        else if (exchanged) this.log(subject, exchanged.fault);
      });
  }

  pingByStream(to: Endpoint, ping: { readonly seqNo: number; readonly node: string }, timeoutMs: Millis): void {
    const { client, driven } = this.deps;
    void this.pingLane
      .run(() => client.ask(to, () => ({ type: 'ping', ...ping }), timeoutMs))
      .then((answer) => {
        if (!answer?.ok || answer.value.type !== 'ack') return; // silence is an answer, too: the node counts it
        const { seqNo } = answer.value;
        driven.enter((node, now) => node.onStreamAck(seqNo, now));
      });
  }

  sendUserStream(to: Endpoint, payload: Bytes): void {
    const { client } = this.deps;
    const subject = `a user message cannot be sent to ${formatAddress(to)}`;
    void this.userLane
      .run(() => client.tell(to, () => ({ type: 'user', payload }), this.timeoutMs))
      .then((sent) => {
        if (sent?.ok) this.failures.succeeded(subject);
        else if (sent) this.log(subject, sent.fault);
      });
  }

  private log(subject: string, { code, detail }: StreamFault): void {
    if (code !== 'STOPPED') this.failures.failed(subject, detail, { code });
  }
}
