import { expect, test } from '@jest/globals';
import { appWith, ask, serving, time } from '../support.js';

test('/api/views tells what each host sees, times to a microsecond, and null for what is not known', async () => {
  const nothing = { differs: [], omitted: 0, skewMs: undefined, roundTripMs: undefined };
  const differs = [{ name: 'h3', state: 'suspect', ours: 'alive' }];
  const seen = {
    ...{ time: time('2026-11-22T11:10:00Z'), clusterName: 'prod', partitions: [['h1', 'h2'], ['h3']] },
    hosts: [
      { ...nothing, name: 'h1', state: 'alive', asked: 'self' as const, message: undefined, sees: 3 },
      {
        ...{ name: 'h2', state: 'alive', asked: 'answered' as const, message: undefined, sees: 2, differs, omitted: 4 },
        ...{ skewMs: -12.34567, roundTripMs: 0.61449 },
      },
      { ...nothing, name: 'h3', state: 'alive', asked: 'not-asked' as const, message: 'why', sees: undefined },
    ],
  };
  await serving(appWith({ memberViews: { look: () => Promise.resolve(seen) } }), async (port) => {
    const answer = await ask(port, '/api/views');
    expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([200, 'no-store']);
    const unknown = { differs: [], omitted: 0, skewMs: null, roundTripMs: null };
    expect(JSON.parse(answer.body)).toEqual({
      ...{ time: '2026-11-22T11:10:00Z', clusterName: 'prod', partitions: [['h1', 'h2'], ['h3']] },
      hosts: [
        { ...unknown, name: 'h1', state: 'alive', asked: 'self', message: null, sees: 3 },
        {
          ...{ name: 'h2', state: 'alive', asked: 'answered', message: null, sees: 2, differs, omitted: 4 },
          ...{ skewMs: -12.346, roundTripMs: 0.614 },
        },
        { ...unknown, name: 'h3', state: 'alive', asked: 'not-asked', message: 'why', sees: null },
      ],
    });
  });
});
