import { expect, test } from '@jest/globals';
import { NO_RATES, withCount } from '../../../../src/console/data/rates.js';
import type { Figures } from '../../../../src/console/data/figures.js';
import { loadsOf, loadTotals } from '../../../../src/console/pages/services/loads.js';
import { figures, frontend, server } from '../../support.js';

const at = (seconds: number, told: Figures): Figures => ({ ...told, time: seconds * 1_000 });

function loadsAfter(...told: readonly Figures[]): ReturnType<typeof loadsOf> {
  const rates = told.reduce(
    (known, each) => withCount(known, { ...each, totals: loadTotals(each) }, { points: 12, gapMs: 30_000 }),
    NO_RATES,
  );
  return loadsOf(told.at(-1) ?? figures(), rates);
}

test('an instance is all of its servers: the worst state, what they have together, and their words', () => {
  const of = (requests: number, errors: number): Figures =>
    figures({
      servers: [
        server({ backend: 'web-80', server: 's', status: 'UP', sessions: 2, requests, responseMs: 12 }),
        server({ backend: 'web-90', server: 's', status: 'DOWN', sessions: 1, requests: requests * 2, errors }),
        server({ backend: 'web-90', server: 'nobody', host: undefined }),
      ],
    });
  const { ofInstance } = loadsAfter(at(0, of(100, 4)), at(5, of(110, 5)));
  expect([...ofInstance.keys()]).toEqual(['node1/a1']);
  expect(ofInstance.get('node1/a1')).toMatchObject({
    ...{ word: { word: 'Down' }, sessions: 3, requests: 6, errors: 5, isFailing: true },
    title:
      'web-80/s: UP, weight 100, 110 requests in all, answers in 12 ms\nweb-90/s: DOWN, weight 100, 220 requests in all',
  });
});

test('errors of long ago are told without alarm', () => {
  const told = figures({ servers: [server({ errors: 9 })] });
  expect(loadsAfter(at(0, told), at(5, told)).ofInstance.get('node1/a1')).toMatchObject({
    ...{ errors: 9, isFailing: false },
  });
});

test('requests are not known at first, nor in mode tcp', () => {
  const http = figures({ servers: [server({ requests: 5 })] });
  const tcp = figures({ servers: [server({ requests: undefined })] });
  expect(loadsAfter(http).ofInstance.get('node1/a1')?.requests).toBeUndefined();
  expect(loadsAfter(at(0, tcp), at(5, tcp)).ofInstance.get('node1/a1')?.requests).toBeUndefined();
});

test('a service is all of its frontends; connections are told where there are no requests', () => {
  const of = (n: number): Figures =>
    figures({
      frontends: [
        frontend({ name: 'web-90', requests: undefined, sessionsTotal: n }),
        frontend({ name: 'web-80', requests: n * 2, errors: n }),
        frontend({ name: 'web-81', requests: n * 3 }),
        frontend({ name: 'db-1', service: 'db', requests: undefined, sessionsTotal: n }),
        frontend({ name: 'stats', service: undefined, requests: n }),
      ],
    });
  const { ofService } = loadsAfter(at(0, of(0)), at(5, of(10)));
  expect([...ofService]).toEqual([
    ['web', { unit: 'req/s', perSecond: 10, errors: 2 }],
    ['db', { unit: 'conn/s', perSecond: 2, errors: 0 }],
  ]);
});
