import type { HttpStream } from '../lib/http-stream.js';
import { printable } from '../lib/printable.js';

/** The stream of events, which has no end. */
export const EVENTS = '/api/events';

/**
 * What other clusters are asked for: it changes nothing, and tells each reader the same. Nothing here leads on to further clusters.
 * An original has the first two (v1), or the two after them (v2).
 */
export const PASSABLE_PATHS: readonly string[] = [
  '/state.json',
  '/services.json',
  '/api/state.json',
  '/api/services.json',
  '/health',
  '/api/members',
  '/api/views',
  '/api/checks',
  '/api/convergence',
  '/api/proxy',
  '/api/proxy/stats',
  '/api/proxy/config',
  '/api/explain',
  '/api/history',
  '/api/at',
  EVENTS,
];

/** Of what the reader says, all that the other cluster hears. */
const ASKED_HEADERS = ['Accept', 'Accept-Encoding', 'If-None-Match', 'Last-Event-ID'];

/**
 * Of what the other cluster says, all that the reader hears; ages count by its clock. By the length a reader that speaks HTTP/1.0, as
 * proxies do, knows an answer that breaks off from a whole one.
 */
const ANSWERED_HEADERS = ['Content-Type', 'Content-Length', 'Content-Encoding', 'ETag', 'Cache-Control', 'Date'];

/** Of an answer that has an end, in bytes as they travel. */
export const MAX_BYTES = 64 * 1024 * 1024;
export const TOO_LONG = `answered with more than ${MAX_BYTES} bytes`;

/**
 * The headers of a question to another cluster. `Via` tells it that its reader is elsewhere, also where the agent that asks is on
 * its own host (RFC 9110, section 7.6.3).
 *
 * @param given a header of the reader's question; the empty string when it is not there
 */
export function askedHeaders(given: (name: string) => string): Readonly<Record<string, string>> {
  const passed = ASKED_HEADERS.map((name) => [name, given(name)] as const).filter(([, value]) => value !== '');
  return { ...Object.fromEntries(passed), 'User-Agent': 'sidecar', Via: '1.1 sidecar' };
}

/** The head of an answer that may go to a reader. */
export interface PassableHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream of events: as long as it likes. */
  readonly isEndless: boolean;
}

/**
 * Looks at the head of another cluster's answer to a question for one of `PASSABLE_PATHS`.
 *
 * @returns what of it a reader may have, or the end of a sentence that begins with the name of the cluster
 */
export function passableHead(path: string, { status, header }: HttpStream): PassableHead | string {
  if (status >= 300 && status < 400 && status !== 304)
    return `answered ${status}, which leads elsewhere: console.clusters names where an agent answers by itself`;
  if (status < 200 || status >= 600) return `answered ${status}, which is no answer of an agent`;
  const [type = ''] = header('content-type')?.toLowerCase().split(/[;\s]/) ?? [];
  const isEndless = type === 'text/event-stream' && path === EVENTS;
  const isEmpty = status === 204 || status === 304 || (type === '' && header('content-length') === '0');
  if (!isEmpty && !isEndless && type !== 'application/json' && type !== 'text/plain')
    return `answered ${status} with ${type === '' ? 'no type' : printable(type)}, which is no answer of an agent`;
  if (!isEndless && Number(header('content-length')) > MAX_BYTES) return TOO_LONG;
  const passed = ANSWERED_HEADERS.flatMap((name) => {
    const value = header(name.toLowerCase());
    return value === undefined ? [] : [[name, value] as const];
  });
  return { status, headers: Object.fromEntries(passed), isEndless };
}
