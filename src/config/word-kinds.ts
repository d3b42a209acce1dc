import { AES_KEY_BYTES, parseAesKey } from '../lib/aes-key.js';
import { nearest } from '../lib/nearest.js';
import { printable } from '../lib/printable.js';
import { accept, list, quote, refuse, stringKind, text, type Fault, type Kind, type Parsed } from './kind.js';
import { meant } from './finding.js';

/** No HAProxy reads a longer path of a socket: it needs the rest of the system's 107 bytes for a temporary name. */
const MAX_SOCKET_PATH_BYTES = 97;
/** Bytes of AES-128, AES-192 and AES-256 keys. */

const CONTROL = /\p{Cc}/u;

/** A path that only this program opens; relative ones start at the working directory. */
export const path: Kind<string> = stringKind(
  'path',
  (value) =>
    CONTROL.test(value) ? refuse('PATH_INVALID', printable(value), 'a path without control characters') : accept(value),
  quote,
);

/** A path of a socket that is written into `haproxy.cfg`, where white space and quotes would end or bend it. */
export const haproxySocket: Kind<string> = stringKind(
  'path',
  (value) => {
    if (!/^[\p{L}\p{N}_./+=@%,~-]+$/u.test(value))
      return refuse('PATH_UNSAFE', printable(value), 'a path of letters, digits and _ . / + = @ % , ~ - only');
    return Buffer.byteLength(value) > MAX_SOCKET_PATH_BYTES
      ? refuse('SOCKET_PATH_TOO_LONG', printable(value), `at most ${MAX_SOCKET_PATH_BYTES} bytes`)
      : accept(value);
  },
  quote,
);

/** A command for `/bin/bash -c`. */
export const command: Kind<string> = stringKind(
  'command',
  (value) =>
    value.includes('\0') ? refuse('COMMAND_INVALID', printable(value), 'a command without NUL') : accept(value),
  quote,
);

/** A user or group of the system, written into `haproxy.cfg`. Empty means none. */
export const account: Kind<string> = stringKind(
  'string',
  (value) =>
    /^[A-Za-z0-9_.-]*\$?$/.test(value)
      ? accept(value)
      : refuse('ACCOUNT_INVALID', printable(value), 'a name of letters, digits, dots, - and _'),
  quote,
);

export const clusterName: Kind<string> = stringKind(
  'string',
  (value) =>
    CONTROL.test(value) || Buffer.byteLength(value) > 255
      ? refuse('CLUSTER_NAME_INVALID', printable(value), 'printable characters, at most 255 bytes of them')
      : accept(value),
  quote,
);

const HIDDEN = '(not shown)';
const masked = (): string => '"********"';

export const token: Kind<string> = stringKind(
  'secret',
  (value) =>
    isToken(value) ? accept(value) : refuse('TOKEN_INVALID', HIDDEN, 'one word of printable ASCII characters'),
  masked,
  () => HIDDEN,
);

/** Whether a text can travel as a bearer token. */
export const isToken = (value: string): boolean => /^[\x21-\x7e]+$/.test(value);

/** A key of the gossip encryption in base64; its bytes. */
export const gossipKey: Kind<Uint8Array> = stringKind<Uint8Array>(
  'secret',
  (value) => {
    const key = parseAesKey(value);
    if (key.ok) return accept(key.value);
    return key.fault.code === 'NOT_BASE64'
      ? refuse('KEY_NOT_BASE64', HIDDEN, 'a key in base64')
      : refuse('KEY_LENGTH', `a key of ${key.fault.bytes} bytes`, `${AES_KEY_BYTES.join(', ')} bytes`);
  },
  masked,
  () => HIDDEN,
);

export const LOGGING_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LoggingLevel = (typeof LOGGING_LEVELS)[number];

/** An unknown level means `info`, as it always did. */
export const loggingLevel: Kind<LoggingLevel> = stringKind(
  'string',
  (value) => {
    const known = LOGGING_LEVELS.find((level) => level === value);
    if (known || value === '') return accept(known ?? 'info');
    const expected = `${LOGGING_LEVELS.join(', ')}; info is used${meant(nearest(value, LOGGING_LEVELS))}`;
    return accept('info', [{ code: 'LOGGING_LEVEL_UNKNOWN', seen: printable(value), expected }]);
  },
  quote,
);

/** `json`; anything else means `standard`. */
export const loggingFormat: Kind<'standard' | 'json'> = stringKind(
  'string',
  (value) => accept(value === 'json' ? 'json' : 'standard'),
  quote,
);

export const DISCOVERY_SOURCES = ['docker', 'static'] as const;
export type DiscoverySource = (typeof DISCOVERY_SOURCES)[number];

const words = list(text);

/** Known sources in the order given, each once; unknown names are left out with a caution, as old files may hold some. */
export const discovery: Kind<readonly DiscoverySource[]> = {
  ...words,
  fromToml: (value) => known(words.fromToml(value)),
  fromText: (value) => known(words.fromText(value)),
};

function known(names: Parsed<readonly string[]>): Parsed<readonly DiscoverySource[]> {
  if (!names.ok) return names;
  const sources = new Set<DiscoverySource>();
  const cautions: Fault[] = [];
  for (const [i, name] of names.value.entries()) {
    const source = DISCOVERY_SOURCES.find((one) => one === name);
    if (source) sources.add(source);
    else
      cautions.push({
        code: 'DISCOVERY_UNKNOWN',
        seen: printable(name),
        expected: `${DISCOVERY_SOURCES.join(' or ')}; it is ignored${meant(nearest(name, DISCOVERY_SOURCES))}`,
        item: `[${i}]`,
      });
  }
  return accept([...sources], cautions);
}

export interface LabelFilter {
  readonly key: string;
  /** Undefined: any value. */
  readonly value: string | undefined;
}

export const labelFilter: Kind<LabelFilter> = stringKind(
  'key or key=value',
  (filter) => {
    const [, key, value] = /^([^=\s]+)(?:=(.*))?$/.exec(filter) ?? [];
    return key === undefined
      ? refuse('LABEL_FILTER_INVALID', printable(filter), 'key or key=value')
      : accept({ key, value });
  },
  ({ key, value }) => quote(value === undefined ? key : `${key}=${value}`),
);
