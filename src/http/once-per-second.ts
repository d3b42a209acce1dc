import type { WallClock } from '../lib/ports.js';
import type { Timestamp } from '../service/timestamp.js';

const NS_PER_SECOND = 1_000_000_000n;

/** A page that is made when somebody asks and kept for a second: however many look at it, they cost no more than one. */
export function oncePerSecond(wall: WallClock, make: (now: Timestamp) => string): () => Buffer {
  let madeAt: Timestamp | undefined;
  let page = Buffer.alloc(0);
  return () => {
    const now = wall.nowNs();
    const isFresh = madeAt !== undefined && madeAt <= now && now < madeAt + NS_PER_SECOND; // the clock may be set back
    if (!isFresh) [madeAt, page] = [now, Buffer.from(make(now))];
    return page;
  };
}
