import { canonicalAddress } from '../../lib/ip-address.js';
import { ok, refused, type Result } from '../../lib/result.js';

/** A server as HAProxy runs it. */
export interface ActualServer {
  /** HAProxy's number of the backend: a frontend of the same name has another one. */
  readonly backendId: number;
  readonly backend: string;
  readonly name: string;
  /** An IP address, or undefined: a Unix socket, or a host name that is not resolved. */
  readonly address: string | undefined;
  /** 0 when it has none. */
  readonly port: number;
  /** 0–256; with slow start, the weight that it grows to. */
  readonly weight: number;
  /** Bits: see `ADMIN`. */
  readonly admin: number;
  /** Bits: see `CHECK`. */
  readonly check: number;
  /** Bits: see `CHECK`. */
  readonly agent: number;
}

/** Bits of `srv_admin_state`. What a server inherits from another, or from name resolution, is not ours to change. */
export const ADMIN = { maintenance: 0x01, drain: 0x08 } as const;

/** Bits of `srv_check_state` and `srv_agent_state`. */
export const CHECK = { configured: 0x02, enabled: 0x04 } as const;

const COLUMNS = {
  backendId: 'be_id',
  backend: 'be_name',
  name: 'srv_name',
  address: 'srv_addr',
  port: 'srv_port',
  weight: 'srv_uweight',
  admin: 'srv_admin_state',
  check: 'srv_check_state',
  agent: 'srv_agent_state',
} as const;

/**
 * The answer to `show servers state`, with or without a backend. Columns are found by their names: other versions of HAProxy
 * have others, and another order.
 *
 * @returns the servers in HAProxy's order, or what cannot be read
 * @see HAProxy management guide, `show servers state`
 */
export function parseServersState(text: string): Result<readonly ActualServer[], string> {
  const [version = '', header = '', ...lines] = text.split('\n');
  if (!/^\d+$/.test(version)) return refused(version);
  const names = header.replace(/^# */, '').split(' ');
  const missing = Object.values(COLUMNS).find((column) => !names.includes(column));
  if (missing !== undefined) return refused(`no ${missing} in ${header}`);
  const at = (field: keyof typeof COLUMNS): number => names.indexOf(COLUMNS[field]);
  const [backend, name, address, port] = [at('backend'), at('name'), at('address'), at('port')];
  const [weight, admin, check, agent] = [at('weight'), at('admin'), at('check'), at('agent')];
  const backendId = at('backendId');
  const servers: ActualServer[] = [];
  for (const line of lines) {
    if (line === '') continue;
    const words = line.split(' ');
    const word = (column: number): string => words[column] ?? '';
    const number = (column: number): number => wholeNumber(word(column));
    const where = word(address);
    const server: ActualServer = {
      backendId: number(backendId),
      backend: word(backend),
      name: word(name),
      address: where === '-' ? undefined : canonicalAddress(where),
      port: number(port),
      weight: number(weight),
      admin: number(admin),
      check: number(check),
      agent: number(agent),
    };
    if (!isWhole(server)) return refused(line);
    servers.push(server);
  }
  return ok(servers);
}

const isWhole = ({ backendId, backend, name, address, port, weight, admin, check, agent }: ActualServer): boolean =>
  backend !== '' && name !== '' && address !== '' && !Number.isNaN(backendId + port + weight + admin + check + agent);

const wholeNumber = (word: string): number => (/^\d+$/.test(word) ? Number(word) : NaN);

/**
 * What the servers of a backend are doing, from `show stat BACKEND-ID 4 -1`: sessions that run, and those that wait for a slot.
 * `show servers conn` cannot be relied on: it counts connections, and lacks columns for servers that were added at run time.
 *
 * @returns sessions by server name, or what cannot be read
 */
export function parseSessions(text: string): Result<ReadonlyMap<string, number>, string> {
  const [header = '', ...lines] = text.split('\n');
  const names = header.replace(/^# */, '').split(',');
  const name = names.indexOf('svname');
  const running = names.indexOf('scur');
  const queued = names.indexOf('qcur');
  if (Math.min(name, running, queued) === -1) return refused(header);
  const sessions = new Map<string, number>();
  for (const line of lines) {
    if (line === '') continue;
    const words = line.split(',');
    const count = wholeNumber(words[running] ?? '') + wholeNumber(words[queued] ?? '');
    if (Number.isNaN(count)) return refused(line);
    sessions.set(words[name] ?? '', count);
  }
  return ok(sessions);
}

/** Which HAProxy answers. */
export interface HaproxyInfo {
  readonly pid: number;
  readonly version: string;
}

/** The answer to `show info`, or what cannot be read. */
export function parseInfo(text: string): Result<HaproxyInfo, string> {
  const pid = /^Pid: (\d+)$/m.exec(text)?.[1];
  const version = /^Version: (\S+)$/m.exec(text)?.[1];
  return pid === undefined || version === undefined
    ? refused(text.split('\n', 1)[0] ?? '')
    : ok({ pid: Number(pid), version });
}
