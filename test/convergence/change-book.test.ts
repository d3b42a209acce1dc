import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ChangeBook } from '../../src/convergence/change-book.js';
import { LONGEST_MS } from '../../src/convergence/sample.js';

const ALL: ReadonlySet<string> = new Set(['h1', 'h2', 'h3']);
const PATIENCE_MS = 330_000;
const sample = (key: number, delayMs: number): { readonly key: number; readonly delayMs: number } => ({ key, delayMs });

/** A book in which these changes came to h1, h2 and h3 after these delays. */
function bookOf(...changes: readonly (readonly [number, number, number])[]): ChangeBook {
  const book = new ChangeBook();
  for (const [key, delays] of changes.entries()) {
    for (const [i, delayMs] of delays.entries()) book.report(`h${i + 1}`, [sample(key, delayMs)], ALL, 0);
  }
  return book;
}

describe('a change', () => {
  test('is in every proxy when it is in the last one, whoever tells first', () => {
    const book = bookOf([30, 20, 10], [10, 50, 20], [10, 20, 40]);
    expect(book.delays()).toEqual({ p50Ms: 40, p99Ms: 50, lastMs: 40, changes: 3, waiting: 0 });
    expect([...book.slowest()].sort()).toEqual([
      ['h1', 1],
      ['h2', 1],
      ['h3', 1],
    ]);
  });

  test('waits for who has not told, and is not counted twice when it is told again', () => {
    const book = new ChangeBook();
    book.report('h1', [sample(1, 10)], ALL, 0);
    book.report('h1', [sample(1, 10)], ALL, 1_000);
    book.report('h2', [sample(1, 20)], ALL, 1_000);
    expect(book.delays()).toMatchObject({ changes: 0, waiting: 1 });
    book.report('h3', [sample(1, 15)], ALL, 2_000);
    for (const host of ALL) book.report(host, [sample(1, 99)], ALL, 3_000);
    expect(book.delays()).toEqual({ p50Ms: 20, p99Ms: 20, lastMs: 20, changes: 1, waiting: 0 });
  });

  test('is not waited for where there is no proxy any more', () => {
    const book = new ChangeBook();
    book.report('h1', [sample(1, 10)], ALL, 0);
    book.report('h2', [sample(1, 20)], ALL, 0);
    book.lost('h3', 1_000);
    expect(book.delays()).toMatchObject({ lastMs: 20, changes: 1 });
  });

  test('of before somebody came does not wait for it, and nobody else is listened to', () => {
    const book = new ChangeBook();
    book.report('h1', [sample(1, 10)], new Set(['h1', 'h2']), 0);
    book.report('h3', [sample(1, 90)], ALL, 1_000);
    book.report('h2', [sample(1, 20)], ALL, 1_000);
    book.report('stranger', [sample(2, 20)], ALL, 1_000);
    expect(book.delays()).toMatchObject({ lastMs: 20, changes: 1, waiting: 0 });
  });

  test('that is disregarded is never counted, unless it waits already', () => {
    const book = new ChangeBook();
    book.report('h1', [sample(1, 10)], ALL, 0);
    book.disregard([sample(1, 10), sample(2, 10)]);
    for (const host of ALL) book.report(host, [sample(1, 10), sample(2, 10)], ALL, 1_000);
    expect(book.delays()).toMatchObject({ changes: 1, waiting: 0 });
  });

  test('that a host keeps silent about is given up; of one that is behind it is known that it has not come', () => {
    const book = new ChangeBook();
    book.report('h1', [sample(1, 10)], ALL, 0);
    book.report('h1', [sample(2, 10)], ALL, 1_000);
    book.tick(PATIENCE_MS, () => false, PATIENCE_MS - 1);
    expect(book.delays().waiting).toBe(2);
    book.tick(PATIENCE_MS, () => false, PATIENCE_MS);
    expect([book.counts, book.delays().waiting]).toEqual([{ matched: 0, untold: 1 }, 1]);
    book.tick(PATIENCE_MS, (host) => host === 'h3', PATIENCE_MS + 1_000);
    expect([book.counts, book.delays().lastMs]).toEqual([{ matched: 1, untold: 1 }, LONGEST_MS]);
    expect([...book.slowest()]).toEqual([['h3', 1]]);
  });
});

describe('what is kept', () => {
  test('are the last 1,000 changes of the last hour', () => {
    const book = new ChangeBook();
    const one = new Set(['h1']);
    for (let key = 0; key < 1_500; key += 1) book.report('h1', [sample(key, key)], one, key);
    expect(book.delays()).toMatchObject({ changes: 1_000, p50Ms: 999, p99Ms: 1_489, lastMs: 1_499 });
    book.tick(PATIENCE_MS, () => false, 3_600_000 + 1_000);
    expect(book.delays().changes).toBe(500);
    book.tick(PATIENCE_MS, () => false, 3_600_000 + 2_000);
    expect(book.delays()).toEqual({ p50Ms: undefined, p99Ms: undefined, lastMs: undefined, changes: 0, waiting: 0 });
    expect(book.counts.matched).toBe(1_500);
  });

  test('are at most 1,000 that wait: the oldest are given up', () => {
    const book = new ChangeBook();
    for (let key = 0; key < 1_200; key += 1) book.report('h1', [sample(key, 10)], ALL, key);
    expect([book.delays().waiting, book.counts.untold]).toEqual([1_000, 200]);
  });
});

test('whatever the order of telling, and however often, each delay is the largest of its change', () => {
  const delay = fc.integer({ min: 1, max: 1_000 });
  const changes = fc.array(fc.tuple(delay, delay, delay), { minLength: 1, maxLength: 20 });
  const told = changes.chain((delays) => {
    const tellings = delays.flatMap((of, key) => of.map((delayMs, i) => ({ host: `h${i + 1}`, key, delayMs })));
    const twice = [...tellings, ...tellings];
    const order = fc.shuffledSubarray(twice, { minLength: twice.length });
    return fc.record({ delays: fc.constant(delays), order });
  });
  fc.assert(
    fc.property(told, ({ delays, order }) => {
      const book = new ChangeBook();
      for (const telling of order) book.report(telling.host, [telling], ALL, 0);
      const largest = delays.map((of) => Math.max(...of)).sort((a, b) => a - b);
      expect(book.delays()).toMatchObject({ changes: delays.length, waiting: 0, p99Ms: largest.at(-1) });
      expect(book.delays().p50Ms).toBe(largest[Math.ceil(largest.length / 2) - 1]);
    }),
  );
});
