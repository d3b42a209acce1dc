import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Catalog } from '../../src/catalog/catalog.js';
import type { ChangeEvent } from '../../src/catalog/reader.js';
import { Status, type Service } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { FakeClock } from '../support/time.js';

const SECOND = 1_000_000_000n;
const T0 = record().updated;
const RECEIVED = { reason: 'received' } as const;

function catalogWithStory(): {
  catalog: Catalog;
  clock: FakeClock;
  events: ChangeEvent[];
  story: () => string[];
} {
  const clock = new FakeClock();
  const catalog = new Catalog({ clusterName: 'default', hostname: 'h1' }, clock);
  const events: ChangeEvent[] = [];
  catalog.onChange((event) => events.push(event));
  const story = (): string[] =>
    events.map(
      ({ kind, service, previousStatus, reason }) =>
        `${kind} ${service.id} ${previousStatus}→${service.status} ${reason}`,
    );
  return { catalog, clock, events, story };
}

describe('merging (contract section 6.3)', () => {
  test('an unknown id is stored, and its event says that it was unknown before', () => {
    const { catalog, story } = catalogWithStory();
    expect(catalog.merge(record(), RECEIVED)).toBe('changed');
    expect(story()).toEqual(['added aaaaaaaaaaaa 3→0 received']);
    expect(catalog.get('h1', 'aaaaaaaaaaaa')).toEqual(record());
  });

  test('the newest wins: an equal or older time is ignored, one nanosecond later is not', () => {
    const { catalog, story } = catalogWithStory();
    catalog.merge(record(), RECEIVED);
    expect(catalog.merge(record({ status: Status.Unhealthy }), RECEIVED)).toBe('ignored');
    expect(catalog.merge(record({ status: Status.Unhealthy, updated: T0 - 1n }), RECEIVED)).toBe('ignored');
    expect(catalog.merge(record({ status: Status.Unhealthy, updated: T0 + 1n }), RECEIVED)).toBe('changed');
    expect(story()).toEqual(['added aaaaaaaaaaaa 3→0 received', 'status aaaaaaaaaaaa 0→2 received']);
  });

  test('a refresh moves the version but is no event and does not touch what HAProxy depends on', () => {
    const { catalog, events } = catalogWithStory();
    catalog.merge(record(), RECEIVED);
    const before = catalog.snapshot();
    expect(catalog.merge(record({ updated: T0 + SECOND }), RECEIVED)).toBe('refreshed');
    const after = catalog.snapshot();
    expect(events).toHaveLength(1);
    expect([after.version - before.version, after.contentVersion - before.contentVersion]).toEqual([1, 0]);
    expect(after.servers.get('h1')?.lastUpdated).toBe(T0 + SECOND);
    expect(after.servers.get('h1')?.lastChanged).toBe(T0);
  });

  test.each<[string, Partial<Service>]>([
    ['name', { name: 'other' }],
    ['image', { image: 'web:2' }],
    ['mode', { proxyMode: 'tcp' }],
    ['a port', { ports: [{ type: 'tcp', port: 10235, servicePort: 9999, ip: '10.79.0.1' }] }],
    ['all ports', { ports: null }],
  ])('a changed %s is an event of its own kind', (_what, change) => {
    const { catalog, story } = catalogWithStory();
    catalog.merge(record(), RECEIVED);
    catalog.merge(record({ ...change, updated: T0 + 1n }), RECEIVED);
    expect(story()[1]).toBe('content aaaaaaaaaaaa 0→0 received');
  });

  test('an alive copy does not end a draining; a failed one does', () => {
    const { catalog } = catalogWithStory();
    catalog.merge(record({ status: Status.Draining }), RECEIVED);
    catalog.merge(record({ updated: T0 + 1n }), RECEIVED);
    expect(catalog.get('h1', 'aaaaaaaaaaaa')).toMatchObject({ status: Status.Draining, updated: T0 + 1n });
    catalog.merge(record({ updated: T0 + 2n, status: Status.Unhealthy }), RECEIVED);
    expect(catalog.get('h1', 'aaaaaaaaaaaa')?.status).toBe(Status.Unhealthy);
  });

  test('an alive copy of its own host ends a draining; one that came another way is passed on as it came', () => {
    const { catalog, story } = catalogWithStory();
    const draining = record({ hostname: 'h2', status: Status.Draining });
    catalog.merge(draining, RECEIVED);
    const repeated = { ...draining, status: Status.Alive, updated: T0 + 1n };
    expect(catalog.merge(repeated, RECEIVED)).toBe('refreshed');
    expect(catalog.said(catalog.get('h2', draining.id) ?? draining)).toEqual(repeated);
    catalog.merge({ ...repeated, updated: T0 + 2n }, { ...RECEIVED, isFromOrigin: true });
    expect(story().at(-1)).toBe('status aaaaaaaaaaaa 4→0 received');
  });

  describe('of copies that lost their extras on the way', () => {
    const full = record({ ext: { weight: 20 } });
    const stripped = record();

    test.each([
      ['first', [stripped, full]],
      ['last', [full, stripped]],
      ['twice', [stripped, full, stripped]],
    ])('of the same time, one that comes %s loses nothing', (_when, copies) => {
      const { catalog } = catalogWithStory();
      for (const copy of copies) catalog.merge(copy, RECEIVED);
      expect(catalog.get('h1', full.id)).toEqual(full);
      expect(catalog.said(full)).toEqual(full);
    });

    test('a later one keeps what is known, until the extras of its time come', () => {
      const { catalog, story } = catalogWithStory();
      const later = { updated: T0 + 1n };
      catalog.merge(full, RECEIVED);
      expect(catalog.merge({ ...stripped, ...later }, RECEIVED)).toBe('refreshed');
      expect(catalog.get('h1', full.id)).toEqual({ ...full, ...later });
      const changed = { ...full, ...later, ext: { weight: 50 } };
      expect([catalog.wants(changed), catalog.merge(changed, RECEIVED)]).toEqual([true, 'changed']);
      expect([catalog.wants(full), catalog.merge({ ...changed, ext: { weight: 20 } }, RECEIVED)]).toEqual([
        false,
        'ignored',
      ]);
      expect(catalog.get('h1', full.id)).toEqual(changed);
      expect(story()).toEqual(['added aaaaaaaaaaaa 3→0 received', 'content aaaaaaaaaaaa 0→0 received']);
    });

    test('the extras that complete a copy do not prolong its life', async () => {
      const { catalog, clock } = catalogWithStory();
      catalog.merge(stripped, RECEIVED);
      await clock.advance(70_000);
      catalog.merge(full, RECEIVED);
      await clock.advance(11_000);
      catalog.expire(T0);
      expect(catalog.get('h1', full.id)?.status).toBe(Status.Tombstone);
    });

    test('extras that say what holds anyway change nothing', () => {
      const { catalog } = catalogWithStory();
      catalog.merge(stripped, RECEIVED);
      const defaults = { ...stripped, updated: T0 + 1n, ext: { weight: 100, slowStartMs: 0 } };
      expect(catalog.merge(defaults, RECEIVED)).toBe('refreshed');
    });
  });

  test('the times of last change never go backwards, even for a record from a slow clock', () => {
    const { catalog } = catalogWithStory();
    catalog.merge(record(), RECEIVED);
    catalog.merge(record({ id: 'b', updated: T0 - 3600n * SECOND }), RECEIVED);
    expect(catalog.snapshot().lastChanged).toBe(T0 + 1n);
    expect(catalog.snapshot().servers.get('h1')?.lastChanged).toBe(T0 + 1n);
  });

  test('any order of arrival ends in the same catalog', () => {
    const version = fc.record({
      id: fc.constantFrom('a', 'b'),
      hostname: fc.constantFrom('h1', 'h2'),
      step: fc.integer({ min: 0, max: 5 }),
    });
    // The content of a version is a function of its identity and time, as with records of one origin.
    const toRecord = ({ id, hostname, step }: { id: string; hostname: string; step: number }): Service =>
      record({ id, hostname, updated: T0 + BigInt(step), status: step % 3, image: `web:${step}` });
    const final = (versions: readonly Service[]): unknown => {
      const { catalog } = catalogWithStory();
      for (const each of versions) catalog.merge(each, RECEIVED);
      return [...catalog.snapshot().servers.values()]
        .flatMap(({ services }) => [...services.values()])
        .sort((x, y) => (x.hostname + x.id < y.hostname + y.id ? -1 : 1));
    };
    const shuffled = fc
      .array(version)
      .chain((versions) =>
        fc.tuple(fc.constant(versions), fc.shuffledSubarray(versions, { minLength: versions.length })),
      );
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        expect(final(one.map(toRecord))).toEqual(final(other.map(toRecord)));
      }),
    );
  });
});

