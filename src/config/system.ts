import { dockerUrl, hostname } from './address-kinds.js';
import { refuse, type Parsed } from './kind.js';
import type { Origin } from './origin.js';

/** The environment of the process; an empty variable counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A value that the system gives where the operator gave none. */
export interface SystemValue {
  readonly parsed: Parsed<unknown>;
  readonly origin: Origin;
}

/** The system's host name, for records. */
export function systemHostname(name: string): SystemValue {
  const parsed = name === '' ? refuse('HOSTNAME_INVALID', 'empty', 'a name; set sidecar.hostname') : undefined;
  return { parsed: parsed ?? hostname.fromText(name), origin: { kind: 'system' } };
}

/** Where Docker is by its own variables: `DOCKER_HOST`, or the socket of the platform. */
export function systemDocker(env: Environment): SystemValue {
  if (!env['DOCKER_HOST'])
    return { parsed: dockerUrl.fromText('unix:///var/run/docker.sock'), origin: { kind: 'system' } };
  return { parsed: dockerUrl.fromText(env['DOCKER_HOST']), origin: { kind: 'env', name: 'DOCKER_HOST' } };
}

/** The folder of `cert.pem`, `key.pem` and `ca.pem` when Docker's variables ask for TLS; undefined when they do not. */
export function dockerCertPath(env: Environment): string | undefined {
  if (!env['DOCKER_TLS_VERIFY']) return undefined;
  return env['DOCKER_CERT_PATH'] || `${env['HOME'] ?? ''}/.docker`;
}
