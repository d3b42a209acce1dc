import { harmless } from '../../lib/printable.js';
import type { Config, Section, ServerLine } from './config.js';
import { differenceOf } from './difference.js';
import { optionsOf } from './server-line.js';

/** What of a server HAProxy can change while it runs. `drain`: weight 0, or no longer. `admin`: `disabled`, or no longer. */
export type ServerAspect = 'address' | 'weight' | 'drain' | 'admin';

/** One difference in the servers of a backend that both configurations have. */
export type ServerChange =
  | { readonly kind: 'add'; readonly backend: string; readonly server: ServerLine }
  | { readonly kind: 'remove'; readonly backend: string; readonly server: ServerLine }
  | {
      readonly kind: 'set';
      readonly backend: string;
      readonly before: ServerLine;
      readonly server: ServerLine;
      /** At least one, in the order of `ServerAspect`. A weight that rises from 0 is `weight` and `drain`, one that falls to 0 `drain` only. */
      readonly what: readonly ServerAspect[];
    };

/** Why HAProxy has to be reloaded: `cause` for counters, `text` for people (`frontend added: web-8080`). */
export interface ReloadReason {
  readonly cause: ReloadCause;
  readonly text: string;
}

/** Stable words for programs. The first six come from the plan, the others from what went wrong without a reload. */
export type ReloadCause =
  | 'section-added'
  | 'section-removed'
  | 'section-changed'
  | 'sections-reordered'
  | 'server-changed'
  | 'hostname'
  | 'runtime-api-off'
  | 'runtime-api-refused'
  | 'runtime-api-silent'
  | 'unknown-state'
  | 'not-running'
  | 'forced';

export type Plan =
  | { readonly kind: 'nothing' }
  /** Only `server` lines of existing backends differ. */
  | { readonly kind: 'runtime'; readonly changes: readonly ServerChange[] }
  | { readonly kind: 'reload'; readonly reasons: readonly ReloadReason[] };

/**
 * How HAProxy gets from one configuration to another. Layout, comments, the order of `server` lines and that of sections mean
 * nothing, as long as every proxy inherits from the same `defaults`.
 *
 * @returns `runtime`: first what is added, then what is set, then what is removed, each in the order of the file; at least one.
 *   `reload`: every reason there is, at least one
 */
export function planOf(running: Config, next: Config): Plan {
  const before = bySign(running);
  const after = bySign(next);
  const reasons: ReloadReason[] = [];
  const ofDefaults: ReloadReason[] = [];
  const moved: ReloadReason[] = [];
  const changes: ServerChange[] = [];
  for (const [sign, { section, isUnique }] of after) {
    const old = before.get(sign);
    if (old?.section === section) continue;
    const own = section.kind === 'defaults' ? ofDefaults : reasons;
    if (!old) {
      own.push(reasonOf('section-added', section, 'added'));
      continue;
    }
    const detail = differenceOf(old.section.lines, section.lines);
    if (detail !== '') own.push(reasonOf('section-changed', section, 'changed', detail));
    else if (!hasSameDefaults(old.section, section)) {
      moved.push(reasonOf('sections-reordered', section, 'moved', 'other defaults'));
    }
    const servers = differenceOfServers(old.section, section);
    if (isUnique) {
      changes.push(...servers.changes);
      own.push(...servers.reasons);
    } else if (servers.changes.length + servers.reasons.length > 0) {
      own.push(reasonOf('section-changed', section, 'changed', 'server'));
    }
  }
  for (const [sign, { section }] of before) {
    const own = section.kind === 'defaults' ? ofDefaults : reasons;
    if (!after.has(sign)) own.push(reasonOf('section-removed', section, 'removed'));
  }
  // a `defaults` section that differs is the reason, not each proxy that inherits from it
  const all = [...ofDefaults, ...reasons, ...(ofDefaults.length === 0 ? moved : [])];
  if (all.length > 0) return { kind: 'reload', reasons: all };
  if (changes.length === 0) return { kind: 'nothing' };
  return { kind: 'runtime', changes: KINDS.flatMap((kind) => changes.filter((change) => change.kind === kind)) };
}

