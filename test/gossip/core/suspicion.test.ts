import { describe, expect, test } from '@jest/globals';
import { newCounters } from '../../../src/gossip/core/counters.js';
import { Suspicion } from '../../../src/gossip/core/suspicion.js';
import { Suspicions } from '../../../src/gossip/core/suspicions.js';

const terms = { expected: 3, minMs: 5000, maxMs: 30_000 };

describe('one suspicion (PROTOCOL 13)', () => {
  test('lasts the longest time while one member alone accuses', () => {
    expect(new Suspicion('a', terms, 1000).deadline).toBe(31_000);
  });

  test('lasts the shortest time where no confirmation can be expected', () => {
    expect(new Suspicion('a', { ...terms, expected: 0 }, 1000).deadline).toBe(6000);
  });

  test('is shortened by each new name, and by no name twice, nor by the accuser', () => {
    const suspicion = new Suspicion('a', terms, 0);
    expect(suspicion.confirm('a', 100)).toBe(false);
    expect(suspicion.confirm('b', 100)).toBe(true);
    expect(suspicion.deadline).toBe(17_500);
    expect(suspicion.confirm('b', 100)).toBe(false);
    expect(suspicion.confirm('c', 100)).toBe(true);
    expect(suspicion.confirm('d', 100)).toBe(true);
    expect(suspicion.deadline).toBe(5000);
    expect(suspicion.confirm('e', 100)).toBe(false);
  });

  test('is due at once, not in the past, when a confirmation comes late', () => {
    const suspicion = new Suspicion('a', terms, 0);
    suspicion.confirm('b', 20_000);
    expect(suspicion.deadline).toBe(20_000);
  });

  test('gives the shortest time once more to one whose accuser did not listen', () => {
    const suspicion = new Suspicion('a', terms, 0);
    suspicion.renew(10_000);
    expect(suspicion.deadline).toBe(30_000);
    suspicion.renew(40_000);
    expect(suspicion.deadline).toBe(45_000);
  });
});

describe('all suspicions', () => {
  test('run out one by one, each once, and not when cancelled', () => {
    const suspicions = new Suspicions(newCounters());
    suspicions.start('b', 'a', terms, 0);
    suspicions.start('c', 'a', terms, 1000);
    suspicions.start('d', 'a', terms, 2000);
    suspicions.cancel('c');
    expect(suspicions.takeDue(29_999)).toEqual([]);
    expect(suspicions.takeDue(30_000)).toEqual(['b']);
    expect(suspicions.deadline).toBe(32_000);
    expect(suspicions.takeDue(99_000)).toEqual(['d']);
    expect(suspicions.deadline).toBe(Infinity);
  });

  test('a confirmation brings the next deadline forward', () => {
    const suspicions = new Suspicions(newCounters());
    suspicions.start('b', 'a', terms, 0);
    expect(suspicions.confirm('b', 'c', 10)).toBe(true);
    expect(suspicions.deadline).toBe(17_500);
    expect(suspicions.confirm('x', 'c', 10)).toBe(false);
  });

  test('those that run out before everybody expected has confirmed are counted', () => {
    const counters = newCounters();
    const suspicions = new Suspicions(counters);
    suspicions.start('b', 'a', terms, 0);
    suspicions.start('c', 'a', { ...terms, expected: 1 }, 0);
    suspicions.confirm('c', 'd', 10);
    expect(suspicions.takeDue(99_000)).toEqual(['b', 'c']);
    expect(counters.suspicionsUnconfirmed).toBe(1);
  });
});
