import { describe, expect, test } from '@jest/globals';
import { cluster, World } from './support/world.js';

describe('leaving (PROTOCOL 16)', () => {
  test('is told by our own word, is known to all at once, and ends when it was told often enough', () => {
    const world = cluster(['a', 'b', 'c']);
    const a = world.host('a');
    a.node.leave(world.now);
    expect(a.node.hasLeft()).toBe(false);
    world.advance(50);
    expect(a.sent).toContain('to b: dead a@1 from a');
    for (const name of ['b', 'c']) {
      expect(world.host(name).stateOf('a')).toBe('left');
      expect(world.host(name).events).toEqual(['leave a']);
    }
    world.advance(1000);
    expect(a.node.hasLeft()).toBe(true);
  });

  test('goes on answering, but accuses, exchanges and joins no more', () => {
    const world = cluster(['a', 'b'], { hasSeeds: true });
    const [a, b] = [world.host('a'), world.host('b')];
    a.node.leave(world.now);
    world.kill(b);
    a.pushPulls = 0;
    a.hears({ type: 'ping', node: 'a', seqNo: 1 });
    expect(a.sent.at(-1)).toBe('to 10.9.9.9: ack');
    a.sent.length = 0;
    world.advance(100_000);
    expect(a.joins).toEqual([]);
    expect(a.pushPulls).toBe(0);
    expect(a.sent.filter((line) => line.includes('ping'))).toEqual([]);
  });

  test('is over at once when there is nobody to tell', () => {
    const world = new World();
    const a = world.add('a');
    a.node.start(0);
    a.node.leave(0);
    expect(a.node.hasLeft()).toBe(true);
    expect(a.node.aliveNames()).toEqual([]);
  });

  test('does not end before it has begun', () => {
    expect(cluster(['a', 'b']).host('a').node.hasLeft()).toBe(false);
  });
});

describe('coming back', () => {
  test('a restarted member counts from 1 again, learns what others know of it, and jumps past that', () => {
    const world = cluster(['a', 'b', 'c']);
    const place = world.host('b').place;
    world.kill(world.host('b'));
    world.advance(10_000);
    expect(world.host('a').events).toEqual(['leave b']);
    const again = world.add('b', { advertise: place, hasSeeds: true });
    world.seeds = [world.host('a').place];
    again.node.start(world.now);
    world.advance(1000);
    expect(world.host('a').events).toEqual(['leave b', 'join b']);
    expect(world.host('c').events).toEqual(['leave b', 'join b']);
    expect(again.node.member('b')?.incarnation).toBe(2);
  });

  test('a member that is back within its suspicion was never away', () => {
    const world = cluster(['a', 'b', 'c']);
    const place = world.host('b').place;
    world.kill(world.host('b'));
    world.advance(2500);
    const again = world.add('b', { advertise: place, hasSeeds: true });
    world.seeds = [world.host('a').place];
    again.node.start(world.now);
    world.advance(20_000);
    for (const name of ['a', 'c']) expect(world.host(name).events).toEqual([]);
  });

  test('a member that left may come back at another place', () => {
    const world = cluster(['a', 'b']);
    world.host('b').node.leave(world.now);
    world.advance(2000);
    world.kill(world.host('b'));
    const again = world.add('b', { hasSeeds: true });
    world.seeds = [world.host('a').place];
    again.node.start(world.now);
    world.advance(2000);
    expect(world.host('a').node.member('b')).toMatchObject({ state: 'alive', ...again.place });
  });
});
