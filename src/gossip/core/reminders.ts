import type { Millis } from '../../lib/ports.js';
import type { Message, Suspect } from '../wire/message.js';
import { underName } from './cluster-name.js';
import type { Endpoint, GossipOptions } from './ports.js';

const SECOND_MS: Millis = 1000;
/** Enough for a rack that comes back, too little to flood anybody with. */
const MAX_PER_SECOND = 32;

/**
 * Tells a member that is back what we hold against it. It has forgotten its incarnation, and most others have forgotten that it was
 * gone; who has not cannot believe it, and would sooner or later kill it for all. Told so, it outbids that at once.
 */
export class Reminders {
  private windowEnd: Millis = -Infinity;
  private sent = 0;

  constructor(
    private readonly options: Pick<GossipOptions, 'clusterName' | 'name'>,
    private readonly tell: (to: Endpoint, message: Message) => void,
  ) {}

  /** @param incarnation the last one that we know of `node`, which we hold for dead */
  send({ address, port }: Endpoint, node: string, incarnation: number, now: Millis): void {
    if (now >= this.windowEnd) [this.windowEnd, this.sent] = [now + SECOND_MS, 0];
    if (this.sent >= MAX_PER_SECOND) return;
    this.sent += 1;
    const suspicion: Suspect = { type: 'suspect', node, incarnation, from: this.options.name };
    this.tell({ address, port }, underName(this.options.clusterName, suspicion));
  }
}
