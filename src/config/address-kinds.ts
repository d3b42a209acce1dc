import { isIP } from 'node:net';
import { printable, withoutPassword } from '../lib/printable.js';
import { accept, quote, refuse, seenOf, stringKind, type Kind } from './kind.js';

/** Where something listens or is reached. An empty `host` means all addresses. */
export interface HostPort {
  /** A name, an IPv4 or IPv6 address without brackets, or `*`. */
  readonly host: string;
  readonly port: number;
}

/** A member of the cluster to join through; without a port it is reached at the gossip port of the cluster. */
export interface Seed {
  readonly host: string;
  readonly port: number | undefined;
}

/** The form that URLs and HAProxy's `bind` read: `10.0.0.1:80`, `[::1]:80`, `:80`. */
export const formatHostPort = ({ host, port }: HostPort): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

const HOSTNAME = /^[A-Za-z0-9._-]{1,253}$/;

const isHost = (host: string): boolean => isIP(host) !== 0 || HOSTNAME.test(host);
/** A refused URL, without its password. */
export const seenUrl = (url: unknown): string =>
  typeof url === 'string' ? printable(withoutPassword(url)) : seenOf(url);

/** Splits `host:port` and `[v6]:port`; undefined when it is neither, or the port is not 1–65535. */
function splitHostPort(text: string): HostPort | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port < 1 || port > 65_535) return undefined;
  if (match[1] !== undefined) return isIP(match[1]) === 6 ? { host: match[1], port } : undefined;
  const host = match[2] ?? '';
  return host === '' || host === '*' || isHost(host) ? { host, port } : undefined;
}

export const ip: Kind<string> = stringKind(
  'IP address',
  (text) => (isIP(text) ? accept(text) : refuse('IP_INVALID', printable(text), 'an IPv4 or IPv6 address')),
  quote,
);

/** Empty is left to the system. */
export const hostname: Kind<string> = stringKind(
  'string',
  (text) =>
    text === '' || HOSTNAME.test(text)
      ? accept(text)
      : refuse('HOSTNAME_INVALID', printable(text), 'letters, digits, dots, - and _, at most 253 of them'),
  quote,
);

export const hostPort: Kind<HostPort> = stringKind(
  'host:port',
  (text) => {
    const parsed = splitHostPort(text);
    return parsed ? accept(parsed) : refuse('HOST_PORT_INVALID', printable(text), 'host:port, as in 127.0.0.1:8125');
  },
  (value) => quote(formatHostPort(value)),
);

export const seed: Kind<Seed> = stringKind(
  'host or host:port',
  (text) => {
    const parsed = isHost(text) ? { host: text, port: undefined } : splitHostPort(text);
    return parsed && isHost(parsed.host)
      ? accept(parsed)
      : refuse('SEED_INVALID', printable(text), 'an address or name of a host, or host:port');
  },
  ({ host, port }) => quote(port === undefined ? host : formatHostPort({ host, port })),
);

/** What may stand before the colon of HAProxy's `bind`. */
export const bindAddress: Kind<string> = stringKind(
  'address to bind',
  (text) =>
    text === '' || text === '*' || isHost(text)
      ? accept(text)
      : refuse('BIND_ADDRESS_INVALID', printable(text), 'an IP address, a host name, * or nothing (all addresses)'),
  quote,
);

export const httpUrl: Kind<string> = stringKind(
  'URL',
  (text) => {
    if (/\s/.test(text) || !URL.canParse(text))
      return refuse('URL_INVALID', seenUrl(text), 'a URL such as http://10.0.0.1:7778/update');
    return /^https?:/i.test(text)
      ? accept(text)
      : refuse('URL_SCHEME', seenUrl(text), 'a URL that begins with http:// or https://');
  },
  (url) => quote(withoutPassword(url)),
  seenUrl,
);

/** An agent to follow: `host:port`, which means HTTP, or a URL without a path. Read as the URL up to its port. */
export const upstreamUrl: Kind<string> = stringKind(
  'host:port',
  (text) => {
    const place = splitHostPort(text);
    const url = place && isHost(place.host) ? `http://${formatHostPort(place)}` : text;
    const parsed = /^https?:\/\//i.test(url) && !/\s/.test(url) && URL.canParse(url) ? new URL(url) : undefined;
    const isBare = parsed?.pathname === '/' && parsed.search === '' && parsed.hash === '';
    return parsed && isBare
      ? accept(url.replace(/\/$/, ''))
      : refuse('UPSTREAM_INVALID', seenUrl(text), 'host:port, or a URL of one such as https://10.0.0.1:7777');
  },
  (url) => quote(withoutPassword(url)),
  seenUrl,
);

/**
 * Where Docker answers: `unix://`, `tcp://`, `http://`, `https://` or a bare `host:port`, which means `tcp://`. Empty means the
 * `DOCKER_*` environment. `unix://var/run/docker.sock` (two slashes) is read as the absolute path that it was meant to be.
 */
export const dockerUrl: Kind<string> = stringKind(
  'URL',
  (text) => {
    if (text === '') return accept('');
    const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/.exec(text);
    if (!scheme && splitHostPort(text)) return accept(`tcp://${text}`);
    const expected = 'unix:///path/to/docker.sock, tcp://host:port, http://…, https://… or host:port';
    if (!scheme) return refuse('DOCKER_URL_INVALID', seenUrl(text), expected);
    const [, name = '', rest = ''] = scheme;
    switch (name.toLowerCase()) {
      case 'unix':
        return rest === '' || /[\0\n\r]/.test(rest)
          ? refuse('DOCKER_URL_INVALID', seenUrl(text), expected)
          : accept(`unix://${rest.startsWith('/') ? '' : '/'}${rest}`);
      case 'tcp':
      case 'http':
      case 'https':
        return URL.canParse(text.replace(/^[^:]+/, 'http'))
          ? accept(text)
          : refuse('DOCKER_URL_INVALID', seenUrl(text), expected);
      default:
        return refuse('DOCKER_URL_SCHEME', seenUrl(text), expected);
    }
  },
  (url) => quote(withoutPassword(url)),
  seenUrl,
);

/** The path part of a URL; a missing slash is put in front, an empty one means `/`. */
export const urlPath: Kind<string> = stringKind(
  'path of a URL',
  (text) =>
    /[\p{C}\p{Z}#]/u.test(text)
      ? refuse('URL_PATH_INVALID', printable(text), 'the path of a URL, without white space')
      : accept(text.startsWith('/') ? text : `/${text}`),
  quote,
);
