import type { DiscoveredService } from '../service/discovered.js';

/** Somebody who wants to be told of changes. */
export interface ListenerTarget {
  /** The original's name of it: `UrlListener(<url>)`, `Service(<name>-<id>)`. */
  readonly name: string;
  readonly url: string;
  /** Who asked for it; undefined: the configuration. */
  readonly service: string | undefined;
}

export interface TargetOptions {
  /** From the configuration. */
  readonly urls: readonly string[];
  /** Of the URLs of services; begins with a slash. */
  readonly path: string;
  /** The system's name of this host, where a `ListenPort` that is none of the instance's own is. */
  readonly hostname: string;
}

/** Everybody who is to be told: those of the configuration first, then those of this host's services, well or not (contract section 8.3). */
export function targetsOf(options: TargetOptions, services: readonly DiscoveredService[]): readonly ListenerTarget[] {
  const configured = [...new Set(options.urls)].map((url) => ({
    ...{ name: `UrlListener(${url})`, url },
    service: undefined,
  }));
  return [...configured, ...services.flatMap((service) => targetOf(options, service))];
}

function targetOf({ path, hostname }: TargetOptions, service: DiscoveredService): readonly ListenerTarget[] {
  const { id, name, ports, listenPort } = service;
  if (listenPort === undefined) return [];
  const own = ports?.find(({ type, port }) => type === 'tcp' && port === listenPort);
  const host = own?.ip ?? hostname;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${listenPort}${path}`;
  return [{ name: `Service(${name}-${id})`, url, service: `${name}-${id}` }];
}
