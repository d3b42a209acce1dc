import type { Millis } from '../lib/ports.js';
import { isObject } from './is-object.js';
import { timeFor } from './local-time.js';
import { colorsOf, type Terminal } from './terminal.js';
import { oneLine, shortened, spaceAfter } from './text-width.js';
import { wrapped } from './wrap.js';

/** What every event of the journal has. What else a kind of them has is for programs: `--json` prints it as it came. */
export interface ListedEvent {
  readonly id: number;
  /** RFC 3339. */
  readonly time: string;
  readonly kind: string;
  readonly what: string;
  /** One sentence. */
  readonly text: string;
  readonly host?: string;
  /** The id of the record that it is about. */
  readonly instance?: string;
}

export const EVENT_KINDS = ['service', 'member', 'check', 'proxy', 'refusal', 'set-aside', 'problem', 'agent'] as const;
const KIND_WIDTH = Math.max(...EVENT_KINDS.map((kind) => kind.length));

export function isEvent(json: unknown): json is ListedEvent {
  return (
    isObject(json) &&
    typeof json['id'] === 'number' &&
    ['kind', 'what', 'text'].every((key) => typeof json[key] === 'string') &&
    ['host', 'instance'].every((key) => json[key] === undefined || typeof json[key] === 'string') &&
    typeof json['time'] === 'string' &&
    !Number.isNaN(Date.parse(json['time']))
  );
}

/**
 * An event for people: when, of which kind, what. On a terminal the time is that of the clock on the wall, elsewhere it is exact and
 * the event has one line.
 */
export function eventLines(
  { time, kind, what, text }: Omit<ListedEvent, 'id'>,
  terminal: Terminal,
  nowMs: Millis,
): readonly string[] {
  const isSeen = terminal.columns !== undefined;
  const when = timeFor(time, terminal, nowMs);
  const word = oneLine(kind);
  const label = word + spaceAfter(word, KIND_WIDTH);
  const start = `${when}  ${label}  `;
  if (terminal.columns !== undefined && terminal.columns < 2 * start.length)
    return [shortened(`${when}  ${word}`, terminal.columns), ...wrapped(text, terminal, '  ')];
  const [first = '', ...more] = wrapped(isSeen ? text : text.replaceAll('\n', ' '), terminal, start);
  const colors = colorsOf(terminal);
  const painted = TROUBLE.has(what) ? colors.red(label) : label;
  return [`${colors.dim(when)}  ${painted}  ${first.slice(start.length)}`, ...more];
}

/** Only what somebody may have to do something about stands out. */
const TROUBLE: ReadonlySet<string> = new Set([
  'failed',
  'timed-out',
  'raised',
  'refused',
  'conflict',
  'lost',
  'away',
  'gap',
]);
