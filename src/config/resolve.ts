import type { Fault, Parsed } from './kind.js';
import type { Finding } from './finding.js';
import { placeOf, type Origin } from './origin.js';
import type { Row } from './rows.js';
import type { Environment, SystemValue } from './system.js';

/** Everything the operator said, before it is weighed. */
export interface Sources {
  readonly flags: ReadonlyMap<string, string | readonly string[] | boolean>;
  readonly env: Environment;
  /** By `table.key`. */
  readonly file: ReadonlyMap<string, unknown>;
  readonly filePath: string;
  /** Which version's defaults fill what nobody said. */
  readonly defaults: 1 | 2;
}

/** The value that counts, with all that was found wrong or odd on the way: a lower source is checked even where it loses. */
export interface Resolved {
  readonly value: unknown;
  readonly origin: Origin;
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
}

interface Candidate {
  readonly origin: Origin;
  readonly parsed: Parsed<unknown>;
}

/** Weighs one setting: flag, then variables, then file, then default; and joins what is to be joined. */
export function resolve(row: Row, sources: Sources): Resolved {
  const { setting, path, flag } = row;
  const { flags, env, file, filePath, defaults } = sources;
  const fromFlag = flag === undefined ? [] : flagCandidate(row, flag.name, flags.get(flag.name));
  const fromVariables = (names: readonly string[]): readonly Candidate[] =>
    names.flatMap((name) => {
      const text = env[name];
      return text ? [{ origin: { kind: 'env', name } as const, parsed: setting.kind.fromText(text) }] : [];
    });
  const fromFile: readonly Candidate[] = file.has(path)
    ? [{ origin: { kind: 'file', path: filePath, key: path }, parsed: setting.kind.fromToml(file.get(path)) }]
    : [];

  const extra = setting.extra ? [...(setting.extra.flag ? fromFlag : []), ...fromVariables(setting.extra.aliases)] : [];
  const own = [...(setting.extra?.flag ? [] : fromFlag), ...fromVariables(row.variables), ...fromFile];
  const base = soundest(own) ?? defaultOf(row, defaults);
  const added = soundest(extra);
  const candidates = [...extra, ...own];
  return {
    ...(added && setting.extra
      ? {
          value: setting.extra.join(added.value, base.value),
          origin:
            base.origin.kind === 'default' ? added.origin : { kind: 'joined', parts: [added.origin, base.origin] },
        }
      : base),
    problems: candidates.flatMap((one) =>
      one.parsed.ok ? [] : one.parsed.faults.map((fault) => findingOf(fault, one.origin, path)),
    ),
    warnings: candidates.flatMap((one) =>
      one.parsed.ok ? one.parsed.cautions.map((fault) => findingOf(fault, one.origin, path)) : [],
    ),
  };
}

/** A value of the system in the place of `resolved`, which said that the operator leaves it to the system. */
export function fromSystem(resolved: Resolved, path: string, { parsed, origin }: SystemValue): Resolved {
  if (parsed.ok) return { ...resolved, value: parsed.value, origin };
  return { ...resolved, problems: [...resolved.problems, ...parsed.faults.map((f) => findingOf(f, origin, path))] };
}

function flagCandidate(row: Row, name: string, given: string | readonly string[] | boolean | undefined): Candidate[] {
  if (given === undefined) return [];
  const { kind } = row.setting;
  const parsed = typeof given === 'boolean' ? kind.fromToml(given) : kind.fromText([given].flat().join(' '));
  return [{ origin: { kind: 'flag', name }, parsed }];
}

function soundest(candidates: readonly Candidate[]): { value: unknown; origin: Origin } | undefined {
  for (const { parsed, origin } of candidates) if (parsed.ok) return { value: parsed.value, origin };
  return undefined;
}

function defaultOf({ setting }: Row, version: 1 | 2): { value: unknown; origin: Origin } {
  const differs = version === 2 && setting.v2Initial !== undefined;
  return {
    value: differs ? setting.v2Initial : setting.initial,
    origin: { kind: 'default', version: differs ? 2 : 1 },
  };
}

function findingOf(fault: Fault, origin: Origin, path: string): Finding {
  const message = `${placeOf(origin, path, fault.item)} is ${fault.seen}, expected ${fault.expected}`;
  return { code: fault.code, message };
}
