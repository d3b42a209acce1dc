import type { Bytes } from '../wire/message.js';

interface Broadcast {
  readonly key: string;
  readonly message: Bytes;
  transmits: number;
  /** The round that took it last. */
  round: number;
}

/** What one packet still takes. */
export interface Take {
  /** Whatever was taken in this round is not taken in it again. */
  readonly round: number;
  readonly transmitLimit: number;
  /** The sum of (length + `overheadBytes`) of what is taken stays within this. */
  readonly limitBytes: number;
  readonly overheadBytes: number;
  readonly maxParts: number;
}

/** No membership message is shorter, so a packet with less room is full. */
const SHORTEST_MESSAGE_BYTES = 16;

/**
 * News of members on its way out: one message per key, each sent a limited number of times, the least sent first and the
 * older first among equals (PROTOCOL 14). At its capacity the oldest of the most sent goes, which has been spread best.
 */
export class BroadcastQueue {
  private readonly byKey = new Map<string, Broadcast>();
  /** By number of transmissions; each in the order of arrival. */
  private readonly byTransmits: Map<string, Broadcast>[] = [];

  /** @param onDropped called for each broadcast given up at the capacity */
  constructor(
    private readonly capacity: number,
    private readonly onDropped: () => void,
  ) {}

  get size(): number {
    return this.byKey.size;
  }

  has(key: string): boolean {
    return this.byKey.has(key);
  }

  /** Queues `message`; what was queued under the same key is outdated and goes. */
  add(key: string, message: Bytes): void {
    const outdated = this.byKey.get(key);
    if (outdated) this.remove(outdated);
    else if (this.byKey.size >= this.capacity) this.dropOne();
    const broadcast: Broadcast = { key, message, transmits: 0, round: 0 };
    this.byKey.set(key, broadcast);
    this.shelf(0).set(key, broadcast);
  }

  /** What goes into one packet. Taking counts as one transmission, and the last one that `transmitLimit` allows ends it. */
  take(room: Take): readonly Bytes[] {
    const taken: Bytes[] = [];
    let left = room.limitBytes;
    for (const shelf of this.byTransmits) {
      for (const broadcast of shelf.values()) {
        if (taken.length >= room.maxParts || left < SHORTEST_MESSAGE_BYTES + room.overheadBytes) return taken;
        const cost = broadcast.message.length + room.overheadBytes;
        if (broadcast.round === room.round || cost > left) continue;
        left -= cost;
        taken.push(broadcast.message);
        this.transmitted(broadcast, room);
      }
    }
    return taken;
  }

  private transmitted(broadcast: Broadcast, { round, transmitLimit }: Take): void {
    this.remove(broadcast);
    broadcast.transmits += 1;
    broadcast.round = round;
    if (broadcast.transmits >= transmitLimit) return;
    this.byKey.set(broadcast.key, broadcast);
    this.shelf(broadcast.transmits).set(broadcast.key, broadcast);
  }

  private dropOne(): void {
    const fullest = this.byTransmits.findLast((shelf) => shelf.size > 0);
    const [oldest] = fullest?.values() ?? [];
    if (!oldest) return;
    this.remove(oldest);
    this.onDropped();
  }

  private remove(broadcast: Broadcast): void {
    this.byKey.delete(broadcast.key);
    this.byTransmits[broadcast.transmits]?.delete(broadcast.key);
  }

  private shelf(transmits: number): Map<string, Broadcast> {
    return (this.byTransmits[transmits] ??= new Map<string, Broadcast>());
  }
}
