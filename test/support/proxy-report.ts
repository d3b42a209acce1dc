import { CHECK, parseServersState } from '../../src/haproxy/runtime-api/server-state.js';
import type { ProxyStatus } from '../../src/http/proxy.js';
import { askUnixSocket } from '../../src/platform/unix-socket.js';
import type { Agent } from './agent.js';
import { getJson } from './network.js';

/** What is looked at of `/api/proxy`. */
export type ProxyReport = Pick<
  ProxyStatus,
  'running' | 'pids' | 'operations' | 'retiring' | 'runtimeApi' | 'config' | 'notices'
> & {
  readonly reloads: { readonly total: number; readonly byCause: Readonly<Record<string, number>> };
  readonly setAside: readonly { readonly service: string; readonly code: string; readonly message: string }[];
  readonly stale: readonly { readonly service: string; readonly servers: number }[];
  readonly drift: { readonly found: number; readonly repaired: number };
};

export const proxyReport = async (agent: Agent): Promise<ProxyReport> =>
  (await getJson(agent.url('/api/proxy'))) as ProxyReport;

/** The problems that `/health` lists, as `CODE: message`. */
export async function problemTexts(agent: Agent): Promise<readonly string[]> {
  const { problems } = (await getJson(agent.url('/health'))) as {
    readonly problems: readonly { readonly code: string; readonly message: string }[];
  };
  return problems.map(({ code, message }) => `${code}: ${message}`);
}

const LIMITS = { timeoutMs: 2_000, maxBytes: 1024 * 1024 };

/** What HAProxy answers to a command; rejects when it does not. */
export async function tellHaproxy(agent: Agent, command: string): Promise<string> {
  const answer = await askUnixSocket(agent.path('haproxy.sock'), command, LIMITS);
  if (!answer.ok) throw new Error(answer.fault);
  return answer.value;
}

/** The names of HAProxy's servers in order, each that it checks itself marked by ` checked`. */
export async function serverNames(agent: Agent): Promise<readonly string[]> {
  const state = parseServersState(await tellHaproxy(agent, 'show servers state'));
  if (!state.ok) throw new Error(state.fault);
  return state.value.map(({ name, check }) => `${name}${(check & CHECK.enabled) === 0 ? '' : ' checked'}`).sort();
}
