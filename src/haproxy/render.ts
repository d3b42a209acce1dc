import { oncePerObject } from '../lib/once-per-object.js';
import type { Millis } from '../lib/ports.js';
import type { Result } from '../lib/result.js';
import type { Service } from '../service/service.js';
import { formatTimestamp, type Timestamp } from '../service/timestamp.js';
import type { TemplateFault } from './fault.js';
import { templateHelpers, type TemplateRecord } from './helpers.js';
import type { ProxiedServer, ProxiedService, ProxyModel } from './model.js';
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
  /** How long an old HAProxy may live on after a reload, > 0. */
  readonly hardStopAfterMs: Millis;
  /** File with the servers' states, which a new HAProxy takes over; empty = none. It has to exist: HAProxy warns otherwise. */
  readonly serverStateFile: string;
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
  const { writesWeights } = template;
  const records = new Map(model.services.map((service) => [service.name, recordsOf(service, writesWeights)]));
  const { user, group, runtimeSocket, statsBind, fileLimit, hardStopAfterMs, serverStateFile } = options;
  const frontends = model.services.reduce((sum, { ports }) => sum + ports.length, 0);
  const data = {
    Services: withoutPrototype(records),
    User: user,
    Group: group,
    runtimeSocket: socketAddress(runtimeSocket),
    statsBind,
    maxconn: maxconnWithin(fileLimit, frontends),
    hardStopAfter: haproxyTime(hardStopAfterMs),
    serverStateFile,
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

/** The servers of a service, each once. Where no weight is written, 0 would be served like any other: those are left out. */
function recordsOf({ instances, ports }: ProxiedService, writesWeights: boolean): readonly TemplateRecord[] {
  const servers = new Map(ports.flatMap((port) => port.servers.map((server) => [server.instance, server])));
  return instances.flatMap((instance) => {
    const server = servers.get(instance);
    return server && (writesWeights || server.weight > 0) ? [recordOf(server)] : [];
  });
}

/** Records are immutable, and most of them are rendered again the next time. */
const createdText = oncePerObject(({ created }: Service) => formatTimestamp(created));

const recordOf = ({ instance, weight, slowStartMs, stale }: ProxiedServer): TemplateRecord => ({
  ID: instance.id,
  Name: instance.name,
  Image: instance.image,
  Created: createdText(instance),
  Hostname: instance.hostname,
  Ports: (instance.ports ?? []).map(({ type, port, servicePort, ip }) => ({
    Type: type,
    Port: port,
    ServicePort: servicePort,
    IP: ip,
  })),
  ProxyMode: instance.proxyMode === '' ? 'http' : instance.proxyMode,
  Status: instance.status,
  Weight: weight,
  SlowStart: slowStartMs === 0 ? '' : haproxyTime(slowStartMs),
  Stale: stale,
});

/** A time as HAProxy reads it: whole seconds, or milliseconds. */
const haproxyTime = (ms: Millis): string => (ms % 1_000 === 0 ? `${ms / 1_000}s` : `${Math.ceil(ms)}ms`);
