import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { BroadcastBudget } from '../../src/gossip/core/ports.js';
import { Outbox } from '../../src/replication/outbox.js';
import { recordText } from '../../src/service/codec.js';
import { decodeService } from '../../src/service/decode-service.js';
import { Status, type Service } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { FakeClock } from '../support/time.js';
import { MemoryLog } from './memory-log.js';

const SIZE = Buffer.from(recordText(record({ id: 'a' }))).length;
const ROOM_FOR_ONE = SIZE + 3 + 10;
const T0 = record().updated;

describe('the outbox', () => {
  let outbox: Outbox;
  let log: MemoryLog;
  let urgent: number;
  let round: number;

  beforeEach(() => {
    log = new MemoryLog();
    urgent = round = 0;
    const deps = { clock: new FakeClock(), log, onUrgent: (): void => void (urgent += 1) };
    outbox = new Outbox({ maxPayloadBytes: 1000 }, deps);
  });

  /** Takes in a new round, or in `budget.round`. */
  function take(budget: Partial<BroadcastBudget> = {}): string[] {
    const defaults = { limitBytes: ROOM_FOR_ONE, overheadBytes: 3, round: (round += 1), transmitLimit: 4 };
    return outbox.takeBroadcasts({ ...defaults, ...budget }).map(shown);
  }
  const shown = (payload: Uint8Array): string => {
    const decoded = decodeService(payload);
    return decoded.ok
      ? `${decoded.value.id}${decoded.value.updated === T0 ? '' : `+${decoded.value.updated - T0}`}`
      : '?';
  };
  const drain = (): string[] => {
    const all: string[] = [];
    for (let taken = take(); taken.length > 0; taken = take()) all.push(...taken);
    return all;
  };
  const add = (id: string, tidings: 'news' | 'repeat' = 'news', overrides: Partial<Service> = {}): void =>
    outbox.add(record({ id, ...overrides }), tidings);

  test('sends a tombstone before a change, a change before a refresh', () => {
    add('r', 'repeat');
    add('c');
    add('t', 'news', { status: Status.Tombstone });
    expect(take({ limitBytes: 10_000 })).toEqual(['t', 'c', 'r']);
  });

  test('sends news as often as the cluster is large, a refresh a third of that, at least three times', () => {
    add('r', 'repeat');
    add('c');
    expect(drain()).toEqual(['c', 'c', 'c', 'c', 'r', 'r', 'r']);
    add('r', 'repeat');
    let sent = 0;
    while (take({ transmitLimit: 12 }).length > 0) sent += 1;
    expect(sent).toBe(4);
    expect(outbox.size).toBe(0);
  });

  test('prefers what was sent less often, and of the unsent the newest', () => {
    add('a');
    add('b');
    expect([...take(), ...take()]).toEqual(['b', 'a']);
    add('c');
    expect([...take(), ...take(), ...take(), ...take()]).toEqual(['c', 'b', 'a', 'c']);
  });

  test('sends nothing twice in a round, however many packets it has', () => {
    add('a');
    add('b');
    expect([take({ round: 7 }), take({ round: 7 }), take({ round: 7 }), take({ round: 8 })]).toEqual([
      ['b'],
      ['a'],
      [],
      ['b'],
    ]);
  });

  test('fills a packet to its limit with what fits, and passes by what does not', () => {
    add('small');
    add('large', 'news', { image: 'x'.repeat(300) });
    expect(take({ limitBytes: SIZE + 4 + 3 })).toEqual(['small']);
    expect(take({ limitBytes: SIZE + 4 + 2 })).toEqual([]);
    expect(take({ limitBytes: 2 * SIZE + 400 })).toEqual(['large', 'small']);
  });

  test('keeps the newest version of a record only', () => {
    add('a');
    add('a', 'news', { updated: T0 + 2n });
    add('a', 'news', { updated: T0 + 1n });
    expect([outbox.size, take()]).toEqual([1, ['a+2']]);
  });

  test('a repeat of waiting news goes on in its place; new news begins anew', () => {
    add('a');
    take();
    take();
    add('a', 'repeat', { updated: T0 + 50n });
    add('r', 'repeat');
    expect(drain()).toEqual(['a+50', 'a+50', 'r', 'r', 'r']);
    add('a');
    take();
    add('a', 'news', { updated: T0 + 60n, status: Status.Unhealthy });
    expect(drain()).toEqual(['a+60', 'a+60', 'a+60', 'a+60']);
  });

  test('asks not to wait for the next tick with news, not with repeats', () => {
    add('r', 'repeat');
    expect(urgent).toBe(0);
    add('c');
    expect(urgent).toBe(1);
  });

  test('hands out what no packet can hold apart, a few at once, and tells of it once', () => {
    const large = { image: 'x'.repeat(900) };
    for (const id of ['a', 'b', 'c']) add(id, 'news', large);
    expect(take({ limitBytes: 10_000 })).toEqual([]);
    const takeLarge = (r: number): string[] => outbox.takeLarge({ round: r, transmitLimit: 2 }).map(shown);
    expect([takeLarge(1), takeLarge(1), takeLarge(1), takeLarge(2)]).toEqual([['c', 'b'], ['a'], [], ['c', 'b']]);
    expect(log.lines).toHaveLength(3);
    expect(log.lines[0]).toMatch(/^warn the record of web is too large for a packet/);
    add('a', 'news', { ...large, updated: T0 + 1n });
    expect(log.lines).toHaveLength(3);
    add('a', 'news', { updated: T0 + 2n });
    expect(take()).toEqual(['a+2']);
  });

  test('knows what was not sent at all', () => {
    add('a');
    add('b', 'news', { image: 'x'.repeat(900) });
    expect(outbox.unsent).toBe(2);
    take();
    expect(outbox.unsent).toBe(1);
    outbox.takeLarge({ round: 9, transmitLimit: 4 });
    expect([outbox.unsent, outbox.size, outbox.counters]).toEqual([0, 2, { sent: 2, dropped: 0 }]);
  });

  test('drops the least urgent when too much waits, never a change for a refresh', () => {
    for (let i = 0; i < 25_000; i += 1) {
      add(`r${i}`, 'repeat');
      add(`c${i}`);
    }
    add('c');
    add('t', 'news', { status: Status.Tombstone });
    expect([outbox.size, outbox.counters.dropped]).toEqual([50_000, 2]);
    const taken = take({ limitBytes: 1e9 });
    expect(taken.slice(0, 2)).toEqual(['t', 'c']);
    expect([taken.includes('r0'), taken.includes('r1'), taken.includes('r2')]).toEqual([false, false, true]);
    for (let i = 0; i < 25_000; i += 1) add(`d${i}`);
    add('late', 'repeat');
    expect(take({ limitBytes: 1e9 })).not.toContain('late');
  });

  test('keeps its promises for any history: limits, sizes, newest versions', () => {
    const step = fc.oneof(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c', 'd'),
        news: fc.boolean(),
        status: fc.constantFrom(0, 1),
        bytes: fc.nat(1200),
      }),
      fc.record({ limitBytes: fc.integer({ min: 0, max: 1400 }), sameRound: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const box = new Outbox({ maxPayloadBytes: 1000 }, { clock: new FakeClock(), log, onUrgent: () => undefined });
        const newest = new Map<string, string>();
        let [time, at, seen] = [T0, 1, new Set<string>()];
        for (const one of steps) {
          if ('id' in one) {
            const service = record({
              id: one.id,
              status: one.status,
              image: 'x'.repeat(one.bytes % 1024),
              updated: (time += 1n),
            });
            box.add(service, one.news ? 'news' : 'repeat');
            newest.set(one.id, recordText(service));
            seen = new Set();
            continue;
          }
          if (!one.sameRound) [at, seen] = [at + 1, new Set()];
          const { limitBytes } = one;
          const taken = box.takeBroadcasts({ limitBytes, overheadBytes: 3, round: at, transmitLimit: 4 });
          expect(taken.reduce((sum, { length }) => sum + length + 3, 0)).toBeLessThanOrEqual(limitBytes);
          for (const text of taken.map((bytes) => Buffer.from(bytes).toString())) {
            expect([...newest.values()]).toContain(text);
            expect(seen.has(text)).toBe(false);
            seen.add(text);
          }
        }
        expect(box.size).toBeLessThanOrEqual(4);
        expect(box.counters.dropped).toBe(0);
      }),
    );
  });
});
