import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BroadcastQueue } from '../../../src/gossip/core/broadcast-queue.js';

const bytes = (text: string): Uint8Array => Buffer.from(text.padEnd(20, '.'));
const texts = (parts: readonly Uint8Array[]): readonly string[] =>
  parts.map((part) => Buffer.from(part).toString().replace(/\.+$/, ''));
const room = { transmitLimit: 4, limitBytes: 1400, overheadBytes: 2, maxParts: 127 };
const queueOf = (capacity = 100): BroadcastQueue => new BroadcastQueue(capacity, () => undefined);

describe('the broadcast queue (PROTOCOL 14)', () => {
  test('gives each message as often as the limit says, then forgets it', () => {
    const queue = queueOf();
    queue.add('b', bytes('b'));
    const rounds = [1, 2, 3, 4, 5].map((round) => texts(queue.take({ ...room, round })));
    expect(rounds).toEqual([['b'], ['b'], ['b'], ['b'], []]);
    expect(queue.size).toBe(0);
  });

  test('gives a message once in a round, however many packets the round has', () => {
    const queue = queueOf();
    queue.add('b', bytes('b'));
    expect(texts(queue.take({ ...room, round: 1 }))).toEqual(['b']);
    expect(texts(queue.take({ ...room, round: 1 }))).toEqual([]);
    expect(texts(queue.take({ ...room, round: 2 }))).toEqual(['b']);
  });

  test('replaces what is outdated, and starts counting anew', () => {
    const queue = queueOf();
    queue.add('b', bytes('old'));
    queue.take({ ...room, round: 1 });
    queue.add('b', bytes('new'));
    expect(queue.size).toBe(1);
    const rounds = [2, 3, 4, 5, 6].map((round) => texts(queue.take({ ...room, round })));
    expect(rounds).toEqual([['new'], ['new'], ['new'], ['new'], []]);
  });

  test('gives the least sent first, and skips what does not fit', () => {
    const queue = queueOf();
    queue.add('old', bytes('old'));
    queue.take({ ...room, round: 1 });
    queue.add('long', bytes('long'.padEnd(60, '.')));
    queue.add('short', bytes('short'));
    expect(texts(queue.take({ ...room, round: 2, limitBytes: 45 }))).toEqual(['short', 'old']);
    expect(queue.has('long')).toBe(true);
  });

  test('at its capacity drops the oldest of the most sent, and says so', () => {
    let dropped = 0;
    const queue = new BroadcastQueue(3, () => (dropped += 1));
    for (const key of ['b', 'c']) queue.add(key, bytes(key));
    queue.take({ ...room, round: 1 });
    for (const key of ['d', 'e']) queue.add(key, bytes(key));
    expect(dropped).toBe(1);
    expect(['b', 'c', 'd', 'e'].map((key) => queue.has(key))).toEqual([false, true, true, true]);
  });

  test('never exceeds bytes, parts or capacity, and gives every message exactly as often as allowed', () => {
    const additions = fc.array(fc.record({ key: fc.nat(20), length: fc.integer({ min: 16, max: 200 }) }));
    fc.assert(
      fc.property(
        additions,
        fc.integer({ min: 20, max: 600 }),
        fc.integer({ min: 1, max: 6 }),
        (added, limitBytes, maxParts) => {
          const queue = queueOf(10);
          for (const { key, length } of added) queue.add(String(key), new Uint8Array(length));
          expect(queue.size).toBeLessThanOrEqual(10);
          const seen = new Map<Uint8Array, number>();
          for (let round = 1; round < 60; round += 1) {
            const taken = queue.take({ round, transmitLimit: 3, limitBytes, overheadBytes: 2, maxParts });
            expect(taken.length).toBeLessThanOrEqual(maxParts);
            expect(taken.reduce((sum, { length }) => sum + length + 2, 0)).toBeLessThanOrEqual(limitBytes);
            for (const part of taken) seen.set(part, (seen.get(part) ?? 0) + 1);
          }
          expect([...seen.values()].every((times) => times === 3)).toBe(true);
        },
      ),
    );
  });
});
