import { describe, expect, test } from '@jest/globals';
import { Views, type Standing } from '../../src/convergence/views.js';

const TELLING_MS = 6_000;

/** Ours was `a` until 10 s, `b` until 20 s, and is `c`. */
function history(): (view: string, since: number, now: number) => Standing | undefined {
  const views = new Views();
  views.serve('a', 0);
  views.serve('b', 10_000);
  views.serve('c', 20_000);
  return (view, since, now) => views.compare({ view, since }, TELLING_MS, now);
}

describe('the view of another host', () => {
  const compare = history();

  test('is level when it is ours, since whenever', () => {
    expect([compare('c', 0, 20_000), compare('c', 20_000, 90_000)]).toEqual([LEVEL, LEVEL]);
  });

  test('is behind since we left it, but not while it may only not have been told yet', () => {
    expect(compare('b', 10_000, 26_000)).toEqual({ state: 'changing', behindMs: 6_000 });
    expect(compare('b', 10_000, 26_001)).toEqual({ state: 'behind', behindMs: 6_001 });
    expect(compare('a', 0, 30_000)).toEqual({ state: 'behind', behindMs: 20_000 });
  });

  test('is different when we never had it and it stays; who is ahead for a moment is not', () => {
    expect(compare('z', 24_000, 30_000)).toEqual({ state: 'changing', behindMs: 0 });
    expect(compare('z', 24_000, 30_001)).toEqual({ state: 'different', behindMs: 0 });
  });

  test('cannot be judged while we serve nothing', () => {
    expect(new Views().compare({ view: 'a', since: 0 }, TELLING_MS, 99_999)).toBeUndefined();
  });
});

test('a view that comes again counts from the last time that we left it', () => {
  const views = new Views();
  for (const [now, view] of ['drained', 'whole', 'drained', 'whole', 'more'].entries()) views.serve(view, now * 10_000);
  const behind = (view: string): number | undefined => views.compare({ view, since: 0 }, TELLING_MS, 50_000)?.behindMs;
  expect([behind('whole'), behind('drained'), behind('more')]).toEqual([10_000, 20_000, 0]);
});

test('the same view again is no change', () => {
  const views = new Views();
  views.serve('a', 0);
  views.serve('a', 10_000);
  expect(views.compare({ view: 'a', since: 0 }, TELLING_MS, 90_000)).toEqual(LEVEL);
});

test('only the last 512 are remembered: who is further behind is different', () => {
  const views = new Views();
  for (let i = 0; i <= 513; i += 1) views.serve(`v${i}`, i);
  const stateOf = (view: string): string | undefined => views.compare({ view, since: 0 }, TELLING_MS, 90_000)?.state;
  expect([stateOf('v0'), stateOf('v1'), stateOf('v513')]).toEqual(['different', 'behind', 'level']);
});

const LEVEL: Standing = { state: 'level', behindMs: 0 };
