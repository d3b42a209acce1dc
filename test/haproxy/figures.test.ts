import { expect, test } from '@jest/globals';
import { Figures } from '../../src/haproxy/figures.js';

test('a reload counts once, under the first of its causes, and is forced when it has none', () => {
  const figures = new Figures(() => undefined);
  figures.reloaded(['section-added', 'section-removed'], 1n, 'frontend added: web-80 and 1 more');
  figures.reloaded([], 2n, '');
  expect([...figures.reloadsByCause]).toEqual([
    ['section-added', 1],
    ['forced', 1],
  ]);
  expect([figures.reloads, figures.lastReload]).toEqual([2, { time: 2n, cause: 'forced', reason: '' }]);
});

test('each change that HAProxy has is told with the time it took', () => {
  const times: number[] = [];
  const figures = new Figures((tookMs) => void times.push(tookMs));
  figures.applied({ time: 1n, tookMs: 12, how: 'runtime', reason: '' });
  figures.applied({ time: 2n, tookMs: 3, how: 'nothing', reason: '' });
  expect([times, figures.lastApply?.how]).toEqual([[12, 3], 'nothing']);
});

test('drift is what was found, apart from what was repaired; the last of it stays when nothing is found', () => {
  const figures = new Figures(() => undefined);
  figures.compared({ differences: 2, repaired: 0, texts: ['a', 'b'] }, 1n);
  figures.compared({ differences: 2, repaired: 2, texts: ['a', 'b'] }, 2n);
  figures.compared({ differences: 0, repaired: 0, texts: [] }, 3n);
  expect(figures.drift).toEqual({ looks: 3, found: 4, repaired: 2 });
  expect(figures.lastDrift).toEqual({ time: 2n, what: 'a; b' });
});

test('failures are counted by code, and the last one stays', () => {
  const figures = new Figures(() => undefined);
  figures.failed('RELOAD_FAILED', 1n, 'one');
  figures.failed('RELOAD_FAILED', 2n, 'two');
  figures.failed('CONFIG_REJECTED', 3n, 'three');
  expect([...figures.failuresByCode]).toEqual([
    ['RELOAD_FAILED', 2],
    ['CONFIG_REJECTED', 1],
  ]);
  expect(figures.lastError).toEqual({ time: 3n, code: 'CONFIG_REJECTED', message: 'three' });
});
