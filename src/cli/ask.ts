import { FaultError } from '../lib/fault.js';
import type { HttpGet } from '../lib/http-get.js';
import { printable } from '../lib/printable.js';

const LIMITS = { timeoutMs: 5000, maxBodyBytes: 20 * 1024 * 1024 };

export interface JsonAnswer {
  readonly status: number;
  readonly json: unknown;
}

/** Asks the agent with GET. @throws AskError */
export type Ask = (path: string) => Promise<JsonAnswer>;

export type AskFault =
  | { readonly code: 'NO_AGENT'; readonly agent: string; readonly reason: string }
  | { readonly code: 'NO_ANSWER_IN_TIME'; readonly agent: string; readonly path: string }
  | { readonly code: 'ANSWER_TOO_LONG'; readonly agent: string; readonly path: string }
  | { readonly code: 'NOT_AN_AGENT'; readonly agent: string; readonly path: string; readonly seen: string };

/** The agent gave no answer that could be used. */
export class AskError extends FaultError<AskFault> {
  override readonly name = 'AskError';
  constructor(fault: AskFault) {
    super(fault, sentence(fault));
  }
}

function sentence(fault: AskFault): string {
  const { agent } = fault;
  switch (fault.code) {
    case 'NO_AGENT':
      return (
        `no agent answers at ${agent} (${fault.reason}). Is it running, and is this its [http] bind_ip and port? ` +
        'Name another with --agent HOST:PORT or SIDECAR_AGENT'
      );
    case 'NO_ANSWER_IN_TIME':
      return `${agent} did not answer GET ${fault.path} within ${LIMITS.timeoutMs / 1000} s: is it busy, or is a firewall between?`;
    case 'ANSWER_TOO_LONG':
      return `the answer of ${agent} to GET ${fault.path} is longer than ${LIMITS.maxBodyBytes} bytes`;
    case 'NOT_AN_AGENT':
      return `${agent} answers GET ${fault.path} with ${fault.seen}: is it a Sidecar agent of this version?`;
  }
}

/** Asks one agent. The token travels as a bearer token. */
export function askAgent(agent: string, token: string | undefined, get: HttpGet): Ask {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return async (path) => {
    const answer = await get(`http://${agent}${path}`, { Accept: 'application/json', ...headers }, LIMITS);
    switch (answer.outcome) {
      case 'unreachable':
        throw new AskError({ code: 'NO_AGENT', agent, reason: answer.reason });
      case 'timed-out':
        throw new AskError({ code: 'NO_ANSWER_IN_TIME', agent, path });
      case 'too-long':
        throw new AskError({ code: 'ANSWER_TOO_LONG', agent, path });
      case 'answered':
        return { status: answer.status, json: parseJson(answer.status, answer.body, agent, path) };
    }
  };
}

function parseJson(status: number, body: string, agent: string, path: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new AskError({ code: 'NOT_AN_AGENT', agent, path, seen: `${status} and ${printable(body)}` });
  }
}
