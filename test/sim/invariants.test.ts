import { describe, expect, test } from '@jest/globals';
import type { Alive } from '../../src/gossip/wire/message.js';
import {
  catalogsAgree,
  membersAgree,
  nobodyIsMisjudged,
  nothingFails,
  ownRecordsStand,
  queuesAreBounded,
  type Invariant,
} from './invariants.js';
import { lanOf } from './options.js';
import { World, type WorldOptions } from './world.js';

const NEVER_MS = 10_000_000;
const INVARIANTS: readonly Invariant[] = [
  membersAgree,
  catalogsAgree,
  nobodyIsMisjudged,
  nothingFails,
  queuesAreBounded,
  ownRecordsStand,
];

const lan = lanOf(8, 0);

/** A small cluster half a minute after its start, each machine with one instance, one of them new. */
function clusterOf(options: WorldOptions): World {
  const world = new World(options, 1);
  for (const machine of world.machines) {
    machine.deploy(1);
    world.start(machine);
  }
  world.agenda.runUntil(25_000);
  world.machines[3]!.deploy(1);
  world.agenda.runUntil(30_000);
  return world;
}

const gossip = (changes: Partial<WorldOptions['gossip']>): WorldOptions => ({
  ...lan,
  gossip: { ...lan.gossip, ...changes },
});

test('all invariants hold in a healthy cluster', () => {
  const world = clusterOf(lan);
  for (const invariant of INVARIANTS) expect(invariant(world)).toEqual([]);
});

describe('an invariant notices when', () => {
  test('a dead member is still taken for alive, since nobody probes', () => {
    const world = clusterOf(gossip({ probeIntervalMs: NEVER_MS }));
    world.machines[5]!.agent!.end();
    world.agenda.runUntil(60_000);
    expect(membersAgree(world)).toContain('m0000 takes m0005 for alive');
    expect(catalogsAgree(world)).toContain('m0000 believes 000000050001 of m0005 to be service-1 0, not undefined');
  });

  test('a live member is not known, since nothing gets through', () => {
    const world = clusterOf({ ...lan, weather: { ...lan.weather, loss: 1 } });
    expect(membersAgree(world)).toContain('m0000 misses m0001');
  });

  test('a change does not spread, since nobody gossips', () => {
    const world = clusterOf(gossip({ gossipNodes: 0, probeIntervalMs: NEVER_MS }));
    expect(catalogsAgree(world)).toContain('m0000 believes 000000030002 of m0003 to be undefined, not service-2 0');
  });

  test('live members are taken for dead, since nobody waits long enough for an answer', () => {
    const world = clusterOf({
      ...gossip({ probeTimeoutMs: 20, probeIntervalMs: 40, suspicionMult: 1 }),
      weather: { ...lan.weather, latencyMs: [100, 100] },
    });
    expect(nobodyIsMisjudged(world).join('\n')).toMatch(/m000\d loses m000\d/);
  });

  test('packets are too large', () => {
    expect(nothingFails(clusterOf(gossip({ packetBytes: 3000 }))).join('\n')).toMatch(/sends a packet of \d+ bytes/);
  });

  test('messages are dropped, since a member is told of too many others', () => {
    const world = clusterOf(lan);
    const alive = (n: number): Alive => ({
      type: 'alive',
      node: `stranger-${n}`,
      incarnation: 1,
      addr: Uint8Array.of(10, 9, n >> 8, n & 255),
      port: 7946,
      meta: undefined,
      vsn: Uint8Array.of(1, 5, 2, 0, 0, 0),
      clusterName: 'default',
    });
    const messages = Array.from({ length: 5000 }, (_, n) => alive(n));
    world.machines[0]!.agent!.receive(world.machines[1]!.endpoint, messages);
    expect(queuesAreBounded(world).join('\n')).toMatch(/m0000 has dropped \d+ messages/);
  });

  test('a machine loses its own record', () => {
    const world = clusterOf(lan);
    world.machines[4]!.agent!.catalog.loseMember('m0004', world.machines[4]!.agent!.process.wall.nowNs());
    expect(ownRecordsStand(world)).toEqual(['m0004 lost its own 000000040001']);
  });
});
