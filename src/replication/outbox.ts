import type { BroadcastBudget } from '../gossip/core/ports.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis } from '../lib/ports.js';
import { recordText } from '../service/codec.js';
import { Status, type Service } from '../service/service.js';
import { recordKey } from './record-key.js';
import { Seldom } from './seldom.js';
import { TransmitQueue, URGENCY, type Urgency } from './transmit-queue.js';

/** `news` says something new, `repeat` only that it is still so. */
export type Tidings = 'news' | 'repeat';

/** What became of the records handed in. */
export interface OutboxCounters {
  /** Transmissions, each to one set of receivers. */
  readonly sent: number;
  /** Dropped because too many waited. */
  readonly dropped: number;
}

/** Some ten times the records of a large cluster; a few megabytes. */
const MAX_WAITING = 50_000;
/** Each of them is as large as many others. */
const MAX_LARGE_WAITING = 500;
const MAX_LARGE_AT_ONCE = 2;
const TELL_OF_LARGE_EVERY_MS: Millis = 24 * 3_600_000;

/**
 * The records that wait to be sent: of each the newest version only, each sent several times, what is urgent first (PROTOCOL
 * 19.8). What is too large for a packet waits apart, so that it holds up nothing.
 */
export class Outbox {
  private readonly packets = new TransmitQueue(MAX_WAITING);
  private readonly large = new TransmitQueue(MAX_LARGE_WAITING);
  private readonly tellOfLarge: Seldom;
  private sent = 0;
  private dropped = 0;

  /** @param options.maxPayloadBytes the longest text that a packet of its own can carry */
  constructor(
    private readonly options: { readonly maxPayloadBytes: number },
    private readonly deps: {
      /** Called when something waits that should not wait for the next gossip tick. */
      readonly onUrgent: () => void;
      readonly clock: Pick<Clock, 'now'>;
      readonly log: Logger;
    },
  ) {
    this.tellOfLarge = new Seldom(TELL_OF_LARGE_EVERY_MS, deps.clock);
  }

  /** How many records wait, to be sent or to be sent again. */
  get size(): number {
    return this.packets.size + this.large.size;
  }

  /** How many of them were not sent yet. */
  get unsent(): number {
    return this.packets.unsent + this.large.unsent;
  }

  get counters(): OutboxCounters {
    return { sent: this.sent, dropped: this.dropped };
  }

  /**
   * Puts a record in, in place of an older version; a version that is not newer is ignored. A repeat of news that still waits
   * goes on in its place.
   */
  add(record: Service, tidings: Tidings): void {
    const key = recordKey(record);
    const known = this.packets.get(key) ?? this.large.get(key);
    if (known && record.updated <= known.updated) return;
    const bytes = Buffer.from(recordText(record));
    const isLarge = bytes.length > this.options.maxPayloadBytes;
    const [queue, other] = isLarge ? [this.large, this.packets] : [this.packets, this.large];
    const [urgency, transmissions] =
      tidings === 'repeat' && known ? [known.urgency, known.transmissions] : [urgencyOf(record, tidings), 0];
    other.remove(key);
    if (!queue.add(key, { bytes, urgency, updated: record.updated, transmissions })) this.dropped += 1;
    if (isLarge) this.tell(record, key, bytes.length);
    if (tidings === 'news') this.deps.onUrgent();
  }

  /** What fits into one packet, the most urgent first. */
  takeBroadcasts({ limitBytes, overheadBytes, round, transmitLimit }: BroadcastBudget): readonly Uint8Array[] {
    return this.take(this.packets, { limitBytes, overheadBytes, maxCount: Infinity, round, transmitLimit });
  }

  /** A few of what fits into no packet. */
  takeLarge({ round, transmitLimit }: Pick<BroadcastBudget, 'round' | 'transmitLimit'>): readonly Uint8Array[] {
    const maxCount = MAX_LARGE_AT_ONCE;
    return this.take(this.large, { limitBytes: Infinity, overheadBytes: 0, maxCount, round, transmitLimit });
  }

  private take(queue: TransmitQueue, budget: BroadcastBudget & { readonly maxCount: number }): readonly Uint8Array[] {
    const limitOf = (urgency: Urgency): number => limitFor(urgency, budget.transmitLimit);
    const taken = queue.take({ ...budget, limitOf });
    this.sent += taken.length;
    return taken;
  }

  private tell(record: Service, key: string, bytes: number): void {
    if (!this.tellOfLarge.isDue(key)) return;
    const { name, hostname, id, ports } = record;
    this.deps.log.warn(
      `the record of ${name} is too large for a packet and travels by TCP: original Sidecars learn of its changes later`,
      { host: hostname, id, bytes, ports: ports?.length ?? 0 },
    );
  }
}

function urgencyOf({ status }: Service, tidings: Tidings): Urgency {
  if (tidings === 'repeat') return URGENCY.refresh;
  return status === Status.Tombstone ? URGENCY.tombstone : URGENCY.change;
}

/** Who misses a refresh waits for the next, and who misses two takes the record for dead: that must be rarer than rare. */
const limitFor = (urgency: Urgency, transmitLimit: number): number =>
  urgency === URGENCY.refresh ? Math.max(3, Math.ceil(transmitLimit / 3)) : transmitLimit;
