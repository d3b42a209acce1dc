import type { Result } from '../lib/result.js';
import type { Service } from '../service/service.js';
import { formatTimestamp, type Timestamp } from '../service/timestamp.js';
import type { TemplateFault } from './fault.js';
import { templateHelpers, type TemplateRecord } from './helpers.js';
import type { ProxyModel } from './model.js';
import type { Template } from './template.js';

export interface RenderOptions {
  /** Where the frontends listen; empty = on all addresses. */
  readonly bindIp: string;
  /** Whom HAProxy becomes; empty = nobody. Only root may give them: leave them empty otherwise. */
  readonly user: string;
  readonly group: string;
  readonly useHostnames: boolean;
  /** Path of the stats socket; empty = none. */
  readonly runtimeSocket: string;
  /** `address:port` of the stats page; empty = none. */
  readonly statsBind: string;
  /** The hard limit on open files of the processes started here; undefined when there is none. */
  readonly fileLimit: number | undefined;
}

/**
 * The whole configuration file. Nothing but its arguments goes into it: the same model gives the same bytes.
 *
 * @param now what `now` prints in custom templates: the time of the catalog's last change
 */
export function renderConfig(
  template: Template,
  model: ProxyModel,
  options: RenderOptions,
  now: Timestamp,
): Result<string, TemplateFault> {
  const records = new Map(model.services.map(({ name, instances }) => [name, instances.map(recordOf)]));
  const { user, group, runtimeSocket, statsBind, fileLimit } = options;
  const frontends = model.services.reduce((sum, { ports }) => sum + ports.length, 0);
  const data = {
    Services: withoutPrototype(records),
    User: user,
    Group: group,
    runtimeSocket: socketAddress(runtimeSocket),
    statsBind,
    maxconn: maxconnWithin(fileLimit, frontends),
  };
  return template.render(data, templateHelpers(model, records, options, now));
}

/** HAProxy takes a path for what it is only when it begins with a slash. */
const socketAddress = (path: string): string => (path === '' || path.startsWith('/') ? path : `unix@${path}`);

/** Files HAProxy needs beside its connections and listeners: poller, pipes, logs, sockets of its own. */
const OWN_FILES = 100;
const MAX_MAXCONN = 4096;
const MIN_MAXCONN = 16;

/** The most connections for which HAProxy can open two files each within its limit, at most 4096; it refuses to start with more. */
export function maxconnWithin(fileLimit: number | undefined, frontends: number): number {
  if (fileLimit === undefined) return MAX_MAXCONN;
  return Math.max(MIN_MAXCONN, Math.min(MAX_MAXCONN, Math.floor((fileLimit - OWN_FILES - frontends) / 2)));
}

/** Service names are foreign words: `constructor` and `__proto__` must be keys like any other. */
function withoutPrototype<V>(map: ReadonlyMap<string, V>): Readonly<Record<string, V>> {
  const record = Object.create(null) as Record<string, V>;
  for (const [key, value] of map) record[key] = value;
  return record;
}

const recordOf = (service: Service): TemplateRecord => ({
  ID: service.id,
  Name: service.name,
  Image: service.image,
  Created: formatTimestamp(service.created),
  Hostname: service.hostname,
  Ports: (service.ports ?? []).map(({ type, port, servicePort, ip }) => ({
    Type: type,
    Port: port,
    ServicePort: servicePort,
    IP: ip,
  })),
  ProxyMode: service.proxyMode === '' ? 'http' : service.proxyMode,
  Status: service.status,
});
