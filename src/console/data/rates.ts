import type { Figures, Frontend, Server } from './figures.js';

/** What only grows while a process runs: what was asked of it, and what of that failed. */
export interface Totals {
  /** Requests; connections where there are no requests. */
  readonly requests: number;
  readonly errors: number;
}

/** Totals at one moment, by what they are of. */
export interface Count {
  /** Milliseconds since 1970, by the agent's clock. */
  readonly time: number;
  /** Whose totals they are: another process begins at 0. */
  readonly pid: number;
  readonly totals: ReadonlyMap<string, Totals>;
}

/** Per second, from one moment to the next; null: not known. */
export interface Line {
  readonly requests: readonly (number | null)[];
  readonly errors: readonly (number | null)[];
}

/** Rates over the last minutes, the newest last. */
export interface Rates {
  readonly times: readonly number[];
  /** Each as long as `times`. */
  readonly lines: ReadonlyMap<string, Line>;
  readonly last: Count | undefined;
}

export const NO_RATES: Rates = { times: [], lines: new Map(), last: undefined };

export interface RateWindow {
  /** How many are kept. */
  readonly points: number;
  /** What happened in a longer time is not known well enough. */
  readonly gapMs: number;
}

/**
 * Takes one more count. Rates come from differences: over a restart of HAProxy, a total that falls or a long silence they are not
 * known, and no spike.
 */
export function withCount(rates: Rates, count: Count, { points, gapMs }: RateWindow): Rates {
  const { last } = rates;
  if (!last || count.time < last.time) return { ...NO_RATES, last: count }; // the first, or the clock was set back
  const forMs = count.time - last.time;
  if (forMs === 0) return rates; // the same count, told again
  const isGap = count.pid !== last.pid || forMs > gapMs;
  const times = [...rates.times, count.time].slice(-points);
  const missing = new Array<null>(Math.max(0, times.length - 1)).fill(null);
  const grown = (values: readonly (number | null)[], value: number | null): readonly (number | null)[] =>
    [...values, value].slice(-points);
  const lines = new Map<string, Line>();
  for (const [key, totals] of count.totals) {
    const before = isGap ? undefined : last.totals.get(key);
    const line = rates.lines.get(key) ?? { requests: missing, errors: missing };
    lines.set(key, {
      requests: grown(line.requests, perSecond(before?.requests, totals.requests, forMs)),
      errors: grown(line.errors, perSecond(before?.errors, totals.errors, forMs)),
    });
  }
  return { times, lines, last: count };
}

const perSecond = (before: number | undefined, now: number, forMs: number): number | null =>
  before === undefined || now < before ? null : ((now - before) * 1_000) / forMs;

/** The key of all frontends of services together. No frontend has an empty name. */
export const ALL = '';

/** Of each frontend by its name, and of `ALL`. */
export function frontendTotals({ frontends }: Figures): ReadonlyMap<string, Totals> {
  const totals = new Map(frontends.map((each) => [each.name, totalsOf(each)]));
  const ours = frontends.filter(({ service }) => service !== undefined).map(totalsOf);
  const sum = (what: keyof Totals): number => ours.reduce((all, each) => all + each[what], 0);
  return totals.set(ALL, { requests: sum('requests'), errors: sum('errors') });
}

const totalsOf = ({ requests, sessionsTotal, errors }: Frontend): Totals => ({
  requests: requests ?? sessionsTotal,
  errors,
});

export const serverKey = ({ backend, server }: Pick<Server, 'backend' | 'server'>): string => `${backend}/${server}`;

/** What is known at the end of a line: now, and the mean, the least and the most of all that it has. */
export interface Recent {
  /** Undefined: not known at the moment. */
  readonly now: number | undefined;
  readonly mean: number;
  readonly least: number;
  readonly most: number;
}

/** @param points how many of the last to look at. @returns undefined where nothing is known of them */
export function recentOf(values: readonly (number | null)[], points = values.length): Recent | undefined {
  const known = values.slice(-points).filter((value) => value !== null);
  if (known.length === 0) return undefined;
  return {
    now: values.at(-1) ?? undefined,
    mean: known.reduce((sum, value) => sum + value, 0) / known.length,
    least: Math.min(...known),
    most: Math.max(...known),
  };
}
