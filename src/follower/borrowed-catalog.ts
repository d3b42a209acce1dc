import type { CatalogReader, CatalogSnapshot, ChangeEvent, ServerEntry } from '../catalog/reader.js';
import { Status, type Service } from '../service/service.js';

/**
 * The own catalog, and beside it what another Sidecar believes. A service with an instance of this host's own that is no tombstone
 * is this host's alone, well or not: nothing of that name is borrowed. Nothing that is borrowed gets into the own catalog.
 */
export class BorrowedCatalog implements CatalogReader {
  private last:
    { readonly own: CatalogSnapshot; readonly lent: CatalogSnapshot; readonly both: CatalogSnapshot } | undefined;

  constructor(
    private readonly own: CatalogReader,
    private readonly lent: CatalogReader,
  ) {}

  snapshot(): CatalogSnapshot {
    const [own, lent] = [this.own.snapshot(), this.lent.snapshot()];
    if (this.last?.own !== own || this.last.lent !== lent) this.last = { own, lent, both: joined(own, lent) };
    return this.last.both;
  }

  /** Changes of what is borrowed are told unless an own service stands before them; that one comes to stand there, or goes, is told. */
  onChange(listener: (event: ChangeEvent) => void): () => void {
    const tell = (event: ChangeEvent): void => listener({ ...event, contentVersion: this.snapshot().contentVersion });
    let names = ownNames(this.own.snapshot());
    const ends = [
      this.own.onChange((event) => {
        tell(event);
        const before = names;
        names = ownNames(this.own.snapshot());
        for (const { services } of this.lent.snapshot().servers.values())
          for (const service of services.values()) {
            const isHidden = names.has(service.name);
            if (service.status !== Status.Tombstone && isHidden !== before.has(service.name))
              tell({ ...event, ...(isHidden ? gone(service) : back(service)) });
          }
      }),
      this.lent.onChange((event) => {
        if (!names.has(event.service.name)) tell(event);
      }),
    ];
    return () => ends.forEach((end) => end());
  }
}

type Change = Pick<ChangeEvent, 'kind' | 'service' | 'previousStatus' | 'reason' | 'detail'>;

const gone = (service: Service): Change => ({
  ...{ kind: 'removed', service, previousStatus: service.status, reason: 'hidden', detail: undefined },
});

const back = (service: Service): Change => ({
  ...{ kind: 'added', service, previousStatus: Status.Unknown, reason: 'uncovered', detail: undefined },
});

function joined(own: CatalogSnapshot, lent: CatalogSnapshot): CatalogSnapshot {
  const names = ownNames(own);
  const servers = new Map(own.servers);
  for (const [host, entry] of lent.servers) {
    const free = [...entry.services].filter(([, { name }]) => !names.has(name));
    if (free.length > 0) servers.set(host, withMore(entry, free, own.servers.get(host)));
  }
  return {
    ...own,
    version: own.version + lent.version,
    contentVersion: own.contentVersion + lent.contentVersion,
    lastChanged: later(own.lastChanged, lent.lastChanged),
    servers,
  };
}

/** @param same the own entry of a host of that name: what it says of an id counts */
function withMore(
  lent: ServerEntry,
  services: readonly (readonly [string, Service])[],
  same: ServerEntry | undefined,
): ServerEntry {
  return {
    name: lent.name,
    services: new Map([...services, ...(same?.services ?? [])]),
    lastUpdated: later(lent.lastUpdated, same?.lastUpdated ?? 0n),
    lastChanged: later(lent.lastChanged, same?.lastChanged ?? 0n),
  };
}

function ownNames({ servers }: CatalogSnapshot): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { services } of servers.values())
    for (const { name, status } of services.values()) if (status !== Status.Tombstone) names.add(name);
  return names;
}

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);
