import { isIP } from 'node:net';
import type { Timestamp } from '../service/timestamp.js';
import { formatTimestamp } from '../service/timestamp.js';
import type { ProxiedService, ProxyModel } from './model.js';
import { bracketed, sanitizeName } from './names.js';

/** A service record as templates see it: the contract's keys. `Updated` is missing: it moves while nothing else does. */
export interface TemplateRecord {
  readonly ID: string;
  readonly Name: string;
  readonly Image: string;
  readonly Created: string;
  readonly Hostname: string;
  readonly Ports: readonly {
    readonly Type: string;
    readonly Port: number;
    readonly ServicePort: number;
    readonly IP: string;
  }[];
  readonly ProxyMode: string;
  readonly Status: number;
  /** 0–256; 0 = no new requests: of a draining instance, whatever it asked for. */
  readonly Weight: number;
  /** As HAProxy reads it, `10s`; empty = none. */
  readonly SlowStart: string;
  /** Out of sight, so that HAProxy should check it itself. */
  readonly Stale: boolean;
}

export interface HelperOptions {
  readonly bindIp: string;
  readonly useHostnames: boolean;
}

type ServicePort = string | number;

/**
 * The functions that templates may call: those of contract 9.4, and five of ours (`serviceMode`, `serversFor`, `isHostname`,
 * `word`, `eq`). Asking for a service that is not proxied is a mistake of the template, and throws.
 *
 * @param records the records of each proxied service, as the template's `Services` holds them
 * @param now     printed by `now`: must depend on nothing but the catalog, so that equal catalogs render equal bytes
 */
export function templateHelpers(
  model: ProxyModel,
  records: ReadonlyMap<string, readonly TemplateRecord[]>,
  options: HelperOptions,
  now: Timestamp,
) {
  const byName = new Map(model.services.map((service) => [service.name, service]));
  const serviceOf = (name: string): ProxiedService => {
    const service = byName.get(name);
    if (!service) throw new Error(`no proxied service is called ${JSON.stringify(name)}`);
    return service;
  };
  return {
    now: () => goTime(now),
    serviceMode: (name: string) => serviceOf(name).mode,
    getMode: (name: string) => (serviceOf(name).mode === 'tcp' ? 'tcp' : 'http'),
    getPorts: (name: string) => portMap(serviceOf(name)),
    serversFor: (name: string, servicePort: ServicePort) => {
      const port = serviceOf(name).ports.find((candidate) => candidate.servicePort === Number(servicePort));
      const inBackend = new Set(port?.servers.map(({ instance }) => identity(instance.hostname, instance.id)));
      return (records.get(name) ?? []).filter(({ Hostname, ID }) => inBackend.has(identity(Hostname, ID)));
    },
    portFor: (servicePort: ServicePort, record: TemplateRecord) => tcpPort(servicePort, record)?.Port ?? -1,
    ipFor: (servicePort: ServicePort, record: TemplateRecord) =>
      options.useHostnames ? record.Hostname : bracketed(tcpPort(servicePort, record)?.IP ?? record.Hostname),
    bindIP: () => bracketed(options.bindIp),
    sanitizeName,
    isHostname: (address: string) => isIP(address.replace(/^\[(.*)\]$/, '$1')) === 0,
    word: (text: string) => text.replace(/[\s\\#"'$]/g, '\\$&'),
    eq: (a: unknown, b: unknown) => a === b,
  };
}

/** The names a template may call besides Handlebars' own block helpers. */
export const HELPER_NAMES = Object.keys(
  templateHelpers({ services: [], leftOut: [], remarks: [] }, new Map(), { bindIp: '', useHostnames: false }, 0n),
);

const identity = (hostname: string, id: string): string => `${hostname}/${id}`;

const tcpPort = (servicePort: ServicePort, { Ports }: TemplateRecord) =>
  Ports.find(({ Type, ServicePort }) => Type === 'tcp' && ServicePort === Number(servicePort));

/** ServicePort → Port of its first server, or of another instance that is known; a template walks it in ascending order. */
function portMap({ ports }: ProxiedService): Readonly<Record<string, string>> {
  return Object.fromEntries(ports.map(({ servicePort, instancePort }) => [servicePort, String(instancePort)]));
}

/** As Go prints a time: `2026-11-22 11:17:18.426911912 +0000 UTC`. */
const goTime = (time: Timestamp): string => formatTimestamp(time).replace('T', ' ').replace('Z', ' +0000 UTC');
