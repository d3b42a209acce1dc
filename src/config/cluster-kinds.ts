import { printable } from '../lib/printable.js';
import { seenUrl } from './address-kinds.js';
import { accept, list, quote, refuse, seenOf, type Kind, type Parsed } from './kind.js';

/** Another cluster, and where one of its agents answers. */
export interface NamedCluster {
  /** A segment of a path as it is. */
  readonly name: string;
  /** http or https, without credentials, query, fragment or a slash at its end. */
  readonly url: string;
}

/** More are no overview for a person any more. */
const MAX_CLUSTERS = 32;

/** Dots alone lead elsewhere in a path. */
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/;

/** Another cluster: `{ name = "eu", url = "http://a:7777" }`, in text `eu=http://a:7777`. */
const namedCluster: Kind<NamedCluster> = {
  type: '{ name, url }',
  isList: false,
  fromToml: (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date)
      return refuse('NOT_A_TABLE', seenOf(value), '{ name = "…", url = "http://…" }');
    const { name, url, ...others } = value as { readonly name?: unknown; readonly url?: unknown };
    const [other] = Object.keys(others);
    if (other !== undefined)
      return refuse('CLUSTER_KEY_UNKNOWN', `a table with the key ${printable(other)}`, 'name and url alone');
    if (typeof name !== 'string' || typeof url !== 'string' || name === '')
      return refuse('CLUSTER_INCOMPLETE', seenOf(value), 'both name and url, as strings');
    return named(name, url);
  },
  fromText: (value) => {
    const [, name, url] = /^([^=]+)=(.+)$/.exec(value) ?? [];
    return name === undefined || url === undefined
      ? refuse('CLUSTER_SYNTAX', seenUrl(value), 'name=url, as in eu=http://a:7777')
      : named(name, url);
  },
  seen: seenUrl,
  show: ({ name, url }) => `{ name = ${quote(name)}, url = ${quote(url)} }`,
};

function named(name: string, text: string): Parsed<NamedCluster> {
  if (!NAME.test(name))
    return refuse(
      'CLUSTER_LABEL_INVALID',
      `named ${printable(name)}`,
      'a name of letters, digits, dots, - and _, at most 64 of them, and not . or ..',
    );
  const expected = 'http:// or https:// with a host, perhaps a port and a path, and nothing else';
  if (/\s/.test(text) || !/^https?:\/\//i.test(text) || !URL.canParse(text))
    return refuse('CLUSTER_URL_INVALID', seenUrl(text), expected);
  const { username, password, origin, pathname, port, search, hash } = new URL(text);
  if (username !== '' || password !== '')
    return refuse('CLUSTER_URL_INVALID', 'a URL with a user name or password', expected); // which is not for logs
  return port === '0' || search !== '' || hash !== ''
    ? refuse('CLUSTER_URL_INVALID', seenUrl(text), expected)
    : accept({ name, url: origin + pathname.replace(/\/+$/, '') });
}

const clusters = list(namedCluster, 'list of { name, url }');

/** Other clusters, each with a name of its own. */
export const otherClusters: typeof clusters = {
  ...clusters,
  fromToml: (value) => distinct(clusters.fromToml(value)),
  fromText: (value) => distinct(clusters.fromText(value)),
};

function distinct(parsed: Parsed<readonly NamedCluster[]>): Parsed<readonly NamedCluster[]> {
  if (!parsed.ok) return parsed;
  const names = parsed.value.map(({ name }) => name);
  if (names.length > MAX_CLUSTERS) return refuse('LIST_LENGTH', `${names.length} items`, `at most ${MAX_CLUSTERS}`);
  const second = names.findIndex((name, i) => names.indexOf(name) < i);
  if (second < 0) return parsed;
  const seen = `named ${names[second] ?? ''} as one before it`;
  return { ok: false, faults: [{ code: 'CLUSTER_TWICE', seen, expected: 'a name of its own', item: `[${second}]` }] };
}
