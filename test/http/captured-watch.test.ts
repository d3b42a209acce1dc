import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { UnsentBodies } from '../../src/http/unsent-bodies.js';
import { CatalogViews } from '../../src/http/views.js';
import { Watchers } from '../../src/http/watchers.js';
import { EndlessAnswer, objectsIn } from '../support/stream.js';
import { FakeClock } from '../support/time.js';
import { until } from '../support/until.js';
import { appWith, serving, worldOf } from './support.js';

const PACE_MS = 50;
const NS_PER_SECOND = 1_000_000_000n;

/** A captured stream: what stands before its first object, and the objects. */
function captured(name: string): { readonly head: string; readonly body: string; readonly objects: readonly string[] } {
  const text = readFileSync(new URL(`../fixtures/contract/${name}`, import.meta.url), 'utf8');
  const [, head = '', body = ''] = /^(HTTP[^]*?\r\n\r\n)?([^]*)$/.exec(text) ?? [];
  return { head, body, objects: objectsIn(body) };
}

/** The hosts of an object of either form; the form by service does not tell when they changed last. */
const hostsIn = (object: string) => {
  const state = object.startsWith('{"Servers"') ? object : `{"Services":${object},"ClusterName":"any"}`;
  return [...worldOf(state).catalog.snapshot().servers.values()].sort((a, b) =>
    a.lastChanged < b.lastChanged ? -1 : 1,
  );
};

/** Lets a catalog learn an object as the original did: the records appeared some time ago, and were refreshed since. */
function learn(catalog: Catalog, object: string): void {
  for (const { services, lastChanged } of hostsIn(object)) {
    for (const [i, service] of [...[...services.values()].entries()].reverse()) {
      const appeared = lastChanged < service.updated ? lastChanged : service.updated;
      catalog.merge({ ...service, updated: appeared - BigInt(i) * NS_PER_SECOND }, { reason: 'received' });
      catalog.merge(service, { reason: 'received' });
    }
  }
}

/** Plays the changes that a capture shows, one object after the other, to one who watches `target`. */
async function played(target: string, objects: readonly string[], act: (heard: EndlessAnswer) => void): Promise<void> {
  const clock = new FakeClock();
  const catalog = new Catalog({ clusterName: 'samplecluster', hostname: 'h1' }, clock);
  const views = new CatalogViews({ catalog, members: { alive: () => [] } });
  const watchers = new Watchers({ fileLimit: undefined }, { catalog, views, unsent: new UnsentBodies(), clock });
  const [first = '', ...others] = objects;
  learn(catalog, first);
  await serving(appWith({ catalog, views, watchers }), async (port) => {
    const heard = new EndlessAnswer(port, target);
    try {
      await until('the first object is there', () => heard.chunks.length === 1);
      for (const [i, object] of others.entries()) {
        for (const { services } of hostsIn(object))
          for (const service of services.values()) catalog.merge(service, { reason: 'received' });
        await clock.advance(PACE_MS);
        await until(`object ${i + 2} is there`, () => heard.chunks.length === i + 2);
      }
      act(heard);
    } finally {
      heard.destroy();
    }
  });
}

/** Without what must differ: the date, and what Node says of the connection. */
const comparable = (head: string): string =>
  head.replace(/^Date: .*$/m, 'Date: any').replace(/^(?:Connection|Keep-Alive): .*\r\n/gm, '');

test.each([
  ['watch/v1-by_service.raw', '/watch'],
  ['watch/v1-by_service_false.raw', '/watch?by_service=false'],
  ['v2/api-watch-drain.raw', '/api/watch'],
])('%s: the stream of %s, byte for byte, one object to a chunk', async (name, target) => {
  const { head, objects } = captured(name);
  await played(target, objects, (heard) => {
    expect(comparable(heard.head)).toBe(comparable(head));
    expect(heard.chunks).toEqual(objects);
  });
});

test('watch/v1-by_service.chunked.raw: the same with its framing', async () => {
  const { body } = captured('watch/v1-by_service.chunked.raw');
  await played('/watch', captured('watch/v1-by_service.raw').objects, ({ framed }) => expect(framed).toBe(body));
});

test('watch/v1-by_service_false-node-death.raw: but for the times of the change, which went backwards (fault 3)', async () => {
  const { objects } = captured('watch/v1-by_service_false-node-death.raw');
  const [before = '', after = ''] = objects;
  const [wrong, right] = ['2026-11-22T11:10:42.9903486Z', '2026-11-22T11:11:03.278754685Z'];
  expect(after.split(wrong)).toHaveLength(4); // LastUpdated and LastChanged of the host, LastChanged of the state
  await played('/watch?by_service=false', objects, ({ chunks }) => {
    expect(chunks).toEqual([before, after.replaceAll(wrong, right)]);
  });
});
