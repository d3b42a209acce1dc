import { describe, expect, test } from '@jest/globals';
import { FewAtOnce } from '../../src/http/few-at-once.js';

const ctx = { set: (): void => undefined };

describe('of answers that cost much', () => {
  test('more than the few are refused and counted, until one has been made', async () => {
    const few = new FewAtOnce(1, 'plans are being made');
    let made: (answer: string) => void = () => undefined;
    const first = few.make(ctx, () => new Promise<string>((resolve) => (made = resolve)));
    await expect(few.make(ctx, () => 'second')).rejects.toMatchObject({
      status: 503,
      message: '1 plans are being made already: ask again in a moment',
    });
    made('first');
    expect([await first, await few.make(ctx, () => 'third'), few.refused]).toEqual(['first', 'third', 1]);
  });

  test('one that fails makes room for the next', async () => {
    const few = new FewAtOnce(1, 'plans are being made');
    await expect(few.make(ctx, () => Promise.reject(new Error('no template')))).rejects.toThrow('no template');
    expect(await few.make(ctx, () => 'next')).toBe('next');
  });
});