describe('lifespans (contract section 6.5)', () => {
  test.each([
    ['alive', Status.Alive, 80],
    ['unhealthy', Status.Unhealthy, 80],
    ['unknown', Status.Unknown, 80],
    ['of a status from a newer peer', 9, 80],
    ['draining', Status.Draining, 600],
  ])(
    'a record that is %s is buried once its lifespan is over, one second after its last version',
    async (_name, status, seconds) => {
      const { catalog, clock, story } = catalogWithStory();
      catalog.merge(record({ status }), RECEIVED);
      await clock.advance(seconds * 1000);
      catalog.expire(T0);
      expect(story()).toHaveLength(1);
      await clock.advance(1);
      catalog.expire(T0);
      expect(story()[1]).toBe(`status aaaaaaaaaaaa ${status}→1 expired`);
      expect(catalog.get('h1', 'aaaaaaaaaaaa')?.updated).toBe(T0 + SECOND);
    },
  );

  test('they count from our receipt of the last version, whatever time it carries', async () => {
    const { catalog, clock, story } = catalogWithStory();
    catalog.merge(record({ updated: T0 - 600n * SECOND }), RECEIVED);
    await clock.advance(60_000);
    catalog.merge(record({ updated: T0 - 540n * SECOND }), RECEIVED);
    catalog.merge(record({ updated: T0 - 540n * SECOND }), RECEIVED);
    await clock.advance(80_000);
    catalog.expire(T0 + 140n * SECOND);
    expect(story()).toHaveLength(1);
    await clock.advance(1);
    catalog.expire(T0 + 140n * SECOND);
    expect(story()).toHaveLength(2);
  });

  test('a copy that is not later does not lengthen the life of a record', async () => {
    const { catalog, clock } = catalogWithStory();
    catalog.merge(record(), RECEIVED);
    await clock.advance(80_000);
    catalog.merge(record(), RECEIVED);
    await clock.advance(1);
    catalog.expire(T0);
    expect(catalog.get('h1', 'aaaaaaaaaaaa')?.status).toBe(Status.Tombstone);
  });

  test('a tombstone is forgotten after three hours, and its host with the last of them', async () => {
    const { catalog, clock, story } = catalogWithStory();
    catalog.merge(record({ status: Status.Tombstone }), RECEIVED);
    await clock.advance(3 * 3_600_000);
    catalog.expire(T0);
    expect(catalog.snapshot().servers.size).toBe(1);
    await clock.advance(1);
    catalog.expire(T0);
    expect([catalog.snapshot().servers.size, catalog.size]).toEqual([0, 0]);
    expect(story()[1]).toBe('removed aaaaaaaaaaaa 1→1 forgotten');
  });

  test('a newer version that was missed still wins over an expiry', async () => {
    const { catalog, clock } = catalogWithStory();
    catalog.merge(record(), RECEIVED);
    await clock.advance(100_000);
    catalog.expire(T0);
    catalog.merge(record({ updated: T0 + 60n * SECOND }), RECEIVED);
    expect(catalog.get('h1', 'aaaaaaaaaaaa')?.status).toBe(Status.Alive);
  });
});

