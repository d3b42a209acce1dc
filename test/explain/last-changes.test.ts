import { expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { LastChanges } from '../../src/explain/last-changes.js';
import { Status } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';

test('of each record the last change is known, its refreshes aside, until it is forgotten', async () => {
  const clock = new FakeClock();
  const wall = fakeWall(clock);
  const catalog = new Catalog({ clusterName: 'default', hostname: 'h1' }, clock);
  const changes = new LastChanges({ catalog, wall });
  const { hostname, id, updated } = record();
  expect(changes.of(hostname, id)).toBeUndefined();
  catalog.merge(record(), { reason: 'discovered' });
  const first = changes.of(hostname, id);
  expect(first?.reason).toBe('discovered');
  await clock.advance(1_000);
  catalog.merge(record({ updated: updated + 1n }), { reason: 'described' });
  expect(changes.of(hostname, id)).toEqual(first);
  catalog.merge(record({ updated: updated + 2n, status: Status.Tombstone }), { reason: 'gone' });
  expect(changes.of(hostname, id)?.reason).toBe('gone');
  await clock.advance(4 * 3_600_000);
  catalog.expire(wall.nowNs());
  expect(changes.of(hostname, id)).toBeUndefined();
});
