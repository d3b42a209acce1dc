import { parseTimestamp, type Timestamp } from '../service/timestamp.js';
import { EVENT_KINDS, eventText, type EventKind, type JournalEvent } from './event.js';
import { readPatch, type LinePatch } from './line-patch.js';

/** An event as the journal keeps it. */
export interface Entry {
  readonly id: number;
  readonly time: Timestamp;
  readonly kind: EventKind;
  readonly service: string | undefined;
  readonly host: string | undefined;
  /** The event as JSON. */
  readonly text: string;
  /** What it changed in the configuration that HAProxy has. */
  readonly patch: LinePatch | undefined;
}

export function entryOf(event: JournalEvent, patch: LinePatch | undefined): Entry {
  const { id, time, kind, host } = event;
  const service = 'service' in event ? event.service : undefined;
  return { id, time, kind, service, host, text: eventText(event), patch };
}

/** JSON has no tab in it that is not escaped. */
const SEPARATOR = '\t';

/** An entry as one line. */
export const entryLine = ({ text, patch }: Entry): string =>
  patch === undefined ? text : `${text}${SEPARATOR}${JSON.stringify(patch)}`;

/** @returns undefined for what is no entry */
export function readEntry(line: string): Entry | undefined {
  const [text = '', patchText] = line.split(SEPARATOR);
  const facts = objectOf(text);
  const patch = patchText === undefined ? undefined : readPatch(valueOf(patchText));
  if (!facts || (patchText !== undefined && !patch)) return undefined;
  const { id, time, kind, service, host } = facts;
  const known = EVENT_KINDS.find((each) => each === kind);
  const at = typeof time === 'string' ? parseTimestamp(time) : undefined;
  if (!isId(id) || known === undefined || !at?.ok) return undefined;
  return { id, time: at.value, kind: known, service: textOf(service), host: textOf(host), text, patch };
}

/** A JSON object; undefined for any other text. */
export function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = valueOf(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

export const isId = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON text has this value: the caller says what is wrong
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
