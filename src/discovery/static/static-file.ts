import type { DiscoveredService } from '../../service/discovered.js';
import { ok, refused, type Result } from '../../lib/result.js';
import { asObject, Fields, seen } from './fields.js';
import { syntaxFaultOf, type SyntaxFault } from './json-syntax.js';
import { instanceId, parseTarget, type TargetFacts, type TargetFault } from './target.js';

/** A larger file is not read at all. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;
/** The most targets one file may hold: far beyond what one host runs. */
export const MAX_TARGETS = 10_000;
/** A target needs 5 levels and a few dozen values; what goes far beyond costs gigabytes before it is found to be no target. */
const LIMITS = { maxDepth: 100, maxValues: 1_000_000 };

/** Why nothing at all can be taken from the file. */
export interface StaticFileFault {
  readonly code: 'EMPTY' | 'NOT_AN_ARRAY' | 'TOO_MANY_TARGETS' | SyntaxFault['code'];
  /** A sentence fragment: what was seen, and what was expected. */
  readonly message: string;
}

/** One target that is left out; the others stay in service. */
export interface RefusedTarget extends TargetFault {
  /** Position in the file, from 0. */
  readonly index: number;
  /** What its service is called, as far as that can be read; a file's word, not to be trusted. */
  readonly name: string | undefined;
  readonly message: string;
}

export interface StaticFile {
  readonly services: readonly DiscoveredService[];
  readonly refused: readonly RefusedTarget[];
}

/**
 * Reads `static.json` (contract section 4): a JSON array of targets, each `{ Service, Check, ListenPort }`. An id is derived
 * from host name, name and ports, so it is the same after a restart; targets alike in these are told apart by their order.
 */
export function parseStaticFile(text: string, facts: TargetFacts): Result<StaticFile, StaticFileFault> {
  if (text.trim() === '') return refused({ code: 'EMPTY', message: 'is empty, expected a JSON array of targets' });
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  if (!Array.isArray(parsed.value))
    return refused({ code: 'NOT_AN_ARRAY', message: `holds ${seen(parsed.value)}, expected an array of targets` });
  const targets: readonly unknown[] = parsed.value;
  if (targets.length > MAX_TARGETS)
    return refused({
      code: 'TOO_MANY_TARGETS',
      message: `holds ${targets.length} targets, expected at most ${MAX_TARGETS}`,
    });

  const services: DiscoveredService[] = [];
  const refusedTargets: RefusedTarget[] = [];
  const twins = new Map<string, number>();
  for (const [index, target] of targets.entries()) {
    const read = parseTarget(target, facts);
    if (!read.ok) {
      refusedTargets.push({ ...read.fault, index, name: nameIn(target), message: sentence(index, read.fault) });
      continue;
    }
    const { identity, service } = read.value;
    const ordinal = twins.get(identity) ?? 0;
    twins.set(identity, ordinal + 1);
    services.push({ ...service, id: instanceId(identity, ordinal) });
  }
  return ok({ services, refused: refusedTargets });
}

function nameIn(target: unknown): string | undefined {
  const service = new Fields(asObject(target) ?? {}, '', []).object('Service', 'SERVICE_NOT_AN_OBJECT');
  return service.text('Name', 'NAME_NOT_TEXT') || undefined;
}

function parseJson(text: string): Result<unknown, StaticFileFault> {
  const fault = syntaxFaultOf(text, LIMITS);
  if (!fault) return ok(JSON.parse(text));
  const { code, line, column, expected } = fault;
  const there = fault.seen === '' ? 'ends' : `has ${seen(fault.seen)}`;
  return refused({ code, message: `${there} at line ${line}, column ${column}, expected ${expected}` });
}

function sentence(index: number, { field, seen: value, expected }: TargetFault): string {
  return `target ${index}${field === '' ? '' : `: ${field}`} is ${value}, expected ${expected}`;
}
