import { expect, test } from '@jest/globals';
import type { ListenerStatus } from '../../../src/http/routes/listeners.js';
import { appWith, ask, serving, time } from '../support.js';

const STATUS: ListenerStatus = {
  url: 'http://10.0.0.9:7778/update',
  source: 'config',
  service: undefined,
  state: 'away',
  pending: 3,
  delivered: 12,
  skipped: 1,
  failures: 9,
  lastFault: 'answered 500',
  lastDeliveredAt: time('2026-11-22T11:10:15.5Z'),
};

test('/api/listeners lists them in their order, times as RFC 3339 and null for what is not known', async () => {
  const fresh: ListenerStatus = {
    ...{ url: 'http://h1:10005/update', source: 'service', service: 'web-aaaaaaaaaaaa', state: 'ok' },
    ...{ pending: 0, delivered: 0, skipped: 0, failures: 0, lastFault: undefined, lastDeliveredAt: undefined },
  };
  await serving(appWith({ listeners: { status: () => [STATUS, fresh] } }), async (port) => {
    const { status, headers, body } = await ask(port, '/api/listeners');
    expect([status, headers.get('Content-Type'), headers.get('Cache-Control')]).toEqual([
      200,
      'application/json',
      'no-store',
    ]);
    const document = [
      { ...STATUS, service: null, lastDeliveredAt: '2026-11-22T11:10:15.5Z' },
      { ...fresh, lastFault: null, lastDeliveredAt: null },
    ];
    expect(body).toBe(`${JSON.stringify(document, null, 2)}\n`);
  });
});
