import { printable } from '../lib/printable.js';
import { meant, type Finding } from './finding.js';
import { nearest } from '../lib/nearest.js';
import { compileNamePattern } from './name-pattern.js';
import { ownAddresses, type OwnAddress } from './own-ports.js';
import type { Settings } from './table.js';

/** A rule about values that must fit together. */
export interface Rule<S> {
  /** Settings it looks at; it is not asked while one of them is wrong by itself. */
  readonly about: readonly string[];
  /** @param place says where a setting was given, to begin a sentence with */
  readonly check: (settings: S, place: (path: string) => string) => Finding | undefined;
}

const NAMERS = ['docker_label', 'regex'];

/** The agent's. */
export const RULES: readonly Rule<Settings>[] = [
  { about: ['sidecar.discovery', 'services.namer'], check: namer },
  { about: ['sidecar.discovery', 'services.namer', 'services.name_match'], check: namePattern },
  {
    about: ['http.token', 'http.token_file'],
    check: ({ http }) => tokenTwice('http', http),
  },
  {
    about: ['http.tls_cert', 'http.tls_key'],
    check: ({ http }) => {
      if ((http.tlsCert === undefined) === (http.tlsKey === undefined)) return undefined;
      const [given, missing] = http.tlsKey === undefined ? ['tls_cert', 'tls_key'] : ['tls_key', 'tls_cert'];
      return { code: 'TLS_INCOMPLETE', message: `http.${given} is given without http.${missing}, expected both` };
    },
  },
  {
    about: ['http.bind_ip', 'http.port', 'sidecar.bind_ip', 'sidecar.bind_port', 'haproxy.stats_bind'],
    check: (settings) => portTakenTwice(ownAddresses(settings)),
  },
  { about: ['sidecar.delegate_versions'], check: versionsOrder },
  { about: ['console.clusters', 'sidecar.cluster_name'], check: ownCluster },
];

/** What is wrong with values that are each right by themselves. `faulty` holds the paths of those that are not. */
export function inconsistencies<S>(
  rules: readonly Rule<S>[],
  settings: S,
  faulty: ReadonlySet<string>,
  place: (path: string) => string,
): readonly Finding[] {
  return rules
    .filter(({ about }) => !about.some((path) => faulty.has(path)))
    .flatMap(({ check }) => check(settings, place) ?? []);
}

/** A token is given in one way only. @param table where its two settings stand */
export function tokenTwice(
  table: string,
  { token, tokenFile }: { readonly token: string | undefined; readonly tokenFile: string | undefined },
): Finding | undefined {
  if (token === undefined || tokenFile === undefined) return undefined;
  const message = `${table}.token and ${table}.token_file are both given, expected one of them`;
  return { code: 'TOKEN_TWICE', message };
}

function namer({ sidecar, services }: Settings, place: (path: string) => string): Finding | undefined {
  if (!sidecar.discovery.includes('docker') || NAMERS.includes(services.namer)) return undefined;
  const expected = `expected ${NAMERS.join(' or ')}`;
  if (services.namer === '')
    return {
      code: 'NAMER_MISSING',
      message: `services.namer is not given, but docker discovery needs it: ${expected}`,
    };
  const hint = meant(nearest(services.namer, NAMERS));
  const message = `${place('services.namer')} is ${printable(services.namer)}, ${expected}${hint}`;
  return { code: 'NAMER_UNKNOWN', message };
}

function namePattern({ sidecar, services }: Settings, place: (path: string) => string): Finding | undefined {
  if (!sidecar.discovery.includes('docker') || services.namer !== 'regex') return undefined;
  const pattern = compileNamePattern(services.nameMatch);
  if (pattern.ok) return undefined;
  const expected =
    pattern.fault === 'REGEX_INVALID' ? 'a regular expression' : 'an expression with a group, as in ^/(.+)-[0-9]+$';
  const message = `${place('services.name_match')} is ${printable(services.nameMatch)}, expected ${expected}`;
  return { code: pattern.fault, message };
}

function versionsOrder({ sidecar }: Settings, place: (path: string) => string): Finding | undefined {
  const [dmin = 0, dmax = 0, dcur = 0] = sidecar.delegateVersions;
  if (dmin <= dcur && dcur <= dmax) return undefined;
  const message =
    `${place('sidecar.delegate_versions')} is [${dmin}, ${dmax}, ${dcur}], ` +
    'expected dmin, dmax and dcur with dmin <= dcur <= dmax';
  return { code: 'VERSIONS_ORDER', message };
}

function ownCluster({ sidecar, console }: Settings, place: (path: string) => string): Finding | undefined {
  const { clusterName } = sidecar;
  if (console.clusters.every(({ name }) => name !== clusterName)) return undefined;
  const own = `${printable(clusterName)}, the name of the agent's own cluster (sidecar.cluster_name)`;
  return { code: 'CLUSTER_IS_OWN', message: `${place('console.clusters')} has ${own}, expected names of others` };
}

const EVERYWHERE = ['', '*', '0.0.0.0', '::'];

/** Two of a program's own addresses with one port. */
export function portTakenTwice(addresses: readonly OwnAddress[]): Finding | undefined {
  for (const [i, one] of addresses.entries()) {
    const other = addresses.slice(i + 1).find((two) => one.port === two.port && overlap(one.host, two.host));
    if (other) {
      const message = `port ${one.port} is given to ${one.name} and to ${other.name}, expected two ports`;
      return { code: 'PORT_TAKEN_TWICE', message };
    }
  }
  return undefined;
}

const overlap = (a: string, b: string): boolean => a === b || EVERYWHERE.includes(a) || EVERYWHERE.includes(b);
