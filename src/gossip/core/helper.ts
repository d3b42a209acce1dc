import type { Millis } from '../../lib/ports.js';
import { addressOf } from '../wire/address.js';
import type { IndirectPing } from '../wire/message.js';
import { isName } from './claim.js';
import type { Counters } from './counters.js';
import type { Courier } from './courier.js';
import type { Endpoint, GossipOptions } from './ports.js';
import type { Sequence } from './sequence.js';

interface Errand {
  readonly requester: Endpoint;
  /** The number that the requester knows the probe by. */
  readonly seqNo: number;
  /** When to say that there was no ack; Infinity if nobody wants to know, or knows already. */
  nackAt: Millis;
  readonly end: Millis;
}

/** In a healthy cluster the average is far below 3 in a probe interval; a stranger could have us ping anybody (PROTOCOL 20). */
const ERRANDS_PER_INTERVAL = 64;
/** A nack at the very end of ProbeTimeout would reach the prober just after its own deadline. */
const NACK_AFTER = 0.8;

/** Probes on behalf of others: pings their target and reports what came of it (PROTOCOL 13, as a helper). */
export class Helper {
  /** By the number of our own ping. The rate bounds it: an errand never outlasts the interval after its own. */
  private readonly errands = new Map<number, Errand>();
  private windowEnd: Millis = 0;
  private inWindow = 0;

  constructor(
    private readonly options: Pick<GossipOptions, 'probeIntervalMs' | 'probeTimeoutMs'>,
    private readonly deps: {
      readonly courier: Courier;
      readonly sequence: Sequence;
      readonly counters: Counters;
    },
  ) {}

  /** When `tick` is due; Infinity while there is nothing to wait for. */
  get deadline(): Millis {
    let deadline = Infinity;
    for (const { nackAt, end } of this.errands.values()) deadline = Math.min(deadline, nackAt, end);
    return deadline;
  }

  /** @param requester where the answer goes; @param defaultPort stands in for port 0 */
  help(request: IndirectPing, requester: Endpoint, defaultPort: number, now: Millis): void {
    const { courier, sequence, counters } = this.deps;
    const address = addressOf(request.target);
    // A long name would make the ping a large datagram to whom the requester likes.
    if (address === undefined || !isName(request.node) || !this.hasTime(now)) {
      counters.helpRefused += 1;
      return;
    }
    const { probeTimeoutMs } = this.options;
    const nackAt = request.nack ? now + probeTimeoutMs * NACK_AFTER : Infinity;
    const seqNo = sequence.next();
    this.errands.set(seqNo, { requester, seqNo: request.seqNo, nackAt, end: now + probeTimeoutMs });
    courier.sendWithNews({ address, port: request.port || defaultPort }, { type: 'ping', node: request.node, seqNo });
  }

  /** @returns whether the ack is for one of our errands */
  onAck(seqNo: number): boolean {
    const errand = this.errands.get(seqNo);
    if (!errand) return false;
    this.errands.delete(seqNo);
    this.deps.courier.sendWithNews(errand.requester, { type: 'ack', seqNo: errand.seqNo, payload: undefined });
    return true;
  }

  tick(now: Millis): void {
    for (const [ownSeqNo, errand] of this.errands) {
      if (now >= errand.nackAt) {
        errand.nackAt = Infinity;
        this.deps.courier.sendWithNews(errand.requester, { type: 'nack', seqNo: errand.seqNo });
      }
      if (now >= errand.end) this.errands.delete(ownSeqNo);
    }
  }

  private hasTime(now: Millis): boolean {
    const { probeIntervalMs, probeTimeoutMs } = this.options;
    if (now >= this.windowEnd) {
      this.windowEnd = now + Math.max(probeIntervalMs, probeTimeoutMs);
      this.inWindow = 0;
    }
    if (this.inWindow >= ERRANDS_PER_INTERVAL) return false;
    this.inWindow += 1;
    return true;
  }
}
