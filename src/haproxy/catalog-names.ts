import { isIP } from 'node:net';
import type { CatalogSnapshot } from '../catalog/reader.js';
import { Status, type Service } from '../service/service.js';

/** The host names that stand where HAProxy needs an address, of every record that may become a server. */
export function serverNames({ servers }: CatalogSnapshot, useHostnames: boolean): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { services } of servers.values()) {
    for (const service of services.values()) {
      for (const name of useHostnames ? [service.hostname] : portAddressesOf(service)) {
        if (isIP(name) === 0 && name !== '') names.add(name);
      }
    }
  }
  return names;
}

const portAddressesOf = ({ ports }: Service): readonly string[] =>
  (ports ?? []).flatMap(({ ip, servicePort }) => (servicePort > 0 ? [ip] : []));

/** Whether the instance behind a server, by the names that the built-in template gives, is known to be dead; of several all. */
export function isDeadServer({ servers }: CatalogSnapshot, server: string): boolean {
  let isDead = false;
  for (const { services } of servers.values()) {
    for (const { hostname, id, status } of services.values()) {
      const name = `${hostname}-${id}`;
      if (server !== name && server !== `${name}-stale`) continue;
      if (status !== Status.Tombstone) return false;
      isDead = true;
    }
  }
  return isDead;
}
