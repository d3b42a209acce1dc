import type { CatalogSnapshot } from '../catalog/reader.js';
import type { Service } from '../service/service.js';
import { proxiesOf } from './draft.js';
import type { ProxyModel } from './model.js';
import { bracketed } from './names.js';
import { addressOf } from './service-ports.js';

/** Whose a frontend or a backend is; null: of no service, or not to be told by its name. */
export interface ProxyOwner {
  readonly service: string | null;
  readonly servicePort: number | null;
}

/** Whose a server is. */
export interface ServerOwner extends ProxyOwner {
  readonly host: string | null;
  /** The id of the record; null for a server that nobody knows. */
  readonly instance: string | null;
}

/** Tells of what HAProxy runs for which service and instance it is there. */
export interface Owners {
  readonly ofProxy: (name: string) => ProxyOwner;
  /** @param address where HAProxy reaches it, as `show stat` writes it: `10.0.0.5:8080` */
  readonly ofServer: (backend: string, server: string, address: string) => ServerOwner;
}

/**
 * Owners by the names that the built-in template gives (contract section 9.4), and of servers that a template calls otherwise by
 * their address. Records that are no servers any more count as well: HAProxy lets theirs finish what they have.
 *
 * @param model what HAProxy serves; undefined: not known yet
 */
export function ownersOf(
  model: ProxyModel | undefined,
  { servers }: CatalogSnapshot,
  { useHostnames }: { readonly useHostnames: boolean },
): Owners {
  const proxies = new Map(model && proxiesOf(model).map(({ proxy, ...owner }) => [proxy, owner] as const));
  const records = new Map<string, Service>();
  for (const { services: held } of servers.values())
    for (const record of held.values()) records.set(nameOf(record.name, `${record.hostname}-${record.id}`), record);
  const places = new Map<string, ServerOwner[]>();
  for (const { name: service, ports } of model?.services ?? []) {
    for (const { servicePort, servers: placed } of ports) {
      for (const server of placed) {
        const { hostname: host, id: instance } = server.instance;
        const place = `${bracketed(addressOf(server, useHostnames))}:${server.port.port}`;
        const owner = { service, servicePort, host, instance };
        const known = places.get(place);
        if (known) known.push(owner);
        else places.set(place, [owner]);
      }
    }
  }
  return {
    ofProxy: (name) => proxies.get(name) ?? NOBODY,
    ofServer: (backend, server, address) => {
      const owner = proxies.get(backend);
      const record =
        owner &&
        (records.get(nameOf(owner.service, server)) ??
          records.get(nameOf(owner.service, server.replace(/-stale$/, ''))));
      if (record) return { ...owner, host: record.hostname, instance: record.id };
      const [first, ...others] = (places.get(address) ?? []).filter(
        ({ service, servicePort }) => !owner || (service === owner.service && servicePort === owner.servicePort),
      );
      if (!first) return { ...(owner ?? NOBODY), host: null, instance: null };
      // Of a backend that says nothing by its name: two ServicePorts may lead there.
      return owner || others.length === 0 ? first : { ...first, servicePort: null };
    },
  };
}

const NOBODY: ProxyOwner = { service: null, servicePort: null };

const nameOf = (service: string, server: string): string => `${service} ${server}`;
