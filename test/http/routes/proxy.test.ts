import { describe, expect, test } from '@jest/globals';
import { proxyStatus, TROUBLED } from '../../support/proxy-status.js';
import { appWith, ask, serving } from '../support.js';

const TIME = '2026-11-22T11:10:00Z';

describe('/api/proxy', () => {
  test('tells what HAProxy runs, with times as text', async () => {
    const proxy = { facts: () => proxyStatus(), plan: () => Promise.resolve('unknown-template' as const) };
    await serving(appWith({ proxy, token: 's3cret' }), async (port) => {
      const { status, headers, body } = await ask(port, '/api/proxy');
      expect([status, headers.get('Content-Type'), headers.get('Cache-Control')]).toEqual([
        200,
        'application/json',
        'no-store',
      ]);
      expect(JSON.parse(body)).toMatchObject({
        running: true,
        pids: [4711],
        catalogVersion: { applied: 42, current: 42 },
        lastApply: { time: TIME, tookMs: 12, how: 'runtime', reason: '2 servers added' },
        reloads: { last: { time: TIME, cause: 'section-added', reason: 'frontend added: web-8080' } },
      });
    });
  });

  test('has every key always, null for what is not known', async () => {
    const keysOf = async (facts: typeof TROUBLED): Promise<Record<string, unknown>> => {
      const proxy = { facts: () => facts, plan: () => Promise.resolve('unknown-template' as const) };
      let answer: Record<string, unknown> = {};
      await serving(appWith({ proxy }), async (port) => {
        answer = JSON.parse((await ask(port, '/api/proxy')).body) as Record<string, unknown>;
      });
      return answer;
    };
    const [well, troubled] = [await keysOf(proxyStatus()), await keysOf(TROUBLED)];
    expect(Object.keys(troubled)).toEqual(Object.keys(well));
    expect(troubled).toMatchObject({ viewHash: null, lastApply: null, catalogVersion: { applied: null, current: 43 } });
    expect(troubled['retiring']).toEqual([
      { backend: 'web-8080', server: 'node1-a', sinceMs: 12_000, sessions: 3 },
      { backend: 'web-8080', server: 'node1-b', sinceMs: 900, sessions: null },
    ]);
    expect(well['config']).toMatchObject({ behind: null });
  });

  test.each(['/api/proxy', '/api/proxy/plan'])('%s is 404 with the reason when HAProxy is left alone', async (path) => {
    await serving(appWith(), async (port) => {
      const { status, body } = await ask(port, path);
      expect(status).toBe(404);
      expect(JSON.parse(body)).toEqual({
        message: 'this agent leaves HAProxy alone: haproxy.disable is set, or haproxy.config_file is empty',
        status: 'error',
      });
    });
  });
});
