import { describe, expect, test } from '@jest/globals';
import { cluster, type World } from './support/world.js';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
const left = (name: string): boolean => name < 'd';

/** Cuts the cluster into a, b, c and d, e, f for so long. */
function partition(world: World, durationMs: number): void {
  world.delivers = world.connects = (from, to) => left(from) === left(to);
  world.advance(durationMs);
  world.delivers = world.connects = () => true;
}

/** Who `name` knows, dead or alive. */
const knownTo = (world: World, name: string): readonly string[] =>
  world
    .host(name)
    .node.members()
    .map((member) => member.name)
    .sort();

/** How long until everybody sees everybody alive, up to a minute. */
function healingMs(world: World): number {
  const since = world.now;
  const agreed = (): boolean => NAMES.every((name) => world.host(name).node.aliveNames().length === NAMES.length);
  while (!agreed() && world.now - since < 60_000) world.advance(100);
  return world.now - since;
}

describe('a partition', () => {
  test('makes each side declare the other dead, and heals within 45 s when both have forgotten each other', () => {
    const world = cluster(NAMES);
    partition(world, 180_000);
    for (const name of NAMES) expect(knownTo(world, name)).toEqual(NAMES.filter((other) => left(other) === left(name)));
    expect(healingMs(world)).toBeLessThanOrEqual(45_000);
  });

  test('heals at once when both sides still hold each other dead: the accused are told, and refute', () => {
    const world = cluster(NAMES, { gossipToTheDeadMs: 300_000 });
    partition(world, 60_000);
    for (const name of NAMES) {
      expect(knownTo(world, name)).toEqual(NAMES);
      expect(world.host(name).node.aliveNames()).toHaveLength(3);
    }
    expect(healingMs(world)).toBeLessThanOrEqual(45_000);
    for (const name of NAMES) expect(world.host(name).node.counters.refutations).toBeGreaterThan(0);
  });

  test('heals when only one side has forgotten the other', () => {
    const world = cluster(NAMES, {}, (name) => ({ gossipToTheDeadMs: left(name) ? 5000 : 300_000 }));
    partition(world, 60_000);
    expect(knownTo(world, 'a')).toEqual(['a', 'b', 'c']);
    expect(knownTo(world, 'd')).toEqual(NAMES);
    expect(healingMs(world)).toBeLessThanOrEqual(45_000);
  });

  test('leaves the dead dead', () => {
    const world = cluster(NAMES);
    world.kill(world.host('f'));
    const rest = NAMES.filter((name) => name !== 'f');
    partition(world, 60_000);
    world.advance(60_000);
    for (const name of rest) expect([...world.host(name).node.aliveNames()].sort()).toEqual(rest);
  });
});
