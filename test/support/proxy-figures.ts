import { readFileSync } from 'node:fs';
import { askUnixSocket } from '../../src/platform/unix-socket.js';
import type { Agent } from './agent.js';
import { getJson } from './network.js';

/** What HAProxy itself says of a server. */
export interface ServerFigures {
  readonly backend: string;
  readonly address: string;
  readonly port: number;
  readonly weight: number;
  /** Takes no new requests: drained, or weight 0. */
  readonly isDrained: boolean;
  readonly isInMaintenance: boolean;
}

const LIMITS = { timeoutMs: 2_000, maxBytes: 16 * 1024 * 1024 };
/** Bits of `srv_admin_state`: management guide, section 9.3, `show servers state`. */
const MAINTENANCE = 1 | 2 | 4 | 32;
const DRAIN = 8 | 16;

async function ask(agent: Agent, command: string): Promise<string | undefined> {
  const answer = await askUnixSocket(agent.path('haproxy.sock'), command, LIMITS);
  return answer.ok ? answer.value : undefined;
}

/** Every server that HAProxy runs; undefined when it does not answer, as in the middle of a reload. */
export async function serversOf(agent: Agent): Promise<readonly ServerFigures[] | undefined> {
  const lines = (await ask(agent, 'show servers state'))?.split('\n') ?? [];
  const columns = lines
    .find((line) => line.startsWith('# '))
    ?.slice(2)
    .split(' ');
  if (!columns) return undefined;
  return lines.slice(lines.findIndex((line) => line.startsWith('# ')) + 1).flatMap((line) => {
    const words = line.split(' ');
    const word = (column: string): string => words[columns.indexOf(column)] ?? '';
    if (words.length < columns.length) return [];
    const admin = Number(word('srv_admin_state'));
    const weight = Number(word('srv_uweight'));
    return {
      backend: word('be_name'),
      address: word('srv_addr'),
      port: Number(word('srv_port')),
      weight,
      isDrained: weight === 0 || (admin & DRAIN) !== 0,
      isInMaintenance: (admin & MAINTENANCE) !== 0,
    };
  });
}

/** The process that answers on HAProxy's socket: with master-worker the worker. */
export async function haproxyPid(agent: Agent): Promise<number | undefined> {
  const pid = /^Pid: (\d+)$/m.exec((await ask(agent, 'show info')) ?? '')?.[1];
  return pid === undefined ? undefined : Number(pid);
}

export interface ProxyFacts {
  readonly reloads: { readonly total: number };
  readonly drift: { readonly found: number };
}

/** What `/api/proxy` says of reloads and drift. */
export async function proxyFacts(agent: Agent): Promise<ProxyFacts> {
  return (await getJson(agent.url('/api/proxy'))) as ProxyFacts;
}

/** The inodes of the sockets that listen at an IPv4 port of 127.0.0.1. */
export function listenerInodes(port: number): readonly string[] {
  const place = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const LISTEN = '0A';
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words[1] === place && words[3] === LISTEN)
    .map((words) => words[9] ?? '');
}
