import { describe, expect, test } from '@jest/globals';
import { groupsOf } from '../../src/sight/groups.js';

/** `{ h1: 'h1 h2' }`: h1 sees itself and h2. */
const groups = (views: Readonly<Record<string, string>>): readonly string[] =>
  groupsOf(new Map(Object.entries(views).map(([name, seen]) => [name, new Set(seen.split(' '))]))).map((group) =>
    group.join(' '),
  );

describe('hosts that see each other', () => {
  test('are one group when the cluster is whole', () => {
    expect(groups({ h2: 'h1 h2 h3', h1: 'h1 h2 h3', h3: 'h1 h2 h3' })).toEqual(['h1 h2 h3']);
  });

  test('are several after a partition, the largest first', () => {
    const views = { h1: 'h1 h4', h4: 'h1 h4', h2: 'h2 h3 h5', h3: 'h2 h3 h5', h5: 'h2 h3 h5' };
    expect(groups(views)).toEqual(['h2 h3 h5', 'h1 h4']);
  });

  test('have to do so both ways: who is seen and does not see is alone', () => {
    expect(groups({ h1: 'h1 h2 h3', h2: 'h1 h2 h3', h3: 'h3' })).toEqual(['h1 h2', 'h3']);
  });

  test('are one group through a host that sees all of them', () => {
    expect(groups({ h1: 'h1 h2', h2: 'h1 h2 h3', h3: 'h2 h3' })).toEqual(['h1 h2 h3']);
  });

  test('may have a view that is not known: then it counts who sees them', () => {
    expect(groups({ h1: 'h1 h2 go', h2: 'h1 h2 go' })).toEqual(['go h1 h2']);
    expect(groups({ h1: 'h1 go', h2: 'h2' })).toEqual(['go h1', 'h2']);
  });

  test('are 300 without effort', () => {
    const all = Array.from({ length: 300 }, (_, i) => `h${i}`).join(' ');
    const views = Object.fromEntries(all.split(' ').map((name) => [name, all]));
    expect(groups(views).map((group) => group.split(' ').length)).toEqual([300]);
  });
});
