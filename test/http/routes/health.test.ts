import { describe, expect, test } from '@jest/globals';
import { appWith, ask, serving, time } from '../support.js';

const problem = {
  room: 'haproxy',
  code: 'CONFIG_REJECTED',
  subject: '/etc/haproxy/haproxy.cfg',
  message: 'HAProxy rejects it',
  sinceNs: time('2026-11-22T11:10:00.5Z'),
};
const listed = {
  room: 'haproxy',
  code: 'CONFIG_REJECTED',
  subject: '/etc/haproxy/haproxy.cfg',
  message: 'HAProxy rejects it',
  since: '2026-11-22T11:10:00.5Z',
};

describe('/health', () => {
  test('is 200 while the agent works, and lists what is wrong around it', async () => {
    await serving(appWith({ problems: { list: () => [problem], dropped: 3 } }), async (port) => {
      const { status, headers, body } = await ask(port, '/health');
      expect(status).toBe(200);
      expect(headers.get('Content-Type')).toBe('application/json');
      expect(headers.get('Cache-Control')).toBe('no-store');
      expect(body).toBe(`${JSON.stringify({ status: 'ok', problems: [listed], dropped: 3 }, null, 2)}\n`);
    });
  });

  test('is 503 with the reasons when the agent itself fails', async () => {
    const facts = { vitals: () => ['the catalog does not answer'], problems: { list: () => [problem], dropped: 0 } };
    await serving(appWith(facts), async (port) => {
      const { status, body } = await ask(port, '/health');
      expect(status).toBe(503);
      expect(JSON.parse(body)).toEqual({
        status: 'failing',
        reasons: ['the catalog does not answer'],
        problems: [listed],
        dropped: 0,
      });
    });
  });

  test('answers HEAD for load balancers', async () => {
    await serving(appWith(), async (port) => {
      const { status, body } = await ask(port, '/health', 'HEAD');
      expect([status, body]).toEqual([200, '']);
    });
  });
});
