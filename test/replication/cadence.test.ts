import { beforeEach, describe, expect, test } from '@jest/globals';
import { Cadence } from '../../src/replication/cadence.js';
import { Status, type Service } from '../../src/service/service.js';
import { record } from '../support/records.js';

const T0 = record().updated;
const TOMBSTONE = record({ hostname: 'h2', status: Status.Tombstone });

describe('the cadence', () => {
  let cadence: Cadence;
  let sent: string[];
  let members: number;
  let chance: number;
  let living: Service[];

  beforeEach(() => {
    [sent, members, chance, living] = [[], 3, 0, []];
    cadence = new Cadence({
      send: ({ id, updated }, tidings) => sent.push(`${id}+${updated - T0} ${tidings}`),
      memberCount: () => members,
      random: { below: (n) => Math.min(chance, n - 1) },
    });
  });

  const beat = (times = 1): string[] => {
    sent = [];
    for (let i = 0; i < times; i += 1) cadence.beat(living);
    return sent;
  };

  test('a change is sent at once, then each second, five times in all, each 50 ns later', () => {
    cadence.announce(record({ id: 'a' }));
    expect(sent).toEqual(['a+0 news']);
    expect(beat()).toEqual(['a+50 repeat']);
    expect(beat(10)).toEqual(['a+100 repeat', 'a+150 repeat', 'a+200 repeat']);
    expect(cadence.size).toBe(0);
  });

  test('a tombstone ten times', () => {
    cadence.announce(record({ id: 'a', status: Status.Tombstone }));
    expect(beat(20)).toHaveLength(9);
    expect(sent.at(-1)).toBe('a+450 repeat');
  });

  test('a newer version ends the rounds of the older one', () => {
    cadence.announce(record({ id: 'a' }));
    cadence.announce(record({ id: 'a', updated: T0 + 1000n }));
    expect(beat(10)).toEqual(['a+1050 repeat', 'a+1100 repeat', 'a+1150 repeat', 'a+1200 repeat']);
  });

  test('a version from a peer ends rounds only if it is later than the next, so that their echo does not', () => {
    cadence.announce(TOMBSTONE);
    beat(3);
    cadence.heard({ ...TOMBSTONE, updated: T0 + 200n });
    expect(beat()).toEqual(['aaaaaaaaaaaa+200 repeat']);
    cadence.heard({ ...TOMBSTONE, updated: T0 + 251n });
    expect(beat(10)).toEqual([]);
  });

  test('each record of this host is announced when it appears, then refreshed twice a minute', () => {
    living = [record({ id: 'a' })];
    expect(beat()).toEqual(['a+0 news']);
    beat(10);
    for (let time = 0; time < 3; time += 1) expect(beat(30)).toEqual(['a+0 repeat']);
    living = [];
    expect(beat(60)).toEqual([]);
  });

  test('a refresh does not overtake the news of a change', () => {
    living = [record({ id: 'a' })];
    beat(60);
    for (let second = 0; second < 30; second += 1) {
      const changed = record({ id: 'a', updated: T0 + 1_000n });
      cadence.announce(changed);
      living = [{ ...changed, updated: T0 + 9_000n }];
      expect(beat(3)).toEqual(['a+1050 repeat', 'a+1100 repeat', 'a+1150 repeat']);
      beat(28);
    }
  });

  test('refreshes of many records are spread over half a minute, and none postpones another', () => {
    living = Array.from({ length: 1000 }, (_, i) => record({ id: `${(i * 2654435761) % 4294967296}` }));
    beat(10);
    const perSecond = Array.from({ length: 30 }, () => beat().length);
    expect(perSecond.reduce((sum, n) => sum + n)).toBe(1000);
    expect(Math.max(...perSecond)).toBeLessThan(80);
    cadence.announce(record({ id: 'other' }));
    expect(new Set(beat(30).filter((line) => !line.startsWith('other'))).size).toBe(1000);
  });

  describe('a tombstone that everybody makes', () => {
    test('is sent at once in a small cluster', () => {
      chance = 99;
      cadence.announceShared(TOMBSTONE);
      expect(sent).toEqual(['aaaaaaaaaaaa+0 news']);
    });

    test('waits in a large one, at most half a minute', () => {
      [members, chance] = [100, 5];
      cadence.announceShared(TOMBSTONE);
      expect([sent, beat(4)]).toEqual([[], []]);
      expect(beat()).toEqual(['aaaaaaaaaaaa+0 news']);
      [members, chance] = [5000, 1000];
      cadence.announceShared({ ...TOMBSTONE, id: 'b' });
      beat(29);
      expect(beat()).toContain('b+0 news');
    });

    test('is not sent if another says it meanwhile, whatever its time, or if the record lives', () => {
      [members, chance] = [100, 5];
      cadence.announceShared(TOMBSTONE);
      cadence.heard({ ...TOMBSTONE, updated: T0 - 1n });
      cadence.announceShared({ ...TOMBSTONE, id: 'b' });
      cadence.heard({ ...TOMBSTONE, id: 'b', status: Status.Alive, updated: T0 + 1n });
      expect([cadence.size, beat(10)]).toEqual([0, []]);
    });

    test('is sent if only an older live version comes', () => {
      [members, chance] = [100, 1];
      cadence.announceShared(TOMBSTONE);
      cadence.heard({ ...TOMBSTONE, status: Status.Alive, updated: T0 - 1n });
      expect(beat()).toEqual(['aaaaaaaaaaaa+0 news']);
    });
  });
});
