import { isIP } from 'node:net';
import { printable } from '../lib/printable.js';
import type { Port } from './service.js';

/**
 * Why a value may not enter the catalog. Whatever passes here is one printable word wherever a configuration could need it,
 * so that nothing a peer, a label or a file says can ever add a line to `haproxy.cfg`.
 */
export interface Refusal {
  readonly code: RefusalCode;
  /** Where in the record: `Name`, `Ports[1].IP`. */
  readonly field: string;
  /** The value, shortened and with controls escaped, safe to print. */
  readonly seen: string;
  readonly expected: string;
}

export type RefusalCode =
  | 'NAME_UNSAFE'
  | 'NAME_TOO_LONG'
  | 'IMAGE_UNSAFE'
  | 'ID_INVALID'
  | 'HOSTNAME_INVALID'
  | 'PROXY_MODE_UNKNOWN'
  | 'TOO_MANY_PORTS'
  | 'PORT_TYPE_INVALID'
  | 'PORT_OUT_OF_RANGE'
  | 'SERVICE_PORT_OUT_OF_RANGE'
  | 'IP_INVALID';

export const PROXY_MODES = ['http', 'tcp', 'ws'] as const;
export type ProxyMode = (typeof PROXY_MODES)[number];

const MAX_NAME = 255;
const MAX_IMAGE = 1024;
const MAX_PROXY_MODE = 64;
export const MAX_PORTS = 256;
/** HAProxy's own alphabet for names of proxies and servers. */
const WORD = /^[A-Za-z0-9._:-]+$/;
const HOSTNAME = /^[A-Za-z0-9._-]{1,253}$/;
/** Controls, white space and invisible separators of any script: none of them belongs in a name. */
const UNSAFE = /[\p{C}\p{Z}]/u;

/** The facts of a record that a border checks; status and times have their own parsers. */
export interface RecordFacts {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly hostname: string;
  readonly ports: readonly Port[] | null;
  readonly proxyMode: string;
}

/**
 * Checks one record at the border. An empty name and an empty image are accepted, as the original does; such a service is
 * known but never proxied. An unknown `proxyMode` is refused only where the record is made (`ownRecord`); a peer's is kept
 * in the catalog and left out of HAProxy, with the reason, by `src/haproxy`.
 *
 * @returns the first thing wrong with it, or undefined
 */
export function refusalOf(record: RecordFacts, ownRecord: boolean): Refusal | undefined {
  const { name, image, id, hostname, proxyMode, ports } = record;
  if (name.length > MAX_NAME) return refuse('NAME_TOO_LONG', 'Name', name, `at most ${MAX_NAME} characters`);
  if (UNSAFE.test(name)) return refuse('NAME_UNSAFE', 'Name', name, 'printable characters without white space');
  if (image.length > MAX_IMAGE || /\p{C}/u.test(image))
    return refuse('IMAGE_UNSAFE', 'Image', image, `at most ${MAX_IMAGE} printable characters`);
  if (!WORD.test(id) || id.length > 128)
    return refuse('ID_INVALID', 'ID', id, 'letters, digits and . _ : -, at most 128');
  if (!HOSTNAME.test(hostname))
    return refuse('HOSTNAME_INVALID', 'Hostname', hostname, 'letters, digits and . _ -, at most 253');
  if (proxyMode.length > MAX_PROXY_MODE || (ownRecord && !isProxyMode(proxyMode)))
    return refuse('PROXY_MODE_UNKNOWN', 'ProxyMode', proxyMode, PROXY_MODES.join(', '));
  if (ports !== null && ports.length > MAX_PORTS)
    return refuse('TOO_MANY_PORTS', 'Ports', String(ports.length), `at most ${MAX_PORTS} entries`);
  for (const [i, port] of (ports ?? []).entries()) {
    const refusal = portRefusal(port, `Ports[${i}]`);
    if (refusal) return refusal;
  }
  return undefined;
}

function portRefusal(port: Port, at: string): Refusal | undefined {
  if (!/^[a-z0-9]{0,16}$/.test(port.type))
    return refuse('PORT_TYPE_INVALID', `${at}.Type`, port.type, 'tcp, udp or sctp');
  if (!isPortNumber(port.port))
    return refuse('PORT_OUT_OF_RANGE', `${at}.Port`, String(port.port), 'an integer from 0 to 65535');
  if (!isPortNumber(port.servicePort))
    return refuse(
      'SERVICE_PORT_OUT_OF_RANGE',
      `${at}.ServicePort`,
      String(port.servicePort),
      'an integer from 0 to 65535',
    );
  if (isIP(port.ip) === 0 && !HOSTNAME.test(port.ip))
    return refuse('IP_INVALID', `${at}.IP`, port.ip, 'an IPv4 or IPv6 address, or a host name');
  return undefined;
}

export const isProxyMode = (mode: string): mode is ProxyMode => (PROXY_MODES as readonly string[]).includes(mode);

const isPortNumber = (n: number): boolean => Number.isInteger(n) && n >= 0 && n <= 65_535;

function refuse(code: RefusalCode, field: string, value: string, expected: string): Refusal {
  return { code, field, seen: printable(value), expected };
}
