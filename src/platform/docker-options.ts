import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { join } from 'node:path';
import { unescape } from 'node:querystring';

/** Where an engine is, as the configuration says it: checked, and with its scheme. */
export interface EngineAddress {
  /** `unix:///path`, `tcp://host:port`, `http://…` or `https://…` (contract section 3.8). */
  readonly url: string;
  /** Folder of `ca.pem`, `cert.pem` and `key.pem`: the engine is spoken to over TLS, and shown the certificate. */
  readonly certPath: string | undefined;
}

/** Ports that Docker's own client takes when a `tcp://` address names none. */
const [PLAIN_PORT, TLS_PORT] = ['2375', '2376'];

/** Options left out dockerode would take from the environment, by rules of its own: a `DOCKER_HOST` would win over `docker_url`. */
const NOTHING_FROM_ENVIRONMENT = {
  ...{ socketPath: undefined, host: undefined, port: undefined, ca: undefined, cert: undefined, key: undefined },
  timeout: undefined,
};

/**
 * What dockerode needs to reach an engine. Connections are not kept: one that an engine closed while it was idle would look like
 * a lost engine.
 *
 * @throws when a certificate cannot be read
 */
export function dockerOptions({ url, certPath }: EngineAddress) {
  if (/^unix:/i.test(url)) {
    const socketPath = url.slice('unix://'.length);
    return { ...NOTHING_FROM_ENVIRONMENT, protocol: 'http' as const, headers: {}, agent: new HttpAgent(), socketPath };
  }
  const { protocol: scheme, hostname, port, username, password } = new URL(url);
  const isTls = scheme === 'https:' || certPath !== undefined;
  const protocol = isTls ? ('https' as const) : ('http' as const);
  const usualPort = scheme === 'tcp:' ? (isTls ? TLS_PORT : PLAIN_PORT) : undefined;
  const credentials = Buffer.from(`${unescape(username)}:${unescape(password)}`).toString('base64');
  return {
    ...NOTHING_FROM_ENVIRONMENT,
    ...(certPath === undefined ? {} : readCertificates(certPath)),
    protocol,
    headers: username === '' && password === '' ? {} : { Authorization: `Basic ${credentials}` },
    agent: isTls ? new HttpsAgent() : new HttpAgent(),
    host: `${protocol}://${hostname}`, // with its scheme, so that the begin of an IPv6 address is not taken for one
    port: port || usualPort,
  };
}

function readCertificates(folder: string) {
  const read = (name: string): Buffer => readFileSync(join(folder, name));
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}
