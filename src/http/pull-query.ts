import { isIP } from 'node:net';
import type { ParsedUrlQuery } from 'node:querystring';
import { parseDuration } from '../lib/duration.js';
import { canonicalAddress } from '../lib/ip-address.js';
import type { Millis } from '../lib/ports.js';
import { printable } from '../lib/printable.js';
import type { Asker } from './config-reader.js';
import { HttpError } from './http-error.js';
import { singleParameters } from './single-parameters.js';
import { isTemplateName, TEMPLATE_NAME } from './template-name.js';

const PARAMETERS = 'bind_ip, use_hostnames, template, runtime_socket, stats_bind, user, group, wait'.split(', ');
/** Proxies in between and the operator's patience end there, too. */
const MAX_WAIT_MS: Millis = 300_000;
/** No comma, behind which HAProxy would read a second address. It adds a suffix of its own at times; the system allows 107 bytes. */
const SOCKET = /^\/[A-Za-z0-9_./+=~-]{1,96}$/;
const ACCOUNT = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}\$?$/;

export interface PullQuery {
  readonly asker: Asker;
  /** 0 to 300,000. */
  readonly waitMs: Millis;
}

/**
 * Reads the parameters of `GET /haproxy.cfg`; an empty one is as good as none. What they hold is written into a configuration, so
 * that each is a single word of few characters.
 *
 * @throws HttpError 400 for a parameter that is unknown, given twice, or unfit
 */
export function readPullQuery(query: ParsedUrlQuery): PullQuery {
  const given = singleParameters(query, PARAMETERS);
  const read = (name: string, isFit: (value: string) => boolean, expected: string): string => {
    const value = given.get(name) ?? '';
    if (value === '' || isFit(value)) return value;
    throw new HttpError(400, `${name} is ${printable(value)}, expected ${expected}`);
  };
  const template = read('template', isTemplateName, TEMPLATE_NAME);
  return {
    asker: {
      bindIp: canonicalAddress(read('bind_ip', isAddress, 'an IP address without a zone')),
      useHostnames: read('use_hostnames', isBoolean, 'true or false') === 'true',
      template: template === '' ? undefined : template,
      runtimeSocket: read('runtime_socket', isSocket, 'an absolute path of at most 97 plain characters'),
      statsBind: read('stats_bind', isPlace, 'address:port, as in 127.0.0.1:3212 or *:3212'),
      user: read('user', isAccount, 'the name of a user'),
      group: read('group', isAccount, 'the name of a group'),
    },
    waitMs: waitOf(read('wait', (value) => waitOf(value) !== undefined, 'a duration of at most 5m, as in 30s')) ?? 0,
  };
}

/** @returns undefined for what is no duration, or too long */
function waitOf(text: string): Millis | undefined {
  const parsed = parseDuration(text);
  return parsed.ok && parsed.value <= MAX_WAIT_MS ? parsed.value : undefined;
}

const isBoolean = (value: string): boolean => value === 'true' || value === 'false';
const isAddress = (value: string): boolean => isIP(value) !== 0 && !value.includes('%');
const isSocket = (value: string): boolean => SOCKET.test(value);
const isAccount = (value: string): boolean => ACCOUNT.test(value);

/** Brackets are what tells an IPv6 address from its port. */
function isPlace(value: string): boolean {
  const [, address = '', port] = /^(.*):(\d{1,5})$/.exec(value) ?? [];
  const [, v6] = /^\[(.*)\]$/.exec(address) ?? [];
  const isHere = v6 === undefined ? address === '*' || isIP(address) === 4 : isIP(v6) === 6 && isAddress(v6);
  return isHere && Number(port) >= 1 && Number(port) <= 65_535;
}
