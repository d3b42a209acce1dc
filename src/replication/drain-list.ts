import { ok, refused, type Result } from '../lib/result.js';
import { formatTimestamp, parseTimestamp } from '../service/timestamp.js';
import type { KeptDrain } from './drains.js';

/**
 * Drains as they are kept on disk: a JSON list of `{ hostname, id, until, isOver }`; `until` is an RFC 3339 time, or null.
 *
 * @returns all of them, or what is wrong with the first that cannot be read: a list is taken whole or not at all
 */
export function parseDrains(text: string): Result<readonly KeptDrain[], string> {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return refused('it is not JSON');
  }
  if (!Array.isArray(list)) return refused('it is not a list');
  const drains: KeptDrain[] = [];
  for (const [i, item] of (list as readonly unknown[]).entries()) {
    const drain = drainOf(item);
    if (!drain) return refused(`item ${i} is no { hostname, id, until, isOver }`);
    drains.push(drain);
  }
  return ok(drains);
}

/** The text that `parseDrains` reads. */
export const drainsText = (drains: readonly KeptDrain[]): string =>
  JSON.stringify(
    drains.map(({ hostname, id, untilNs, isOver }) => {
      const until = untilNs === undefined ? null : formatTimestamp(untilNs);
      return { hostname, id, until, isOver };
    }),
    null,
    1,
  );

function drainOf(item: unknown): KeptDrain | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { hostname, id, until, isOver } = item as Readonly<Record<string, unknown>>;
  if (typeof hostname !== 'string' || typeof id !== 'string' || typeof isOver !== 'boolean') return undefined;
  if (until === null) return { hostname, id, untilNs: undefined, isOver };
  const time = typeof until === 'string' ? parseTimestamp(until) : undefined;
  return time?.ok ? { hostname, id, untilNs: time.value, isOver } : undefined;
}
