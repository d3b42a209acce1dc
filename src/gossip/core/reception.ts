import { addressOf } from '../wire/address.js';
import type { Millis } from '../../lib/ports.js';
import type { Alive, Dead, Message, Ping, SourceFields, Suspect } from '../wire/message.js';
import { isName, MAX_NAME, parseAliveClaim } from './claim.js';
import { isOurCluster } from './cluster-name.js';
import type { Counters } from './counters.js';
import type { Courier } from './courier.js';
import type { Helper } from './helper.js';
import type { MemberTable } from './member-table.js';
import type { Membership } from './membership.js';
import type { Endpoint, GossipDelegate, GossipOptions } from './ports.js';
import type { Prober } from './prober.js';

/** Hands each message of a packet to the part that it concerns, or counts why not. Total: nothing that a peer says throws. */
export class Reception {
  constructor(
    private readonly options: Pick<GossipOptions, 'name' | 'advertise' | 'clusterName' | 'acceptMissingClusterName'>,
    private readonly deps: {
      readonly table: MemberTable;
      readonly membership: Membership;
      readonly prober: Prober;
      readonly helper: Helper;
      readonly courier: Courier;
      readonly delegate: Pick<GossipDelegate, 'onUserMessage' | 'onStranger'>;
      readonly counters: Counters;
    },
  ) {}

  receive(from: Endpoint, message: Message, now: Millis): void {
    const { prober, helper, delegate } = this.deps;
    this.heardFrom(from, now);
    switch (message.type) {
      case 'ping':
        this.onPing(message, answerTo(message, from));
        break;
      case 'indirect-ping':
        helper.help(message, answerTo(message, from), this.options.advertise.port, now);
        break;
      case 'ack':
        this.onAck(message.seqNo, from, now);
        break;
      case 'nack':
        prober.onNack(message.seqNo);
        break;
      case 'user':
        delegate.onUserMessage(message.payload, this.deps.table.at(from)?.name);
        break;
      case 'alive':
      case 'suspect':
      case 'dead':
        this.onNews(message, now);
    }
  }

  /** Something came from there, whatever it was. */
  heardFrom(from: Endpoint, now: Millis): void {
    const entry = this.deps.table.at(from);
    if (entry) entry.lastHeard = now;
  }

  onStreamAck(seqNo: number, now: Millis): void {
    if (!this.deps.prober.onStreamAck(seqNo, now)) this.deps.counters.unexpectedAcks += 1;
  }

  private onAck(seqNo: number, from: Endpoint, now: Millis): void {
    const { prober, helper, counters } = this.deps;
    if (!prober.onAck(seqNo, from, now) && !helper.onAck(seqNo)) counters.unexpectedAcks += 1;
  }

  private onPing({ node, seqNo }: Ping, requester: Endpoint): void {
    const { courier, counters } = this.deps;
    if (node !== '' && node !== this.options.name) counters.misdirectedPings += 1;
    else courier.sendWithNews(requester, { type: 'ack', seqNo, payload: undefined });
  }

  private onNews(message: Alive | Suspect | Dead, now: Millis): void {
    const { membership, counters } = this.deps;
    counters[`${message.type}Claims`] += 1;
    if (!isOurCluster(message.clusterName, this.options)) {
      counters.foreignClusterClaims += 1;
      if (message.type === 'alive' && isName(message.node))
        this.deps.delegate.onStranger(message.node, message.clusterName ?? '');
    } else if (message.type === 'alive') {
      const claim = parseAliveClaim(message.node, message, this.options.advertise.port);
      if (claim.ok) membership.alive(claim.value, now);
      else counters.malformedClaims += 1;
    } else if (!isName(message.node) || message.from.length > MAX_NAME) {
      counters.malformedClaims += 1;
    } else {
      membership[message.type](message, now);
    }
  }
}

/** To the source that a message names, as upstream does; else to where it came from. */
function answerTo({ sourceAddr, sourcePort }: SourceFields, from: Endpoint): Endpoint {
  const address = addressOf(sourceAddr);
  return address !== undefined && sourcePort ? { address, port: sourcePort } : from;
}