describe('restored records', () => {
  const IDS = ['h2', 'aaaaaaaaaaaa'] as const;
  const remembered = record({ hostname: 'h2', updated: T0 - 7200n * SECOND });

  test('live from the restart on, however old they are, and their tombstone stays marked', async () => {
    const { catalog, clock, story } = catalogWithStory();
    catalog.restore([remembered]);
    await clock.advance(80_000);
    catalog.expire(T0);
    expect(story()).toEqual(['added aaaaaaaaaaaa 3→0 restored']);
    await clock.advance(1);
    catalog.expire(T0);
    expect(catalog.get(...IDS)?.status).toBe(Status.Tombstone);
    expect(catalog.isRestored(...IDS)).toBe(true);
  });

  test('are no longer marked once a later version has come; the same version says nothing new', () => {
    const { catalog } = catalogWithStory();
    catalog.restore([remembered]);
    catalog.merge(remembered, RECEIVED);
    expect(catalog.isRestored(...IDS)).toBe(true);
    catalog.merge({ ...remembered, updated: remembered.updated + 1n }, RECEIVED);
    expect(catalog.isRestored(...IDS)).toBe(false);
  });

  test('do not replace what is known already', () => {
    const { catalog } = catalogWithStory();
    catalog.merge(record({ hostname: 'h2', image: 'web:2', updated: T0 - 8000n * SECOND }), RECEIVED);
    catalog.restore([remembered]);
    expect(catalog.get(...IDS)?.image).toBe('web:2');
    expect(catalog.isRestored(...IDS)).toBe(false);
  });

  test('buried with a lost member stay marked; those of this host, whose end we know ourselves, do not', () => {
    const { catalog } = catalogWithStory();
    catalog.restore([remembered, record()]);
    catalog.loseMember('h2', T0);
    catalog.bury('h1', 'aaaaaaaaaaaa', T0 + 1n, { reason: 'gone' });
    expect([catalog.isRestored(...IDS), catalog.isRestored('h1', 'aaaaaaaaaaaa')]).toEqual([true, false]);
  });
});

