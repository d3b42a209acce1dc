import { deflateRawSync } from 'node:zlib';
import { Catalog } from '../../src/catalog/catalog.js';
import type { ProxyHappening } from '../../src/journal/event.js';
import { Journal } from '../../src/journal/journal.js';
import { serviceHappening } from '../../src/journal/service-happening.js';
import type { KeptConfig } from '../../src/journal/snapshot.js';
import type { Service } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';

export const EVERYTHING = { service: undefined, host: undefined, kinds: undefined };
export const ALWAYS = { ...EVERYTHING, since: undefined, until: undefined, limit: 10_000 };

export const deflate = (text: string): Promise<Buffer> => Promise.resolve(deflateRawSync(text));
export const turn = (): Promise<void> => Promise.resolve();

/** Any text is its own name here. */
export const configOf = (text: string): KeptConfig => ({ digest: `of ${text.length}: ${text.slice(0, 40)}`, text });

export function proxyHappening(config: KeptConfig): ProxyHappening {
  const facts = { reasons: [], code: undefined, tookMs: 1, digest: config.digest };
  return { kind: 'proxy', what: 'runtime', host: 'h1', text: 'servers changed', ...facts };
}

/** A catalog with a journal of its changes, and of what a test says that HAProxy has. */
export function journaled({ size = 10_000, open = true }: { readonly size?: number; readonly open?: boolean } = {}) {
  const clock = new FakeClock();
  const wall = fakeWall(clock);
  const catalog = new Catalog({ clusterName: 'test', hostname: 'h1' }, clock);
  let template = 'a template';
  const surroundings = () => ({ template, settings: 'cluster_name = "test"' });
  const journal = new Journal({ size }, { catalog, surroundings, wall });
  catalog.onChange((event) => journal.record(serviceHappening(event, true)));
  if (open) journal.open([], 1);
  let versions = 0n;
  return {
    clock,
    wall,
    catalog,
    journal,
    /** A later version of a record, as a peer would tell it. */
    put: (facts: Partial<Service> = {}): void => {
      versions += 1n;
      void catalog.merge(record({ updated: record().updated + versions, ...facts }), { reason: 'received' });
    },
    retemplate: (text: string): void => void (template = text),
    serve: (text: string): void => {
      const config = configOf(text);
      journal.record(proxyHappening(config), config);
    },
    ids: (): readonly number[] => journal.history(ALWAYS).entries.map(({ id }) => id),
  };
}
