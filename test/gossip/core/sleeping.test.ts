import { describe, expect, test } from '@jest/globals';
import { cluster } from './support/world.js';

describe('sleeping (SIGSTOP)', () => {
  test.each([3000, 4000, 8000, 60_000])('one that slept for %i ms declares nobody dead', (sleepMs) => {
    const world = cluster(['a', 'b', 'c']);
    const a = world.host('a');
    a.stopped = true;
    world.advance(sleepMs);
    a.stopped = false;
    world.advance(30_000);
    expect(a.events).toEqual([]);
    expect(a.node.counters.stalls).toBe(1);
    for (const name of ['a', 'b', 'c']) expect(world.host(name).node.aliveNames()).toHaveLength(3);
  });

  test('3.5 s asleep is not taken for death by others', () => {
    const world = cluster(['a', 'b', 'c']);
    world.host('a').stopped = true;
    world.advance(3500);
    world.host('a').stopped = false;
    world.advance(30_000);
    for (const name of ['b', 'c']) expect(world.host(name).events).toEqual([]);
  });

  test('a suspicion that ran out during the sleep gives the suspect time to be heard', () => {
    const world = cluster(['a', 'b', 'c']);
    const a = world.host('a');
    a.hears({ type: 'suspect', node: 'b', incarnation: 1, from: 'x', clusterName: 'default' });
    a.stopped = true;
    world.advance(20_000);
    a.stopped = false;
    world.advance(10_000);
    expect(a.events).toEqual([]);
    expect(a.stateOf('b')).toBe('alive');
  });

  test('a real death is noticed all the same, only later', () => {
    const world = cluster(['a', 'b', 'c']);
    world.kill(world.host('b'));
    const a = world.host('a');
    a.stopped = true;
    world.advance(4000);
    a.stopped = false;
    world.advance(40_000);
    expect(a.events).toEqual(['leave b']);
  });

  test('what was missed is not made up for: no burst of gossip, probes or exchanges', () => {
    const world = cluster(['a', 'b', 'c']);
    const a = world.host('a');
    a.stopped = true;
    world.advance(60_000);
    a.packets.length = 0;
    a.pushPulls = 0;
    a.node.tick(world.now);
    expect(a.packets.length).toBeLessThanOrEqual(2);
    expect(a.pushPulls).toBe(1);
    expect(a.node.nextDeadline()).toBeGreaterThan(world.now);
  });

  test('a probe that was on its way is given up without judgement', () => {
    const world = cluster(['a', 'b']);
    const a = world.host('a');
    a.packets.length = 0;
    while (a.packets.length === 0) world.advance(1);
    a.stopped = true;
    world.advance(1500);
    a.node.tick(world.now);
    expect(a.node.counters).toMatchObject({ probesAbandoned: 1, probesFailed: 0 });
  });
});

describe('lag that the driver reports', () => {
  test('costs a point of health for each ProbeTimeout, and is not counted twice', () => {
    const world = cluster(['a', 'b']);
    const { node } = world.host('a');
    node.lag(499, world.now);
    expect(node.healthScore).toBe(0);
    node.lag(1700, world.now);
    node.lag(1700, world.now);
    expect(node.healthScore).toBe(3);
    expect(node.counters.stalls).toBe(1);
  });
});
