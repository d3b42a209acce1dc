import { ok, refused, type Result } from '../lib/result.js';
import { formatTimestamp, parseTimestamp, type Timestamp } from '../service/timestamp.js';
import type { DrainCause, KeptDrain } from './drains.js';

/**
 * Drains as they are kept on disk: a JSON list of `{ hostname, id, since, until, isOver, cause }`; the times are RFC 3339, `until`
 * and `cause` or null; what keeps no `cause` is older than that.
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
    if (!drain) return refused(`item ${i} is no { hostname, id, since, until, isOver }`);
    drains.push(drain);
  }
  return ok(drains);
}

/** The text that `parseDrains` reads. */
export const drainsText = (drains: readonly KeptDrain[]): string =>
  JSON.stringify(
    drains.map(({ hostname, id, sinceNs, untilNs, isOver, cause = null }) => {
      const until = untilNs === undefined ? null : formatTimestamp(untilNs);
      return { hostname, id, since: formatTimestamp(sinceNs), until, isOver, cause };
    }),
    null,
    1,
  );

function drainOf(item: unknown): KeptDrain | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { hostname, id, since, until, isOver, cause } = item as Readonly<Record<string, unknown>>;
  if (typeof hostname !== 'string' || typeof id !== 'string' || typeof isOver !== 'boolean') return undefined;
  const sinceNs = timeOf(since);
  const untilNs = timeOf(until);
  if (sinceNs === undefined || (until !== null && untilNs === undefined)) return undefined;
  return { hostname, id, sinceNs, untilNs, isOver, cause: CAUSES.find((one) => one === cause) };
}

const CAUSES: readonly DrainCause[] = ['operator', 'stop'];

function timeOf(text: unknown): Timestamp | undefined {
  const time = typeof text === 'string' ? parseTimestamp(text) : undefined;
  return time?.ok ? time.value : undefined;
}
