import { fieldsOf, instantOf, numberOf, textOf, textsOf, wordOf } from './fields.js';
import { readInstance, STATUSES, type Instance, type Status } from './instance.js';

export const EVENT_KINDS = ['service', 'member', 'check', 'proxy', 'refusal', 'set-aside', 'problem', 'agent'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** What happened, as the agent's journal tells it (docs/history.md); what is not known, or not of its kind, is undefined. */
export interface AgentEvent {
  readonly id: number;
  /** Milliseconds since 1970, by the agent's clock. */
  readonly time: number;
  readonly kind: EventKind;
  readonly what: string;
  /** One sentence. */
  readonly text: string;
  readonly service: string | undefined;
  readonly host: string | undefined;
  readonly instance: string | undefined;
  readonly status: Status | undefined;
  readonly previous: Status | undefined;
  /** A stable word. */
  readonly reason: string | undefined;
  readonly detail: string | undefined;
  readonly code: string | undefined;
  readonly reasons: readonly string[];
  readonly tookMs: number | undefined;
  readonly digest: string | undefined;
  readonly record: Instance | undefined;
}

const MAX_KEPT = 1_000;

/** The newest of both, oldest first; where a new journal counts from the first, those of before that have its ids go. */
export function withNewer(known: readonly AgentEvent[], told: readonly AgentEvent[]): readonly AgentEvent[] {
  const [{ id } = { id: Infinity }] = told;
  return [...known.filter((event) => event.id < id), ...told].slice(-MAX_KEPT);
}

/** Whether `now` has all that was told after `before`, of which each may have lost its oldest. */
export function hasAllSince(before: readonly AgentEvent[], now: readonly AgentEvent[]): boolean {
  const last = before.at(-1);
  return last ? now.some(({ id, time }) => id === last.id && time === last.time) : now.length < MAX_KEPT;
}

/** @returns what is known with what is new in `more`: the newest so many, oldest first; the same object where nothing is */
export function withMore(
  known: readonly AgentEvent[],
  more: readonly AgentEvent[],
  most: number,
): readonly AgentEvent[] {
  const byId = new Map([...known, ...more].map((event) => [event.id, event]));
  const all = [...byId.values()].sort((a, b) => a.id - b.id).slice(-most);
  return all.length === known.length && all.every((event, i) => event === known[i]) ? known : all;
}

/** @returns undefined for what is no event, or of a kind that this page does not know */
export function readEvent(value: unknown): AgentEvent | undefined {
  const fields = fieldsOf(value);
  const id = numberOf(fields['id']);
  const time = instantOf(fields['time']);
  const kind = EVENT_KINDS.find((each) => each === fields['kind']);
  if (id === undefined || time === undefined || kind === undefined) return undefined;
  return {
    id,
    time,
    kind,
    what: textOf(fields['what']),
    text: textOf(fields['text']),
    service: wordOf(fields['service']),
    host: wordOf(fields['host']),
    instance: wordOf(fields['instance']),
    status: statusOf(fields['status']),
    previous: statusOf(fields['previous']),
    reason: wordOf(fields['reason']),
    detail: wordOf(fields['detail']),
    code: wordOf(fields['code']),
    reasons: textsOf(fields['reasons']),
    tookMs: numberOf(fields['tookMs']),
    digest: wordOf(fields['digest']),
    record: readInstance(fields['record']),
  };
}

const statusOf = (value: unknown): Status | undefined => STATUSES.find((each) => each === value);

/** The agent began anew. */
export const isStart = ({ kind, what }: AgentEvent): boolean => kind === 'agent' && what === 'started';