describe('extras', () => {
  test('survive a copy that came without them, and are taken back by an empty object', () => {
    const { catalog, story } = catalogWithStory();
    const ext = { weight: 10 };
    catalog.merge(record({ ext }), RECEIVED);
    expect(catalog.merge(record({ updated: T0 + 1n }), RECEIVED)).toBe('refreshed');
    expect(catalog.get('h1', 'aaaaaaaaaaaa')).toEqual(record({ ext, updated: T0 + 1n }));
    expect(catalog.merge(record({ updated: T0 + 2n, ext: {} }), RECEIVED)).toBe('changed');
    expect(catalog.get('h1', 'aaaaaaaaaaaa')?.ext).toEqual({});
    expect(story()).toHaveLength(2);
  });
});

describe('burying', () => {
  test('the records of a lost member die with the right status and previous status, after the change (fault 3)', () => {
    const { catalog, events, story } = catalogWithStory();
    catalog.merge(record({ hostname: 'h2' }), RECEIVED);
    catalog.merge(record({ hostname: 'h2', id: 'b', status: Status.Unhealthy }), RECEIVED);
    catalog.merge(record({ hostname: 'h2', id: 'c', status: Status.Tombstone }), RECEIVED);
    catalog.onChange(({ service }) => expect(catalog.get('h2', service.id)?.status).toBe(Status.Tombstone));
    expect(catalog.loseMember('h2', T0 + 5n * SECOND)).toBe(2);
    expect(story().slice(3)).toEqual(['status aaaaaaaaaaaa 0→1 member-lost', 'status b 2→1 member-lost']);
    expect(events.at(-1)?.time).toBeGreaterThanOrEqual(T0 + 5n * SECOND);
  });

  test('works against a clock that was set back: the tombstone is later than the record', () => {
    const { catalog } = catalogWithStory();
    catalog.merge(record(), RECEIVED);
    expect(catalog.bury('h1', 'aaaaaaaaaaaa', T0 - 50n * SECOND, { reason: 'gone' })).toBe(true);
    expect(catalog.get('h1', 'aaaaaaaaaaaa')).toMatchObject({ status: Status.Tombstone, updated: T0 + 1n });
  });

  test('the dead and the unknown stay as they are', () => {
    const { catalog } = catalogWithStory();
    expect(catalog.bury('h1', 'nobody', T0, { reason: 'gone' })).toBe(false);
    catalog.merge(record({ status: Status.Tombstone }), RECEIVED);
    expect(catalog.bury('h1', 'aaaaaaaaaaaa', T0 + 1n, { reason: 'gone' })).toBe(false);
  });
});

describe('snapshots', () => {
  test('are shared while nothing changes and keep their content when it does', () => {
    const { catalog } = catalogWithStory();
    catalog.merge(record(), RECEIVED);
    const before = catalog.snapshot();
    expect(catalog.snapshot()).toBe(before);
    catalog.merge(record({ id: 'b' }), RECEIVED);
    expect(before.servers.get('h1')?.services.size).toBe(1);
    expect(catalog.snapshot().servers.get('h1')?.services.size).toBe(2);
  });

  test('copy only the hosts that changed', () => {
    const { catalog } = catalogWithStory();
    catalog.merge(record(), RECEIVED);
    catalog.merge(record({ hostname: 'h2' }), RECEIVED);
    const before = catalog.snapshot();
    catalog.merge(record({ updated: T0 + 1n }), RECEIVED);
    expect(catalog.snapshot().servers.get('h2')).toBe(before.servers.get('h2'));
    expect(catalog.snapshot().servers.get('h1')).not.toBe(before.servers.get('h1'));
  });

  test('a listener that has been ended hears nothing more', () => {
    const { catalog } = catalogWithStory();
    let heard = 0;
    const end = catalog.onChange(() => (heard += 1));
    catalog.merge(record(), RECEIVED);
    end();
    catalog.merge(record({ id: 'b' }), RECEIVED);
    expect(heard).toBe(1);
  });
});