const KINDS = ['add', 'set', 'remove'] as const;

interface Entry {
  readonly section: Section;
  /** Whether no other section has its kind and name. */
  isUnique: boolean;
}

/** By kind and name; those of one kind and name by their place among them, too. */
function bySign({ sections }: Config): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  const counts = new Map<string, number>();
  for (const section of sections) {
    const sign = `${section.kind} ${section.name}`;
    const count = counts.get(sign) ?? 0;
    counts.set(sign, count + 1);
    const first = entries.get(sign);
    if (first) first.isUnique = false;
    entries.set(count === 0 ? sign : `${sign} ${count}`, { section, isUnique: !first });
  }
  return entries;
}

function hasSameDefaults({ defaults: a }: Section, { defaults: b }: Section): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a === b || differenceOf(a.lines, b.lines) === '';
}

interface ServerDifference {
  readonly changes: readonly ServerChange[];
  readonly reasons: readonly ReloadReason[];
}

function differenceOfServers(before: Section, after: Section): ServerDifference {
  const backend = after.name;
  const changes: ServerChange[] = [];
  const reasons: ReloadReason[] = [];
  for (const server of after.servers.values()) {
    const old = before.servers.get(server.name);
    if (!old) {
      changes.push({ kind: 'add', backend, server });
      continue;
    }
    const what = aspectsOf(old, server);
    if (what.length > 0) changes.push({ kind: 'set', backend, before: old, server, what });
    const detail = differenceOf(settingsOf(old, after), settingsOf(server, after));
    const subject = `${backend}/${server.name}`;
    if (detail !== '') reasons.push({ cause: 'server-changed', text: sentence('server changed', subject, detail) });
  }
  for (const server of before.servers.values()) {
    if (!after.servers.has(server.name)) changes.push({ kind: 'remove', backend, server });
  }
  return { changes, reasons };
}

/** What only a reload changes; a `cookie` that does nothing is left out. */
const settingsOf = ({ args }: ServerLine, { hasCookie }: Section): readonly string[] =>
  optionsOf(args)
    .filter(([keyword]) => keyword !== 'cookie' || hasCookie)
    .map((option) => option.join(' '));

function aspectsOf(before: ServerLine, after: ServerLine): readonly ServerAspect[] {
  const isDrained = (server: ServerLine): boolean => server.weight === 0;
  const differs: Readonly<Record<ServerAspect, boolean>> = {
    address: before.host !== after.host || before.port !== after.port,
    weight: before.weight !== after.weight && !isDrained(after),
    drain: isDrained(before) !== isDrained(after),
    admin: before.disabled !== after.disabled,
  };
  return (['address', 'weight', 'drain', 'admin'] as const).filter((aspect) => differs[aspect]);
}

const reasonOf = (cause: ReloadCause, { kind, name }: Section, what: string, detail = ''): ReloadReason => ({
  cause,
  text: sentence(`${kind || 'head'} ${what}`, name, detail),
});

const sentence = (what: string, subject: string, detail: string): string =>
  what + (subject === '' ? '' : `: ${shown(subject)}`) + (detail === '' ? '' : ` (${shown(detail)})`);

const MAX_SHOWN = 120;
const shown = (text: string): string => harmless(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);

const MAX_REASONS = 5;

/** Reasons for people, in one line: the first five, and how many more there are. */
export function sentenceOf(reasons: readonly ReloadReason[]): string {
  const named = reasons.slice(0, MAX_REASONS).map(({ text }) => text);
  const more = reasons.length - named.length;
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Changes for people, in a few words: `2 servers added, 1 changed, 3 removed`. */
export function sentenceOfChanges(changes: readonly ServerChange[]): string {
  const counted = KINDS.flatMap((kind) => {
    const count = changes.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [{ count, done: DONE[kind] }];
  });
  return counted
    .map(({ count, done }, i) => `${count}${i > 0 ? '' : count === 1 ? ' server' : ' servers'} ${done}`)
    .join(', ');
}

const DONE = { add: 'added', set: 'changed', remove: 'removed' } as const;
