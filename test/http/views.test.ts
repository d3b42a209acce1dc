import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CatalogViews } from '../../src/http/views.js';
import { bodyOf } from '../../src/listeners/body.js';
import { FakeCatalog, service, snapshotOf, time } from './support.js';

function viewsOf(catalog: FakeCatalog, members: readonly string[] = []): CatalogViews {
  return new CatalogViews({ catalog, members: { alive: () => members } });
}

/** The ids in the order of the list of `web`. */
function idsIn(body: Buffer): readonly string[] {
  const { Services } = JSON.parse(body.toString()) as { Services: { web: readonly { ID: string }[] } };
  return Services.web.map((record) => record.ID);
}

describe('views of the catalog', () => {
  test('all readers of a version share one body', () => {
    const catalog = new FakeCatalog(snapshotOf([service({})]));
    const views = viewsOf(catalog, ['h1']);
    expect(views.services()).toBe(views.services());
    expect(views.state()).toBe(views.state());
    expect(views.service('web')).toBe(views.service('web'));
    expect(views.grouped()).toBe(views.grouped());
    expect(views.byName()).toBe(views.byName());
  });

  test('listeners are sent the very bytes of /state.json', () => {
    const catalog = new FakeCatalog(snapshotOf([service({})]));
    const event = { service: service({}), previousStatus: 3, time: 0n };
    expect(bodyOf(catalog.current, event)).toContain(viewsOf(catalog).state());
  });

  test('a new version is seen at once', () => {
    const catalog = new FakeCatalog(snapshotOf([service({})]));
    const views = viewsOf(catalog);
    const bodies = (): readonly string[] =>
      [views.services(), views.service('web'), views.grouped(), views.state()].map(String);
    const before = bodies();
    catalog.current = snapshotOf([service({ status: 2 })], { version: 2 });
    const after = bodies();
    expect(before.map((body) => body.replace(/("Status": ?)0/, '$12'))).toEqual(after);
    expect(after).not.toEqual(before);
  });

  test('a member that comes or goes changes /services.json within the same version', () => {
    const members = ['h1'];
    const views = viewsOf(new FakeCatalog(snapshotOf([service({})])), members);
    const alone = views.services().toString();
    members.push('h2');
    expect(views.services().toString()).not.toBe(alone);
    members.pop();
    expect(views.services().toString()).toBe(alone);
  });

  test('a member without an entry counts no services since 1970', () => {
    const views = viewsOf(new FakeCatalog(snapshotOf([])), ['h2']);
    expect(views.services().toString()).toBe(
      `{
  "Services": {},
  "ClusterMembers": {
    "h2": {
      "Name": "h2",
      "LastUpdated": "1970-01-01T00:00:00Z",
      "ServiceCount": 0
    }
  },
  "ClusterName": "test"
}`,
    );
  });

  test('without members there is no such key', () => {
    const views = viewsOf(new FakeCatalog(snapshotOf([])));
    expect(views.services().toString()).toBe('{\n  "Services": {},\n  "ClusterName": "test"\n}');
  });

  test('no ports and an empty list of ports stay apart', () => {
    const nothing = service({ id: 'a', ports: null, updated: 1n });
    const empty = service({ id: 'b', ports: [], updated: 2n });
    const body = viewsOf(new FakeCatalog(snapshotOf([nothing, empty])))
      .services()
      .toString();
    expect(body.match(/"Ports": .*/g)).toEqual(['"Ports": null,', '"Ports": [],']);
  });

  test('tombstones and unknown statuses are listed too', () => {
    const gone = service({ id: 'a', status: 1 });
    const newer = service({ id: 'b', status: 17, hostname: 'h2' });
    expect(idsIn(viewsOf(new FakeCatalog(snapshotOf([gone, newer]))).services())).toEqual(['a', 'b']);
  });

  test('a list starts with the longest unrefreshed; equal times are ordered by host, then id', () => {
    const at = time('2026-11-22T11:10:00Z');
    const inOrder = [
      service({ id: 'z', hostname: 'h9', updated: at - 1n }),
      service({ id: 'b', hostname: 'h1', updated: at }),
      service({ id: 'c', hostname: 'h1', updated: at }),
      service({ id: 'a', hostname: 'h2', updated: at }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(inOrder, { minLength: 4 }), (services) => {
        const views = viewsOf(new FakeCatalog(snapshotOf(services)));
        expect(idsIn(views.services())).toEqual(['z', 'b', 'c', 'a']);
        expect(idsIn(views.service('web')!)).toEqual(['z', 'b', 'c', 'a']);
      }),
    );
  });

  test('the same catalog gives the same bytes, in whatever order it was learnt; keys are in byte order', () => {
    const names = ['web', 'Web', 'a', 'z.b', 'é', '\u{1f600}', '\uffee'];
    const services = names.map((name, i) => service({ id: `id${i}`, name, hostname: `h${i % 3}`, updated: BigInt(i) }));
    const expected = viewsOf(new FakeCatalog(snapshotOf(services)), ['h1', 'h2']);
    fc.assert(
      fc.property(fc.shuffledSubarray(services, { minLength: services.length }), (shuffled) => {
        const views = viewsOf(new FakeCatalog(snapshotOf(shuffled)), ['h2', 'h1']);
        expect(views.services().equals(expected.services())).toBe(true);
        expect(views.grouped().equals(expected.grouped())).toBe(true);
        expect(views.state().equals(expected.state())).toBe(true);
      }),
    );
    expect([...expected.byName().keys()]).toEqual(['Web', 'a', 'web', 'z.b', 'é', '\uffee', '\u{1f600}']);
  });

  test('names are escaped as Go does', () => {
    const views = viewsOf(new FakeCatalog(snapshotOf([service({ name: '<a&b>' })], { clusterName: '<c>' })));
    expect(views.services().toString()).toContain(String.raw`"\u003ca\u0026b\u003e": [`);
    expect(views.services().toString()).toContain(String.raw`"ClusterName": "\u003cc\u003e"`);
    expect(views.grouped().toString()).toContain(String.raw`{"\u003ca\u0026b\u003e":[{`);
    expect(views.state().toString()).toContain(String.raw`"Name":"\u003ca\u0026b\u003e"`);
  });
});
