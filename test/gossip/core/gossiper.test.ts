import { describe, expect, test } from '@jest/globals';
import { alive, dead, home } from './support/claims.js';
import { World } from './support/world.js';

describe('a nudge', () => {
  test('makes gossip of 10 ms from now, once for many, and not again within 20 ms', () => {
    const world = new World();
    const a = world.add('a', { gossipIntervalMs: 1e9, probeIntervalMs: 1e9 });
    a.node.start(0);
    a.hears(alive('b', 1));
    world.advance(100);
    a.packets.length = 0;
    a.payloads = () => [Buffer.from('x')];
    a.node.nudge(world.now);
    a.node.nudge(world.now);
    world.advance(10);
    const burst = a.packets.filter(({ at }) => at === 110).length;
    expect(a.packets).toHaveLength(burst);
    a.node.nudge(world.now);
    world.advance(19);
    expect(a.packets).toHaveLength(burst);
    world.advance(1);
    expect(a.packets).toHaveLength(2 * burst);
  });
});

describe('the beat of gossip', () => {
  test('is kept however much is nudged, and reaches up to three members', () => {
    const world = new World();
    const a = world.add('a', { probeIntervalMs: 1e9 });
    a.node.start(0);
    for (const name of ['b', 'c', 'd', 'e']) a.hears(alive(name, 1));
    a.payloads = ({ round }) => (seen.has(round) ? [] : [Buffer.from(String(seen.add(round).size))]);
    const seen = new Set<number>();
    world.advance(1000);
    expect(a.packets).toHaveLength(6); // one of them for the nudge of our own arrival
    for (const { receivers } of a.packets) expect(new Set(receivers.map(({ address }) => address)).size).toBe(3);
  });

  test('tells the dead, who may live, for so long, and never those that left', () => {
    const world = new World();
    const a = world.add('a', { probeIntervalMs: 1e9, gossipToTheDeadMs: 5000 });
    a.node.start(0);
    for (const name of ['b', 'c']) a.hears(alive(name, 1));
    a.hears(dead('b', 1, 'x'));
    a.hears(dead('c', 1, 'c'));
    a.payloads = () => [Buffer.from('x')];
    world.advance(20_000);
    const told = a.packets.flatMap(({ at, receivers }) => receivers.map(({ address }) => ({ at, address })));
    expect(new Set(told.map(({ address }) => address))).toEqual(new Set([home('b').address]));
    expect(Math.max(...told.map(({ at }) => at))).toBeLessThanOrEqual(5000);
    expect(Math.max(...told.map(({ at }) => at))).toBeGreaterThan(4700);
  });
});
