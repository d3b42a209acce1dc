import { FaultError } from '../lib/fault.js';
import type { HttpAsk, HttpQuestion } from '../lib/http-ask.js';
import type { Millis } from '../lib/ports.js';
import { harmless, printable } from '../lib/printable.js';
import { isObject } from './is-object.js';

const TIMEOUT_MS: Millis = 5000;
const MAX_BODY_BYTES = 20 * 1024 * 1024;

export interface JsonAnswer<T> {
  readonly status: number;
  readonly json: T;
}

type Method = HttpQuestion['method'];

/** What a question has beyond the usual. */
export interface AskMore {
  /** The body, as plain text. */
  readonly text?: string;
  /** How long the agent may take; default 5 s. */
  readonly timeoutMs?: Millis;
}

/**
 * Asks the agent.
 *
 * @param is whether a body is one that this path answers with
 * @throws AskError
 */
export type Ask = <T>(
  method: Method,
  path: string,
  is: (json: unknown) => json is T,
  more?: AskMore,
) => Promise<JsonAnswer<T>>;

export type AskFault =
  | { readonly code: 'NO_AGENT'; readonly agent: string; readonly reason: string }
  | { readonly code: 'NO_ANSWER_IN_TIME'; readonly agent: string; readonly asked: string; readonly timeoutMs: Millis }
  | { readonly code: 'ANSWER_TOO_LONG'; readonly agent: string; readonly asked: string }
  | { readonly code: 'NOT_AN_AGENT'; readonly agent: string; readonly asked: string; readonly seen: string }
  | { readonly code: 'FILE_UNREADABLE'; readonly reason: string }
  | { readonly code: 'NOT_UNDERSTOOD'; readonly what: string; readonly reason: string };

/** The agent gave no answer that could be used, or there was nothing to ask it. */
export class AskError extends FaultError<AskFault> {
  override readonly name = 'AskError';
  constructor(fault: AskFault) {
    super(fault, sentence(fault));
  }
}

function sentence(fault: AskFault): string {
  switch (fault.code) {
    case 'NO_AGENT':
      return (
        `no agent answers at ${fault.agent} (${fault.reason}). ${hintFor(fault.agent)} ` +
        'Name another with --agent HOST:PORT, or https://HOST:PORT, or SIDECAR_AGENT'
      );
    case 'NO_ANSWER_IN_TIME':
      return `${fault.agent} did not answer ${fault.asked} within ${fault.timeoutMs / 1000} s: is it busy, or is a firewall between?`;
    case 'ANSWER_TOO_LONG':
      return `the answer of ${fault.agent} to ${fault.asked} is longer than ${MAX_BODY_BYTES} bytes`;
    case 'NOT_AN_AGENT':
      return `${fault.agent} answers ${fault.asked} with ${fault.seen}: is it a Sidecar agent of this version?`;
    case 'FILE_UNREADABLE':
      return `the file cannot be read: ${harmless(fault.reason)}`;
    case 'NOT_UNDERSTOOD':
      return `${fault.what}: ${fault.reason}`;
  }
}

function hintFor(agent: string): string {
  const isThere = 'Is it running, and is this its [http] bind_ip and port?';
  if (!agent.startsWith('https:')) return isThere;
  return `${isThere} Has it tls_cert, for this very name, from an authority that is known here (or named by NODE_EXTRA_CA_CERTS)?`;
}

/**
 * Asks one agent. The token travels as a bearer token.
 *
 * @param agent `host:port`, which means HTTP, or the URL of one, `https://host:port`
 */
export function askAgent(agent: string, token: string | undefined, http: HttpAsk): Ask {
  return async (method, path, is, { text, timeoutMs = TIMEOUT_MS } = {}) => {
    const asked = `${method} ${path}`;
    const headers = { Accept: 'application/json', ...bearer(token) };
    const body = text === undefined ? {} : { text };
    const typed = text === undefined ? headers : { ...headers, 'Content-Type': 'text/plain; charset=utf-8' };
    const answer = await http(
      { method, url: urlOf(agent, path), headers: typed, ...body },
      { timeoutMs, maxBodyBytes: MAX_BODY_BYTES },
    );
    switch (answer.outcome) {
      case 'unreachable':
        throw new AskError({ code: 'NO_AGENT', agent, reason: answer.reason });
      case 'timed-out':
        throw new AskError({ code: 'NO_ANSWER_IN_TIME', agent, asked, timeoutMs });
      case 'too-long':
        throw new AskError({ code: 'ANSWER_TOO_LONG', agent, asked });
      case 'answered': {
        const { status, body } = answer;
        const json = parsed(body);
        if (is(json)) return { status, json };
        const seen = json === undefined ? printable(body) : (refusalIn(json) ?? 'JSON of another kind');
        throw new AskError({ code: 'NOT_AN_AGENT', agent, asked, seen: `${status} and ${seen}` });
      }
    }
  };
}

const AGENT = /^(?:https?:\/\/)?(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/;

/** Whether a text says where an agent is, as for `askAgent`. */
export const isAgent = (text: string): boolean => AGENT.test(text) && URL.canParse(urlOf(text, '/'));

/** @param agent as for `askAgent` */
export const urlOf = (agent: string, path: string): string =>
  `${agent.includes('://') ? '' : 'http://'}${agent}${path}`;

/** The header that the token travels in. */
export const bearer = (token: string | undefined): Readonly<Record<string, string>> =>
  token === undefined ? {} : { Authorization: `Bearer ${token}` };

/** The words of an agent that refuses, in the one shape of its failures. */
const refusalIn = (json: unknown): string | undefined =>
  isObject(json) && typeof json['message'] === 'string' ? printable(json['message']) : undefined;

/** Undefined, which JSON cannot say, when it is no JSON. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
