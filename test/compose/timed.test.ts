import { beforeEach, describe, expect, test } from '@jest/globals';
import { TimedCatalog, TimedReplicator } from '../../src/compose/timed.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { LocalServices } from '../../src/replication/local-services.js';
import { silent } from '../support/log.js';
import { record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';

const BUDGET = { limitBytes: 1300, overheadBytes: 3, round: 1, transmitLimit: 4 };

let told: string[];
let catalog: TimedCatalog;
let replicator: TimedReplicator;

beforeEach(() => {
  told = [];
  const timed = <T>(name: string, act: () => T): T => {
    const done = act();
    told.push(name);
    return done;
  };
  const clock = new FakeClock();
  const wall = fakeWall(clock);
  catalog = new TimedCatalog(timed, { clusterName: 'default', hostname: 'h1' }, clock);
  replicator = new TimedReplicator(
    { timed, gauge: (name, value) => told.push(`${name}=${value}`) },
    { hostname: 'h1', maxFutureMs: 600_000, maxPayloadBytes: 1395 },
    {
      ...{ catalog, clock, wall, log: silent, problems: new ProblemBoard(wall) },
      local: new LocalServices({ hostname: 'h1', sources: ['static'] }, { catalog, clock, wall }),
      members: { alive: () => ['h1', 'h2'] },
      random: { below: () => 0 },
      nudge: () => undefined,
      exchangeWith: () => undefined,
      onDeath: () => undefined,
    },
  );
});

describe('what the original measures (contract section 11)', () => {
  test('of a record of this host: that it is stored, and that it is handed over to be sent', () => {
    expect(catalog.merge(record(), { reason: 'discovered' })).toBe('changed');
    expect(told).toEqual(['services_state.SendServices', 'services_state.AddServiceEntry']);
  });

  test('of a record that a peer told: that it is stored, not that it is sent', () => {
    catalog.merge(record({ hostname: 'h2' }), { reason: 'received' });
    expect(told).toEqual(['services_state.AddServiceEntry']);
  });

  test('each second, and at each look for what has expired', () => {
    replicator.beat();
    catalog.expire(0n);
    expect(told).toEqual([
      'services_state.BroadcastServices',
      'services_state.TombstoneOthersServices',
      'services_state.BroadcastTombstones',
    ]);
  });

  test('of gossip: how much waits, then that it was asked for, and what came', () => {
    catalog.merge(record(), { reason: 'discovered' });
    told = [];
    expect(replicator.takeBroadcasts(BUDGET)).toHaveLength(1);
    replicator.onUserMessage(Buffer.from('no record'));
    replicator.onRemoteState(Buffer.from('no state'));
    expect(told).toEqual([
      'delegate.pendingBroadcasts=1',
      'delegate.GetBroadcasts',
      'delegate.NotifyMsg',
      'delegate.MergeRemoteState',
    ]);
  });
});
