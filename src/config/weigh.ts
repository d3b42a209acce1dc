import { inconsistencies, type Rule } from './consistency.js';
import type { Finding } from './finding.js';
import { placeOf, type Origin } from './origin.js';
import type { Resolved } from './resolve.js';
import type { Row } from './rows.js';

export interface SourcedValue {
  readonly value: unknown;
  readonly origin: Origin;
}

/** All settings of a program, and what is to be said of them. */
export interface Weighed<S> {
  readonly settings: S;
  /** Every setting once more by `table.key`, with where it came from. */
  readonly sourced: ReadonlyMap<string, SourcedValue>;
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/**
 * Puts the values together into one frozen object and looks whether they fit each other.
 *
 * @param rows     all settings of the program: `S` is what their table gives
 * @param resolved the value of each, by its path
 */
export function weigh<S>(
  rows: readonly Row[],
  resolved: ReadonlyMap<string, Resolved>,
  rules: readonly Rule<S>[],
): Weighed<S> {
  const groups: Record<string, Record<string, unknown>> = {};
  for (const { group, key, path } of rows) (groups[group] ??= {})[key] = frozen(resolved.get(path)?.value);
  for (const group of Object.values(groups)) Object.freeze(group);
  // Sound because each value was made by the kind of its own row, from which the type is derived.
  const settings = Object.freeze(groups) as S;
  const all = [...resolved];
  const faulty = new Set(all.filter(([, one]) => one.problems.length > 0).map(([path]) => path));
  const place = (path: string): string => placeOf(resolved.get(path)?.origin ?? { kind: 'default', version: 1 }, path);
  return {
    settings,
    sourced: new Map(all.map(([path, { value, origin }]) => [path, { value, origin }])),
    problems: [...all.flatMap(([, { problems }]) => problems), ...inconsistencies(rules, settings, faulty, place)],
    warnings: all.flatMap(([, { warnings }]) => warnings),
  };
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value; // bytes cannot be frozen
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
