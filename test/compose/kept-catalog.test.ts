import { expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { keptCatalog } from '../../src/compose/kept-state.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { LocalServices } from '../../src/replication/local-services.js';
import { Replicator } from '../../src/replication/replicator.js';
import { Status } from '../../src/service/service.js';
import { silent } from '../support/log.js';
import { record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';

const START_NS = 1_700_000_000_000_000_000n;
const TEN_MINUTES_NS = 600_000_000_000n;

/** One life of an agent: it knows nobody and is alone. */
function life(startNs: bigint) {
  const clock = new FakeClock();
  const wall = fakeWall(clock, startNs);
  const catalog = new Catalog({ clusterName: 'default', hostname: 'h1' }, clock);
  const local = new LocalServices({ hostname: 'h1', sources: ['static'] }, { catalog, clock, wall });
  const replicator = new Replicator(
    { hostname: 'h1', maxFutureMs: 600_000, maxPayloadBytes: 1395 },
    {
      ...{ catalog, local, clock, wall, log: silent, problems: new ProblemBoard(wall) },
      members: { alive: () => ['h1'] },
      random: { below: () => 0 },
      nudge: () => undefined,
      exchangeWith: () => undefined,

      onDeath: () => undefined,
    },
  );
  const kept = keptCatalog({ catalog, replicator, now: () => clock.now() });
  return { clock, wall, catalog, replicator, kept };
}

test('an agent that was down for ten minutes and finds no peer serves its last state for the life of a record', async () => {
  const before = life(START_NS);
  before.catalog.merge(record({ hostname: 'h2', updated: START_NS }), { reason: 'received' });
  const text = before.kept.encode() ?? '';

  const after = life(START_NS + TEN_MINUTES_NS);
  const { id } = record();
  expect(after.kept.restore(text, 1)).toBeUndefined();
  await after.clock.advance(79_000);
  after.catalog.expire(after.wall.nowNs());
  expect(after.catalog.get('h2', id)?.status).toBe(Status.Alive);
  expect(Buffer.from(after.replicator.localState(false)).toString()).not.toContain(id);
  await after.clock.advance(2_000);
  after.catalog.expire(after.wall.nowNs());
  expect(after.catalog.get('h2', id)?.status).toBe(Status.Tombstone);
  expect(after.replicator.waiting).toBe(0);
});
