import { expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { Announcer } from '../../src/replication/announcer.js';
import { LocalServices } from '../../src/replication/local-services.js';
import { Status } from '../../src/service/service.js';
import { discovered, record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';

test('the announcer keeps deadlines, refreshes each second, expires what is old, and leaves no timer behind', async () => {
  const clock = new FakeClock();
  const wall = fakeWall(clock);
  const catalog = new Catalog({ clusterName: 'default', hostname: 'h1' });
  const local = new LocalServices({ hostname: 'h1', sources: ['static'] }, { catalog, clock, wall });
  const announcer = new Announcer(local, { catalog, clock, wall });
  const stop = new AbortController();
  const ended = announcer.run(stop.signal, () => undefined);
  const { id } = discovered();

  announcer.listed('static', [discovered()]);
  await clock.advance(1000);
  expect(catalog.get('h1', id)?.status).toBe(Status.Unhealthy);
  announcer.checked(id, { status: 'healthy', reason: 'check-passed', output: '' });
  expect(catalog.get('h1', id)?.status).toBe(Status.Alive);

  catalog.merge(record({ hostname: 'h2', updated: wall.nowNs() }), { reason: 'received' });
  await clock.advance(100_000);
  expect(catalog.get('h1', id)?.status).toBe(Status.Alive);
  expect(catalog.get('h2', id)?.status).toBe(Status.Tombstone);
  expect(announcer.sinceRefreshMs()).toBeLessThanOrEqual(1000);

  stop.abort();
  await ended;
  expect(clock.armed).toBe(0);
});
