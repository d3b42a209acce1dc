import { EVENT_KINDS, type AgentEvent, type EventKind } from '../../data/event.js';
import { instantOf } from '../../data/fields.js';
import { KIND_WORDS } from '../../words/event.js';
import { searchWords } from '../../words/search.js';
import { exactText } from '../../words/time.js';

/** What the address bar asks for; what is empty asks for nothing. */
export interface EventFilter {
  readonly kind: EventKind | '';
  readonly service: string;
  readonly host: string;
  readonly query: string;
}

export function filterOf(query: Readonly<Record<string, string>>): EventFilter {
  return {
    kind: EVENT_KINDS.find((each) => each === query['kind']) ?? '',
    service: query['service'] ?? '',
    host: query['host'] ?? '',
    query: query['q'] ?? '',
  };
}

/** Clocks may differ by so much, and what was now when an address was made is on its way. */
const STILL_NOW_MS = 60_000;

/** The moment that the address bar asks for; undefined: now. */
export interface AskedMoment {
  readonly at: number | undefined;
  /** Why there is nothing to show of what was asked for. */
  readonly fault: string | undefined;
}

/** @param now by the agent's clock */
export function momentOf({ at: asked = '' }: Readonly<Record<string, string>>, now: number): AskedMoment {
  const at = instantOf(asked);
  if (asked !== '' && at === undefined)
    return { at, fault: `“${asked}” is no time: it has to be like 2026-11-23T14:03:12Z.` };
  if (at !== undefined && at > now + STILL_NOW_MS)
    return { at: undefined, fault: `${exactText(at).slice(0, 19)} is still to come.` };
  return { at, fault: undefined };
}

/** The events that are asked for, in their order, and how many there would be of each kind. */
export function choose(
  events: readonly AgentEvent[],
  { kind, service, host, query }: EventFilter,
): { readonly events: readonly AgentEvent[]; readonly byKind: ReadonlyMap<EventKind, number> } {
  const words = searchWords(query);
  const byKind = new Map<EventKind, number>();
  const chosen = events.filter((event) => {
    if (service !== '' && event.service !== service) return false;
    if (host !== '' && event.host !== host) return false;
    if (words.length > 0 && !isFound(event, words)) return false;
    byKind.set(event.kind, (byKind.get(event.kind) ?? 0) + 1);
    return kind === '' || event.kind === kind;
  });
  return { events: chosen, byKind };
}

const haystacks = new WeakMap<AgentEvent, string>();

function isFound(event: AgentEvent, words: readonly string[]): boolean {
  const { kind, text, service, host, instance, code, detail } = event;
  const haystack =
    haystacks.get(event) ??
    [KIND_WORDS[kind], text, service, host, instance, code, detail].filter(Boolean).join('\n').toLowerCase();
  haystacks.set(event, haystack);
  return words.every((word) => haystack.includes(word));
}

/** What events are about, each once, by name: what may be chosen from. */
export function namesIn(events: readonly AgentEvent[], of: 'service' | 'host'): readonly string[] {
  return [...new Set(events.map((event) => event[of]))].filter((name) => name !== undefined).sort();
}
