import type { CommandContext } from './command.js';
import { isEvent, type ListedEvent } from './event.js';
import { isObject } from './is-object.js';
import { isMessage, type Message } from './tell.js';

/** The document of `/api/history`. */
export interface HistoryAnswer {
  /** The oldest first. */
  readonly events: readonly ListedEvent[];
  /** Since when there is a journal, RFC 3339; null: it is empty. */
  readonly oldest: string | null;
  /** Whether older ones match as well, but are more than the limit. */
  readonly isTruncated: boolean;
}

export type Filters = Readonly<Record<string, string | undefined>>;

/** Filters as the query of a route, those that are not given left out: `?service=web`, or nothing. */
export function queryOf(filters: Filters): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) if (value !== undefined) given.set(name, value);
  const query = given.toString();
  return query === '' ? '' : `?${query}`;
}

/** @returns what the agent refused with, instead, if it did. @throws AskError */
export async function askHistory({ ask }: CommandContext, filters: Filters): Promise<HistoryAnswer | Message> {
  const { json } = await ask('GET', `/api/history${queryOf(filters)}`, isAnswer);
  return json;
}

const isAnswer = (json: unknown): json is HistoryAnswer | Message => isHistory(json) || isMessage(json);

const isHistory = (json: unknown): json is HistoryAnswer =>
  isObject(json) &&
  Array.isArray(json['events']) &&
  json['events'].every(isEvent) &&
  (json['oldest'] === null || typeof json['oldest'] === 'string') &&
  typeof json['isTruncated'] === 'boolean';
