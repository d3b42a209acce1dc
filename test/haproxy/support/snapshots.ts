import type { CatalogReader, CatalogSnapshot, ChangeEvent, ServerEntry } from '../../../src/catalog/reader.js';
import type { Service } from '../../../src/service/service.js';

/** A catalog that holds exactly these records, entered in this order. */
export function snapshotOf(services: readonly Service[], contentVersion = 1): CatalogSnapshot {
  const servers = new Map<string, ServerEntry & { services: Map<string, Service> }>();
  for (const service of services) {
    const entry = servers.get(service.hostname) ?? {
      name: service.hostname,
      services: new Map<string, Service>(),
      lastUpdated: service.updated,
      lastChanged: service.updated,
    };
    entry.services.set(service.id, service);
    servers.set(service.hostname, entry);
  }
  return { version: contentVersion, contentVersion, clusterName: 'test', hostname: 'h1', lastChanged: 0n, servers };
}

/** A catalog whose records a test replaces as a whole. */
export class TestCatalog implements CatalogReader {
  private current = snapshotOf([], 0);
  private readonly listeners = new Set<(event: ChangeEvent) => void>();

  snapshot(): CatalogSnapshot {
    return this.current;
  }

  onChange(listener: (event: ChangeEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** @param services not empty: the event needs a record to speak of */
  hold(services: readonly [Service, ...Service[]]): void {
    const contentVersion = this.current.contentVersion + 1;
    this.current = snapshotOf(services, contentVersion);
    const [service] = services;
    for (const listener of this.listeners) {
      listener({
        kind: 'content',
        service,
        previousStatus: service.status,
        reason: 'described',
        detail: undefined,
        time: 0n,
        contentVersion,
      });
    }
  }
}
