import { describe, expect, test } from '@jest/globals';
import { KnownPeers } from '../../../src/gossip/core/known-peers.js';
import { home } from './support/claims.js';
import { seeded } from './support/random.js';

const peer = (name: string): { readonly name: string; readonly address: string; readonly port: number } => ({
  name,
  ...home(name),
});

describe('known peers', () => {
  const knowing = (capacity = 100): KnownPeers => new KnownPeers(1000, capacity, seeded(1));

  test('are tried in turns, a handful each time', () => {
    const known = knowing();
    const names = Array.from('bcdefghijk', (name) => ({ name, address: '10.0.0.1', port: 1 }));
    known.restore(names, 0);
    const turns = [1, 2, 3, 4, 5].map(() => known.takeMissing(4).map(({ name }) => name));
    expect(new Set(turns.slice(0, 2).flat()).size).toBe(8);
    expect(new Set(turns.slice(0, 3).flat()).size).toBe(10);
    expect(turns.flat().filter((name) => name === 'b')).toHaveLength(2);
  });

  test('keep the newest address', () => {
    const known = knowing();
    known.restore([{ name: 'b', address: '10.0.0.1', port: 1 }], 0);
    known.seen('b', { address: '10.0.0.2', port: 2 });
    known.restore([{ name: 'b', address: '10.0.0.1', port: 1 }], 0);
    known.lost('b', 0);
    expect(known.takeMissing(1)).toEqual([{ name: 'b', address: '10.0.0.2', port: 2 }]);
  });

  test('count from when they were first missed, and only while they are', () => {
    const known = knowing();
    known.seen('b', home('b'));
    known.lost('b', 0);
    known.lost('b', 900);
    expect(known.giveUp(1000)).toEqual([]);
    known.seen('b', home('b'));
    expect(known.giveUp(5000)).toEqual([]);
    known.lost('b', 5000);
    expect(known.giveUp(6001)).toEqual(['b']);
  });

  test('are bounded', () => {
    const known = knowing(1);
    expect(known.restore([peer('b'), peer('c')], 0)).toBe(1);
    expect(known.seen('d', home('d'))).toBe(false);
    expect(known.seen('b', home('b'))).toBe(true);
  });
});
