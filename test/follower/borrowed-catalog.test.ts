import { describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { BorrowedCatalog } from '../../src/follower/borrowed-catalog.js';
import { Mirror } from '../../src/follower/mirror.js';
import { Status, type Service } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';
import { stateWith } from './states.js';

function world() {
  const clock = new FakeClock();
  const own = new Catalog({ clusterName: 'dev-me', hostname: 'me' }, clock);
  const mirror = new Mirror({ wall: fakeWall(clock) });
  const both = new BorrowedCatalog(own, mirror);
  const told: string[] = [];
  const forget = both.onChange(({ kind, service: { name, hostname }, contentVersion }) => {
    expect(contentVersion).toBe(both.snapshot().contentVersion);
    told.push(`${kind} ${name}@${hostname}`);
  });
  let updated = 1_700_000_000_000_000_000n;
  return {
    both,
    own,
    forget,
    told: () => told.splice(0),
    lend: (...records: Service[]) => mirror.replace(stateWith(records), 'http://far:7777'),
    have: (overrides: Partial<Service>) =>
      own.merge(record({ hostname: 'me', updated: (updated += 1n), ...overrides }), { reason: 'discovered' }),
    seen: () =>
      [...both.snapshot().servers.values()]
        .flatMap(({ name: host, services }) => [...services.values()].map(({ name, id }) => `${name}/${id}@${host}`))
        .sort(),
  };
}

const far = (overrides: Partial<Service>): Service => record({ hostname: 'far', ...overrides });

describe('a borrowed catalog', () => {
  test('shows both, as this host sees them', () => {
    const { both, have, lend, seen } = world();
    have({ id: 'w', name: 'web' });
    lend(far({ id: 'a', name: 'api' }));
    expect(seen()).toEqual(['api/a@far', 'web/w@me']);
    expect(both.snapshot()).toMatchObject({ clusterName: 'dev-me', hostname: 'me' });
  });

  test('an own instance, well or not, hides all borrowed ones of its name, and its tombstone gives them back; both are told', () => {
    const { have, lend, seen, told } = world();
    lend(
      far({ id: 'a', name: 'api' }),
      far({ id: 'b', name: 'db' }),
      far({ id: 'c', name: 'api', status: Status.Tombstone }),
    );
    have({ id: 'mine', name: 'api', status: Status.Unhealthy });
    expect(seen()).toEqual(['api/mine@me', 'db/b@far']);
    expect(told().slice(-2)).toEqual(['added api@me', 'removed api@far']);
    have({ id: 'mine', name: 'api', status: Status.Tombstone });
    expect(seen()).toEqual(['api/a@far', 'api/c@far', 'api/mine@me', 'db/b@far']);
    expect(told()).toEqual(['status api@me', 'added api@far']);
  });

  test('of a host with the own name both are shown, and the own record of an id counts', () => {
    const { have, lend, seen } = world();
    have({ id: 'x', name: 'web' });
    lend(record({ hostname: 'me', id: 'x', name: 'other' }), record({ hostname: 'me', id: 'y', name: 'api' }));
    expect(seen()).toEqual(['api/y@me', 'web/x@me']);
  });

  test('tells the changes of both but of what is hidden, each with a higher version', () => {
    const { both, have, lend, told, forget } = world();
    const versions = [both.snapshot().contentVersion];
    const step = (act: () => unknown): string[] => {
      act();
      versions.push(both.snapshot().contentVersion);
      return told();
    };
    expect(step(() => have({ id: 'w', name: 'web' }))).toEqual(['added web@me']);
    expect(step(() => lend(far({ id: 'a', name: 'api' }), far({ id: 'b', name: 'web' })))).toEqual(['added api@far']);
    expect(step(() => lend(far({ id: 'b', name: 'web' })))).toEqual(['status api@far']);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    forget();
    expect(step(() => have({ id: 'w2', name: 'web' }))).toEqual([]);
  });

  test('is the same object until something changes, and puts nothing into the own catalog', () => {
    const { both, own, lend } = world();
    lend(far({ id: 'a', name: 'api' }));
    expect(both.snapshot()).toBe(both.snapshot());
    expect(own.snapshot().servers.size).toBe(0);
  });
});
