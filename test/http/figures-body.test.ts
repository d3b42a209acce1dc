import { describe, expect, test } from '@jest/globals';
import { figuresEncoder } from '../../src/http/figures-body.js';
import type { ProxyFigures } from '../../src/http/proxy-look.js';
import { FakeClock } from '../support/time.js';
import { time } from './support.js';

const FIGURES: ProxyFigures = {
  ...{ time: time('2026-11-22T11:10:00Z'), pid: 4711, uptimeS: null, frontends: [{ name: 'a' }] },
  ...{ backends: [], servers: Array.from({ length: 1_001 }, (_, n) => ({ n })) },
};

describe('figures as JSON', () => {
  test('have every row, each on a line', async () => {
    const clock = new FakeClock();
    const encoded = figuresEncoder(clock)(FIGURES);
    await clock.advance(0);
    const text = (await encoded).toString();
    expect(JSON.parse(text)).toEqual({ ...FIGURES, time: '2026-11-22T11:10:00Z' });
    expect(text.split('\n').filter((line) => line.startsWith('{"n":'))).toHaveLength(1_001);
    expect(clock.armed).toBe(0);
  });

  test('are encoded once for all who are told the same', async () => {
    const clock = new FakeClock();
    const encode = figuresEncoder(clock);
    const both = [encode(FIGURES), encode(FIGURES), encode({ ...FIGURES })];
    await clock.advance(0);
    const [first, second, other] = await Promise.all(both);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });
});
