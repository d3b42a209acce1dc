import { expect, test } from '@jest/globals';
import { appWith, ask, serving } from '../support.js';

test('/api/convergence tells delays and hosts to a tenth of a millisecond, and null for what is not known', async () => {
  const self = {
    name: 'h1',
    viewHash: '0123456789abcdef',
    state: 'level',
    isBehind: false,
    behindMs: 0,
    wasSlowest: 1,
  };
  const silent = { name: 'h2', viewHash: undefined, state: 'silent', isBehind: false, behindMs: undefined };
  const delays = { p50Ms: 20.04, p99Ms: 90.06, lastMs: undefined, changes: 2, waiting: 0 };
  const holders = [
    { service: 'web', hosts: ['h1', 'h3'] },
    { service: undefined, hosts: ['h2'] },
  ];
  const status = {
    ...{ self: { ...self, state: 'level' as const }, delays },
    hosts: [
      { ...self, state: 'behind' as const, isBehind: true, behindMs: 7000.123 },
      { ...silent, state: 'silent' as const, wasSlowest: 0 },
    ],
    contested: [{ servicePort: 8080, holders }],
  };
  await serving(appWith({ convergence: { status: () => status } }), async (port) => {
    const answer = await ask(port, '/api/convergence');
    expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([200, 'no-store']);
    expect(JSON.parse(answer.body)).toEqual({
      hasProxy: false,
      self,
      delays: { p50Ms: 20, p99Ms: 90.1, lastMs: null, changes: 2, waiting: 0 },
      hosts: [
        { ...self, state: 'behind', isBehind: true, behindMs: 7000.1 },
        { name: 'h2', viewHash: null, state: 'silent', isBehind: false, behindMs: null, wasSlowest: 0 },
      ],
      contested: [
        {
          servicePort: 8080,
          holders: [
            { service: 'web', hosts: ['h1', 'h3'] },
            { service: null, hosts: ['h2'] },
          ],
        },
      ],
    });
  });
});
