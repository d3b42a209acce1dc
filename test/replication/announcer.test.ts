import { expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { Announcer } from '../../src/replication/announcer.js';
import { LocalServices } from '../../src/replication/local-services.js';
import { Status } from '../../src/service/service.js';
import { discovered, record } from '../support/records.js';
import { silent } from '../support/log.js';
import { FakeClock, fakeWall } from '../support/time.js';

test('the announcer keeps deadlines, refreshes each second, expires what is old, and leaves no timer behind', async () => {
  const clock = new FakeClock();
  const wall = fakeWall(clock);
  const catalog = new Catalog({ clusterName: 'default', hostname: 'h1' });
  const local = new LocalServices({ hostname: 'h1', sources: ['static'] }, { catalog, clock, wall });
  const announcer = new Announcer(local, { startupGraceMs: 5000 }, { catalog, clock, wall, log: silent });
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
  expect(announcer.vitals()).toEqual([]);

  stop.abort();
  await ended;
  expect(clock.armed).toBe(0);
});

test.each([
  ['as soon as every source has listed and every instance is announced', [discovered()], 100],
  ['when nothing runs here', [], 0],
  ['after the grace, when a source never lists', undefined, 5000],
])('others may act on the catalog %s', async (_when, services, afterMs) => {
  const clock = new FakeClock();
  const wall = fakeWall(clock);
  const catalog = new Catalog({ clusterName: 'default', hostname: 'h1' });
  const local = new LocalServices({ hostname: 'h1', sources: ['static'] }, { catalog, clock, wall });
  const announcer = new Announcer(local, { startupGraceMs: 5000 }, { catalog, clock, wall, log: silent });
  const stop = new AbortController();
  const ended = announcer.run(stop.signal, () => undefined);
  let settledAt: number | undefined;
  void announcer.settled.then(() => (settledAt = clock.now()));
  if (services) announcer.listed('static', services);
  clock.after(100, () => announcer.checked(discovered().id, { status: 'healthy', reason: 'check-passed', output: '' }));
  await clock.advance(4999);
  expect(announcer.graceIsOver).toBe(false);
  await clock.advance(5001);
  expect(settledAt).toBe(afterMs);
  expect(announcer.graceIsOver).toBe(true);
  stop.abort();
  await ended;
});

test('a clock that jumps ahead does not bury what runs here', async () => {
  const clock = new FakeClock();
  let jumpedNs = 0n;
  const steady = fakeWall(clock);
  const wall = { nowNs: () => steady.nowNs() + jumpedNs };
  const catalog = new Catalog({ clusterName: 'default', hostname: 'h1' });
  const local = new LocalServices({ hostname: 'h1', sources: ['static'] }, { catalog, clock, wall });
  const announcer = new Announcer(local, { startupGraceMs: 5000 }, { catalog, clock, wall, log: silent });
  const stop = new AbortController();
  const ended = announcer.run(stop.signal, () => undefined);
  announcer.listed('static', [discovered()]);
  announcer.checked(discovered().id, { status: 'healthy', reason: 'check-passed', output: '' });
  const story: number[] = [];
  catalog.onChange(({ service }) => story.push(service.status));
  for (let i = 0; i < 4; i += 1) {
    jumpedNs += 3_600_000_000_000n;
    await clock.advance(1000);
  }
  expect(story).toEqual([]);
  stop.abort();
  await ended;
});

test('what runs on this host is not complete while a source has not listed, however long that takes', async () => {
  const clock = new FakeClock();
  const wall = fakeWall(clock);
  const catalog = new Catalog({ clusterName: 'default', hostname: 'h1' });
  const local = new LocalServices({ hostname: 'h1', sources: ['static'] }, { catalog, clock, wall });
  const announcer = new Announcer(local, { startupGraceMs: 5000 }, { catalog, clock, wall, log: silent });
  const stop = new AbortController();
  const ended = announcer.run(stop.signal, () => undefined);
  let complete = false;
  void announcer.complete.then(() => (complete = true));
  await clock.advance(60_000);
  expect(complete).toBe(false);
  announcer.listed('static', []);
  await clock.advance(0);
  expect(complete).toBe(true);
  stop.abort();
  await ended;
});
