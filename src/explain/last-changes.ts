import type { CatalogReader, ChangeEvent } from '../catalog/reader.js';
import type { WallClock } from '../lib/ports.js';
import type { ChangeFacts } from './facts.js';

/** How each record of the catalog changed last: never more than the catalog has records. */
export class LastChanges {
  private readonly byRecord = new Map<string, ChangeFacts>();

  constructor(private readonly deps: { readonly catalog: CatalogReader; readonly wall: WallClock }) {
    deps.catalog.onChange((event) => this.follow(event));
  }

  /** Undefined for one that is not known, or only from before our start. */
  of(host: string, id: string): ChangeFacts | undefined {
    return this.byRecord.get(`${host} ${id}`);
  }

  private follow({ kind, service: { hostname, id }, reason }: ChangeEvent): void {
    const key = `${hostname} ${id}`;
    if (kind === 'removed') this.byRecord.delete(key);
    else this.byRecord.set(key, { reason, atNs: this.deps.wall.nowNs() });
  }
}
