import { describe, expect, test } from '@jest/globals';
import { MAX_RETIRING, Retirements } from '../../../src/haproxy/runtime-api/retirements.js';

const s1 = { backend: 'web', name: 's1', args: [] };
const alive = (): boolean => false;
const dead = (): boolean => true;

describe('the removal of a server', () => {
  test('waits for the first look until a request that just chose it is counted', () => {
    const retirements = new Retirements(alive);
    retirements.begin(s1, 1_000, 30_000);
    expect(retirements.nextDue()).toBe(3_000);
    expect(retirements.due(2_999)).toEqual([]);
    expect(retirements.due(3_000)).toMatchObject([{ backend: 'web', name: 's1', since: 1_000 }]);
  });

  test('is due to be deleted when no session is left', () => {
    const retirements = new Retirements(alive);
    retirements.begin(s1, 0, 30_000);
    retirements.due(2_000);
    expect(retirements.decide('web', 's1', 0, 2_000)).toBe('delete');
  });

  test('is looked at more and more seldom while sessions last, but at its deadline', () => {
    const retirements = new Retirements(alive);
    retirements.begin(s1, 0, 30_000);
    const looks: number[] = [];
    for (let now = 0; now < 120_000; now += 250) {
      if (retirements.due(now).length === 0) continue;
      looks.push(now / 1_000);
      expect(retirements.decide('web', 's1', 2, now)).toBe('wait');
    }
    expect(looks).toEqual([2, 3, 4, 5, 6.25, 8, 10, 12.5, 15.75, 19.75, 24.75, 30, 37.5, 47, 58.75, 73.5, 92, 115]);
    expect(retirements.list()).toEqual([{ backend: 'web', name: 's1', since: 0, sessions: 2, parked: false }]);
  });

  test('cuts what still runs at the deadline only where the instance is known to be dead', () => {
    const retirements = new Retirements(dead);
    retirements.begin(s1, 0, 30_000);
    retirements.due(29_999);
    expect(retirements.decide('web', 's1', 1, 29_999)).toBe('wait');
    expect(retirements.nextDue()).toBe(30_000);
    retirements.due(30_000);
    expect(retirements.decide('web', 's1', 1, 30_000)).toBe('cut');
    expect(retirements.nextDue()).toBe(30_250);
  });

  test('is tried again with growing pauses up to 5 s while idle connections are left', () => {
    const retirements = new Retirements(alive);
    retirements.begin(s1, 0, 30_000);
    const pauses = Array.from({ length: 7 }, () => {
      const now = retirements.nextDue() ?? NaN;
      retirements.due(now);
      retirements.notDeleted('web', 's1', false, now);
      return (retirements.nextDue() ?? NaN) - now;
    });
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  test('is not tried again when HAProxy can never delete the server', () => {
    const retirements = new Retirements(alive);
    retirements.begin(s1, 0, 30_000);
    retirements.notDeleted('web', 's1', true, 2_000);
    expect(retirements.nextDue()).toBeUndefined();
    expect(retirements.due(1e9)).toEqual([]);
    expect(retirements.list()).toMatchObject([{ name: 's1', parked: true }]);
  });

  test('is over when HAProxy has no such server any more', () => {
    const retirements = new Retirements(alive);
    retirements.begin(s1, 0, 30_000);
    expect(retirements.decide('web', 's1', undefined, 2_000)).toBe('wait');
    expect(retirements.has('web', 's1')).toBe(false);
  });

  test('begins once: the second time does not put it off', () => {
    const retirements = new Retirements(alive);
    retirements.begin(s1, 0, 30_000);
    expect(retirements.begin(s1, 1_000, 30_000)).toBe(true);
    expect(retirements.list()).toMatchObject([{ since: 0 }]);
  });

  test('looks at no more than 100 servers at once, the longest due first', () => {
    const retirements = new Retirements(alive);
    for (let i = 0; i < 150; i += 1) retirements.begin({ ...s1, name: `s${i}` }, 150 - i, 30_000);
    const first = retirements.due(10_000).map(({ name }) => name);
    expect(first).toHaveLength(100);
    expect(first[0]).toBe('s149');
    expect(retirements.due(10_000)).toHaveLength(50);
  });

  test('is refused when too many wait already', () => {
    const retirements = new Retirements(alive);
    for (let i = 0; i < MAX_RETIRING; i += 1) retirements.begin({ ...s1, name: `s${i}` }, 0, 30_000);
    expect(retirements.begin({ ...s1, name: 'one-more' }, 0, 30_000)).toBe(false);
    expect(retirements.list()).toHaveLength(MAX_RETIRING);
  });
});
