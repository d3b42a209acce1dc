import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changeKey, decodeSamples, encodeSamples, LONGEST_MS } from '../../src/convergence/sample.js';
import { record } from '../support/records.js';

const key = fc.integer({ min: 0, max: 2 ** 24 - 1 });
const told = (delayMs: number): number => decodeSamples(encodeSamples([{ key: 1, delayMs }]))[0]?.delayMs ?? NaN;

describe('a sample on its way', () => {
  test('keeps its key, and its delay to 2.5 %', () => {
    const samples = fc.array(fc.record({ key, delayMs: fc.double({ min: 2, max: LONGEST_MS, noNaN: true }) }));
    fc.assert(
      fc.property(samples, (sent) => {
        const received = decodeSamples(encodeSamples(sent));
        expect(received.map((sample) => sample.key)).toEqual(sent.map((sample) => sample.key));
        for (const [i, { delayMs }] of sent.entries())
          expect(Math.abs((received[i]?.delayMs ?? 0) / delayMs - 1)).toBeLessThan(0.025);
      }),
    );
  });

  test('is told as the shortest or the longest where the scale ends', () => {
    expect([told(0), told(1), told(2)]).toEqual([2, 2, 2]);
    expect(told(10 * LONGEST_MS)).toBeCloseTo(LONGEST_MS, 3);
  });

  test('of two the longer is never told as the shorter', () => {
    const delay = fc.double({ min: 0, max: 2 * LONGEST_MS, noNaN: true });
    fc.assert(
      fc.property(delay, delay, (a, b) => {
        expect(told(Math.max(a, b))).toBeGreaterThanOrEqual(told(Math.min(a, b)));
      }),
    );
  });

  test('any bytes are samples within the scale', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const samples = decodeSamples(Buffer.from(bytes));
        expect(samples).toHaveLength(Math.floor(bytes.length / 4));
        for (const { delayMs } of samples) {
          expect(delayMs).toBeGreaterThanOrEqual(2);
          expect(delayMs).toBeLessThanOrEqual(LONGEST_MS * 1.000001);
        }
      }),
    );
  });
});

describe('the key of a change', () => {
  const updated = 1_700_000_000_123_000_000n;
  const change = record({ updated });

  test('is that of each of its rounds, which are 50 ns apart', () => {
    const rounds = [0n, 1n, 4n, 9n].map((round) => changeKey({ ...change, updated: updated + round * 50n }));
    expect(new Set(rounds).size).toBe(1);
  });

  test('is another for another record, and for a later change of the same', () => {
    const others = [
      change,
      record({ updated, id: 'b' }),
      record({ updated, hostname: 'h2' }),
      record({ updated: updated + 1_000_000n }),
    ];
    expect(new Set(others.map(changeKey)).size).toBe(4);
  });
});
