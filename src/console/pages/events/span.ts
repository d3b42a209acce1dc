import type { AgentEvent } from '../../data/event.js';
import { isTrouble } from '../../words/event.js';

/** A piece of time, in milliseconds since 1970 by the agent's clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const MINUTE = 60_000;

/** How much of the journal a reader may look at, the least first; `''` is all of it. */
export const SPANS = [
  { value: '15min', label: '15 min', ms: 15 * MINUTE },
  { value: '1h', label: '1 h', ms: 60 * MINUTE },
  { value: '6h', label: '6 h', ms: 360 * MINUTE },
  { value: '1d', label: '1 d', ms: 1440 * MINUTE },
] as const;

/** A journal that has just begun. */
const LEAST_MS = MINUTE;
/** A page of the keyboard. */
const PAGE_MS = 5 * MINUTE;

/** The piece that is shown: the newest of that length, or, where the moment is older, the one of those before it that has it. */
export function spanOf(oldest: number, now: number, wanted: string, at: number | undefined): Span {
  const ms = SPANS.find(({ value }) => value === wanted)?.ms ?? Infinity;
  const whole = { from: Math.min(oldest, now - LEAST_MS), to: now };
  if (now - whole.from <= ms) return whole;
  const back = at === undefined ? 0 : Math.max(0, Math.ceil((now - at) / ms) - 1);
  const from = Math.max(whole.from, now - (back + 1) * ms);
  return { from, to: from + ms };
}

export interface Bucket {
  readonly events: number;
  /** Those of them that are trouble. */
  readonly trouble: number;
}

/** How much happened in each of so many equal pieces. @param events in any order */
export function bucketsOf(events: readonly AgentEvent[], { from, to }: Span, pieces: number): readonly Bucket[] {
  const buckets = Array.from({ length: pieces }, () => ({ events: 0, trouble: 0 }));
  for (const event of events) {
    const bucket = buckets[Math.min(pieces - 1, Math.floor(((event.time - from) / (to - from)) * pieces))];
    if (!bucket || event.time > to) continue;
    bucket.events += 1;
    if (isTrouble(event)) bucket.trouble += 1;
  }
  return buckets;
}

/**
 * Where a key leads from a moment: arrows from event to event, pages by five minutes, Home to the oldest, End to now.
 *
 * @param events the newest first
 * @param at undefined: now
 * @returns undefined: to now; null: the key leads nowhere
 */
export function stepTo(
  key: string,
  at: number | undefined,
  events: readonly AgentEvent[],
  { oldest, now }: { readonly oldest: number; readonly now: number },
): number | undefined | null {
  const from = at ?? now;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown': {
      const earlier = events.find(({ time }) => Math.ceil(time) < from);
      return earlier ? Math.ceil(earlier.time) : null;
    }
    case 'ArrowRight':
    case 'ArrowUp': {
      const later = events.findLast(({ time }) => Math.ceil(time) > from);
      return later && Math.ceil(later.time);
    }
    case 'PageDown':
      return Math.max(Math.ceil(oldest), from - PAGE_MS);
    case 'PageUp':
      return from + PAGE_MS >= now ? undefined : from + PAGE_MS;
    case 'Home':
      return Math.ceil(oldest);
    case 'End':
      return undefined;
    default:
      return null;
  }
}
