import type { Timestamp } from '../service/timestamp.js';

/** Lower goes first: a tombstone before a change, a change before a refresh. */
export const URGENCY = { tombstone: 0, change: 1, refresh: 2 } as const;
export type Urgency = (typeof URGENCY)[keyof typeof URGENCY];

/** A payload that waits to be sent, or to be sent again. */
export interface Waiting {
  readonly bytes: Uint8Array;
  readonly urgency: Urgency;
  /** Which version of the record it is. */
  readonly updated: Timestamp;
  /** Sent so often already. */
  readonly transmissions: number;
}

/** What one call may take. */
export interface Allowance {
  /** The sum of (length + `overheadBytes`) of what is taken does not exceed this. */
  readonly limitBytes: number;
  readonly overheadBytes: number;
  readonly maxCount: number;
  /** Nothing is taken twice in the same round. */
  readonly round: number;
  /** After so many transmissions a payload leaves. */
  readonly limitOf: (urgency: Urgency) => number;
}

interface Item extends Waiting {
  readonly key: string;
  transmissions: number;
  round: number | undefined;
  before: Item | undefined;
  after: Item | undefined;
}

/** After so many that do not fit a call ends: it must stay cheap when thousands wait. */
const MAX_MISFITS = 200;

/**
 * Payloads by key in the order of their sending: the most urgent first, among those the least often sent, among those the newest
 * that was never sent or the one sent longest ago. Every step costs the same however many wait.
 */
export class TransmitQueue {
  private readonly items = new Map<string, Item>();
  /** By urgency, then by transmissions: no payload is sent more often than its limit, so there are few. */
  private readonly lanes: Lane[][] = Object.values(URGENCY).map(() => []);

  /** @param maxItems at this bound the least urgent makes room, of those the one sent most often, then the oldest, or is not taken in */
  constructor(private readonly maxItems: number) {}

  get size(): number {
    return this.items.size;
  }

  /** How many were never sent. */
  get unsent(): number {
    return this.lanes.reduce((sum, lanes) => sum + (lanes[0]?.length ?? 0), 0);
  }

  get(key: string): Waiting | undefined {
    return this.items.get(key);
  }

  /**
   * Puts a payload in, in place of what waits under the same key.
   *
   * @returns false if the queue is full and one had to be dropped, this one or another
   */
  add(key: string, waiting: Waiting): boolean {
    this.remove(key);
    const isFull = this.items.size >= this.maxItems;
    if (isFull && !this.dropBelow(waiting.urgency)) return false;
    const item: Item = { key, ...waiting, round: undefined, before: undefined, after: undefined };
    this.items.set(key, item);
    this.laneOf(item).addFirst(item);
    return !isFull;
  }

  remove(key: string): void {
    const item = this.items.get(key);
    if (!item) return;
    this.items.delete(key);
    this.laneOf(item).remove(item);
  }

  /** Takes what fits and counts it as sent once. */
  take({ limitBytes, overheadBytes, maxCount, round, limitOf }: Allowance): readonly Uint8Array[] {
    const taken: Uint8Array[] = [];
    let [room, misfits] = [limitBytes, 0];
    for (const item of this.untaken(round)) {
      if (taken.length >= maxCount || misfits >= MAX_MISFITS) break;
      const cost = item.bytes.length + overheadBytes;
      if (cost > room) {
        misfits += 1;
        continue;
      }
      room -= cost;
      taken.push(item.bytes);
      this.sent(item, round, limitOf(item.urgency));
    }
    return taken;
  }

  private sent(item: Item, round: number, limit: number): void {
    this.remove(item.key);
    item.round = round;
    item.transmissions += 1;
    if (item.transmissions >= limit) return;
    this.items.set(item.key, item);
    this.laneOf(item).addLast(item);
  }

  /** Those not yet taken in `round`, in order. Whoever reads may remove the item that was just given. */
  private *untaken(round: number): Iterable<Item> {
    for (const lanes of this.lanes) {
      for (const lane of lanes) {
        let item = lane.first;
        // What was taken stands at the end of a lane: from the first of this round on, all are of this round.
        while (item && item.round !== round) {
          const { after } = item;
          yield item;
          item = after;
        }
      }
    }
  }

  private dropBelow(urgency: Urgency): boolean {
    for (const lanes of this.lanes.slice(urgency).reverse()) {
      const last = lanes.findLast((lane) => lane.length > 0)?.last;
      if (!last) continue;
      this.remove(last.key);
      return true;
    }
    return false;
  }

  private laneOf({ urgency, transmissions }: Item): Lane {
    const lanes = this.lanes[urgency] ?? [];
    while (lanes.length <= transmissions) lanes.push(new Lane());
    return lanes[transmissions] ?? new Lane();
  }
}

/** A list that gives up any of its items at once. */
class Lane {
  first: Item | undefined;
  last: Item | undefined;
  length = 0;

  addFirst(item: Item): void {
    [item.before, item.after] = [undefined, this.first];
    if (this.first) this.first.before = item;
    else this.last = item;
    this.first = item;
    this.length += 1;
  }

  addLast(item: Item): void {
    [item.before, item.after] = [this.last, undefined];
    if (this.last) this.last.after = item;
    else this.first = item;
    this.last = item;
    this.length += 1;
  }

  remove({ before, after }: Item): void {
    if (before) before.after = after;
    else this.first = after;
    if (after) after.before = before;
    else this.last = before;
    this.length -= 1;
  }
}
