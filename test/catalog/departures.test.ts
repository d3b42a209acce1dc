import { describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { Departures } from '../../src/catalog/departures.js';
import { LIFESPANS } from '../../src/catalog/lifespan.js';
import type { ChangeReason } from '../../src/catalog/reason.js';
import { Status, type Service } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';

const T0 = record().updated;
const SECOND_NS = 1_000_000_000n;
const HOLD_MS = 300_000;

/** The view of host `h1`; `web` is one instance on h2. */
function world({ wallStartNs = T0 } = {}) {
  const clock = new FakeClock();
  const catalog = new Catalog({ clusterName: 'default', hostname: 'h1' }, clock);
  const members = new Set(['h1', 'h2', 'h3']);
  const wall = fakeWall(clock, wallStartNs);
  const departures = new Departures({ catalog, members: { alive: () => [...members] }, clock, wall });
  let updated = T0;
  const tell = (status: number, overrides: Partial<Service> = {}, reason: ChangeReason = 'received'): void => {
    updated += SECOND_NS;
    catalog.merge(record({ hostname: 'h2', status, updated, ...overrides }), { reason });
  };
  const outForMs = (hostname = 'h2', id = record().id): number | undefined => departures.outOfSightForMs(hostname, id);
  return { clock, catalog, members, departures, tell, outForMs };
}

describe('an instance is seen to die', () => {
  test('when its tombstone comes while its host is a member', async () => {
    const { clock, tell, outForMs } = world();
    tell(Status.Alive);
    tell(Status.Tombstone);
    await clock.advance(60_000);
    expect(outForMs()).toBeUndefined();
  });

  test.each(['gone', 'withdrawn'] as const)('when discovery on this host says so: %s', (reason) => {
    const { tell, outForMs, members } = world();
    members.clear();
    tell(Status.Alive, { hostname: 'h1' }, 'discovered');
    tell(Status.Tombstone, { hostname: 'h1' }, reason);
    expect(outForMs('h1')).toBeUndefined();
  });

  test('when its host dies, but only half a minute after its tombstone', async () => {
    const { clock, tell, outForMs, departures } = world();
    tell(Status.Alive);
    tell(Status.Tombstone);
    await clock.advance(30_001);
    departures.memberDied('h2');
    expect(outForMs()).toBeUndefined();
  });
});

describe('an instance is out of sight', () => {
  test('when its record expires', async () => {
    const { clock, catalog, tell, outForMs } = world();
    tell(Status.Alive);
    await clock.advance(LIFESPANS.live + 1);
    catalog.expire(T0);
    await clock.advance(5_000);
    expect(outForMs()).toBe(5_000);
  });

  test('when its host is lost', () => {
    const { catalog, tell, outForMs } = world();
    tell(Status.Draining);
    catalog.loseMember('h2', T0 + 100n * SECOND_NS);
    expect(outForMs()).toBe(0);
  });

  test('when its tombstone comes while its host is no member', () => {
    const { members, tell, outForMs } = world();
    tell(Status.Alive);
    members.delete('h2');
    tell(Status.Tombstone);
    expect(outForMs()).toBe(0);
  });

  test('since its tombstone, when peers told of it up to half a minute before its host was found dead', async () => {
    const { clock, tell, outForMs, departures } = world();
    tell(Status.Alive);
    tell(Status.Alive, { hostname: 'h3' });
    tell(Status.Tombstone);
    tell(Status.Tombstone, { hostname: 'h3' });
    await clock.advance(30_000);
    departures.memberDied('h2');
    expect(outForMs()).toBe(30_000);
    expect(outForMs('h3')).toBeUndefined();
  });

  test.each([Status.Unhealthy, Status.Unknown])('only if it could serve before: not with status %p', (status) => {
    const { catalog, tell, outForMs } = world();
    tell(status);
    catalog.loseMember('h2', T0 + 100n * SECOND_NS);
    expect(outForMs()).toBeUndefined();
  });

  test('until it is alive again', () => {
    const { catalog, tell, outForMs, departures } = world();
    tell(Status.Alive);
    catalog.loseMember('h2', T0 + 2n * SECOND_NS);
    tell(Status.Alive);
    tell(Status.Alive, { updated: T0 + 100n * SECOND_NS });
    expect(outForMs()).toBeUndefined();
    expect(departures.encode()).toBe('[]');
  });

  test('until its tombstone is forgotten', async () => {
    const { clock, catalog, tell, departures } = world();
    tell(Status.Alive);
    catalog.loseMember('h2', T0 + 100n * SECOND_NS);
    await clock.advance(LIFESPANS.tombstone + 1);
    catalog.expire(T0);
    expect(departures.encode()).toBe('[]');
  });
});

test('the end of the next hold is told, and none after the last', async () => {
  const { clock, catalog, tell, departures } = world();
  expect(departures.nextEndMs(HOLD_MS)).toBeUndefined();
  tell(Status.Alive);
  tell(Status.Alive, { hostname: 'h3' });
  catalog.loseMember('h2', 0n);
  await clock.advance(10_000);
  catalog.loseMember('h3', 0n);
  expect(departures.nextEndMs(HOLD_MS)).toBe(HOLD_MS - 10_000);
  await clock.advance(HOLD_MS - 10_000);
  expect(departures.nextEndMs(HOLD_MS)).toBe(10_000);
  await clock.advance(10_000);
  expect(departures.nextEndMs(HOLD_MS)).toBeUndefined();
});

describe('over a restart', () => {
  /** An agent that knows of h2's loss, and what the next one finds of its catalog. */
  async function before(): Promise<{ readonly text: string; readonly records: readonly Service[] }> {
    const { clock, catalog, tell, departures } = world();
    tell(Status.Alive);
    catalog.loseMember('h2', 0n);
    await clock.advance(20_000);
    return { text: departures.encode(), records: catalog.recordsOf('h2') };
  }

  test('an instance stays out of sight since it was first, by the wall clock', async () => {
    const { text, records } = await before();
    const { catalog, departures, outForMs } = world({ wallStartNs: T0 + 60n * SECOND_NS });
    catalog.restore(records);
    expect(departures.restore(text)).toBeUndefined();
    expect(outForMs()).toBe(60_000);
    expect(departures.encode()).toBe(text);
  });

  test('a wall clock that was set back begins the time anew, and makes it no longer', async () => {
    const { text, records } = await before();
    const { catalog, departures, outForMs } = world({ wallStartNs: T0 - 3600n * SECOND_NS });
    catalog.restore(records);
    departures.restore(text);
    expect(outForMs()).toBe(0);
  });

  test('what the catalog does not hold as a tombstone is passed over', async () => {
    const { text } = await before();
    const { tell, departures } = world();
    departures.restore(text);
    tell(Status.Alive);
    departures.restore(text);
    expect(departures.encode()).toBe('[]');
  });

  test.each(['', '{}', '[1]', '[["h2"]]', '[["h2", "a", 5]]', '[["h2", "a", "-5"]]', '[["h2", "a", "5e3"]]'])(
    'what is no such list is refused whole: %s',
    (text) => {
      const { departures } = world();
      expect(departures.restore(text)).toBe('is no list of [hostname, id, nanoseconds]');
    },
  );
});
