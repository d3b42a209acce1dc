import type { Recent } from '../../data/rates.js';
import { rateText } from '../../words/proxy.js';

const LEAST_SPAN_MS = 60_000;

/** How far back charts show: what is known, and a minute at least, so that the first values have room. */
export const spanOf = (times: readonly number[]): number =>
  Math.max(LEAST_SPAN_MS, (times.at(-1) ?? 0) - (times[0] ?? 0));

/** A chart in words: `Requests per second of web: now 12, least 3, most 40`. */
export function chartLabel(what: string, of: string, recent: Recent | undefined): string {
  const head = `${what} per second of ${of}`;
  if (!recent) return `${head}: not known yet`;
  const { now, least, most } = recent;
  return `${head}: now ${now === undefined ? 'not known' : rateText(now)}, least ${rateText(least)}, most ${rateText(most)}`;
}
