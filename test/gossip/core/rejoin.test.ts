import { describe, expect, test } from '@jest/globals';
import { dead, home } from './support/claims.js';
import { cluster, World, type Host } from './support/world.js';

const seconds = ({ joins }: Host): readonly number[] => joins.map(({ at }) => at / 1000);
const peer = (name: string): { readonly name: string; readonly address: string; readonly port: number } => ({
  name,
  ...home(name),
});

describe('joining at the start', () => {
  test('without seeds and without known peers there is nobody to join', () => {
    const a = new World().add('a');
    a.node.start(0);
    expect(a.joins).toEqual([]);
  });

  test('while no seed answers it is tried again, ever more rarely, up to the rejoin interval', () => {
    const world = new World();
    const a = world.add('a', { hasSeeds: true });
    a.node.start(0);
    world.advance(122_000);
    expect(seconds(a)).toEqual([0, 1, 3, 7, 15, 31, 61, 91, 121]);
  });

  test('peers of an earlier run are joined, too, but not ourselves', () => {
    const a = new World().add('a');
    a.node.setKnownPeers([peer('b'), peer('a')], 0);
    a.node.start(0);
    expect(a.joins).toEqual([{ at: 0, peers: [peer('b')] }]);
  });

  test('once somebody has answered there is no hurry any more', () => {
    const world = new World();
    const b = world.add('b');
    const a = world.add('a', { hasSeeds: true });
    world.seeds = [b.place];
    b.node.start(0);
    a.node.start(0);
    world.advance(100_000);
    expect(seconds(a)).toEqual([0]);
    expect(a.events).toEqual(['join b']);
    expect(b.events).toEqual(['join a']);
  });
});

describe('joining again', () => {
  test('while a member is missing that did not leave, at a steady beat; not for one that left', () => {
    const world = cluster(['a', 'b', 'c']);
    world.kill(world.host('b'));
    const a = world.host('a');
    world.advance(120_000);
    expect(a.joins.map(({ peers }) => peers.map(({ name }) => name))).toEqual([['b'], ['b'], ['b'], ['b']]);
    const [first = 0, second = 0, third = 0] = seconds(a);
    expect([second - first, third - second]).toEqual([30, 30]);
    world.host('c').node.leave(world.now);
    world.advance(2000);
    world.kill(world.host('c'));
    a.node.forget('b', world.now);
    a.joins.length = 0;
    world.advance(120_000);
    expect(a.joins).toEqual([]);
  });

  test('through the seeds when nobody else is left', () => {
    const world = cluster(['a', 'b'], { hasSeeds: true });
    world.host('b').node.leave(world.now);
    world.advance(2000);
    world.kill(world.host('b'));
    const a = world.host('a');
    a.joins.length = 0;
    world.advance(60_000);
    expect(a.joins.map(({ peers }) => peers)).toEqual([[], []]);
  });

  test('an operator can say that a peer is gone for good, unless it is alive', () => {
    const world = cluster(['a', 'b']);
    const { node } = world.host('a');
    expect(node.forget('b', world.now)).toBe(false);
    world.host('a').hears({ ...dead('b', 1, 'x') });
    expect(node.forget('b', world.now)).toBe(true);
    expect(node.forget('b', world.now)).toBe(false);
    expect(node.knownPeers()).toEqual([]);
  });

  test('who is missing for longer than the reconnect timeout is given up', () => {
    const world = new World();
    const a = world.add('a', { reconnectTimeoutMs: 60_000 });
    a.node.setKnownPeers([peer('b')], 0);
    a.node.start(0);
    world.advance(200_000);
    expect(a.joins.at(-1)?.at).toBeLessThanOrEqual(60_000);
    expect(a.node.knownPeers()).toEqual([]);
    expect(a.node.counters.peersGivenUp).toBe(1);
  });
});
