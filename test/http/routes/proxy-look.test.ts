import { describe, expect, test } from '@jest/globals';
import { refused } from '../../../src/lib/result.js';
import { CONFIG, FIGURES, proxyLook } from '../../support/proxy-look.js';
import { appWith, ask, serving } from '../support.js';

const PATHS = ['/api/proxy/stats', '/api/proxy/config'];

describe('a look at HAProxy', () => {
  test('shows what it counts', async () => {
    await serving(appWith({ proxyLook: proxyLook() }), async (port) => {
      const { status, headers, body } = await ask(port, '/api/proxy/stats');
      expect([status, headers.get('Content-Type')]).toEqual([200, 'application/json']);
      expect(JSON.parse(body)).toEqual(FIGURES);
    });
  });

  test('shows the configuration that it has, with what changed', async () => {
    await serving(appWith({ proxyLook: proxyLook() }), async (port) => {
      const { status, body } = await ask(port, '/api/proxy/config');
      expect(status).toBe(200);
      expect(JSON.parse(body)).toEqual({
        ...CONFIG,
        appliedAt: '2023-11-14T22:13:21Z',
        previous: { digest: 'a'.repeat(16), appliedAt: '2023-11-14T22:13:20Z' },
      });
    });
  });

  test('shows null before the first change', async () => {
    const look = proxyLook({ config: () => ({ ...CONFIG, previous: undefined, diff: '' }) });
    await serving(appWith({ proxyLook: look }), async (port) => {
      expect(JSON.parse((await ask(port, '/api/proxy/config')).body)).toMatchObject({ previous: null, diff: '' });
    });
  });

  test.each(PATHS)(
    '%s tells who has it already so, is not kept unasked, and not for pages of other origins',
    async (path) => {
      await serving(appWith({ proxyLook: proxyLook(), token: 's3cret' }), async (port) => {
        const { headers } = await ask(port, path, 'GET', { 'If-None-Match': '""', Origin: 'http://elsewhere' });
        expect([headers.get('Cache-Control'), headers.has('Access-Control-Allow-Origin')]).toEqual(['no-cache', false]);
        expect((await ask(port, path)).headers.get('Cache-Control')).toBe('no-cache');
        const again = await ask(port, path, 'GET', { 'If-None-Match': headers.get('ETag') ?? '' });
        expect([again.status, again.body]).toEqual([304, '']);
      });
    },
  );

  test.each(PATHS)('%s is 404 with the reason when HAProxy is left alone', async (path) => {
    await serving(appWith(), async (port) => {
      const { status, body } = await ask(port, path);
      expect([status, body]).toEqual([404, expect.stringContaining('this agent leaves HAProxy alone')]);
    });
  });

  test.each([
    ['/api/proxy/stats', { message: 'HAProxy sleeps', status: 'error', code: 'silent' }],
    ['/api/proxy/config', { message: 'it is not known yet what HAProxy runs', status: 'error' }],
  ])('%s is 503 with the reason while there is nothing to tell', async (path, said) => {
    const look = proxyLook({
      figures: () => Promise.resolve(refused({ code: 'silent', message: 'HAProxy sleeps' })),
      config: () => undefined,
    });
    await serving(appWith({ proxyLook: look }), async (port) => {
      const { status, headers, body } = await ask(port, path);
      expect([status, headers.get('Retry-After'), JSON.parse(body)]).toEqual([503, '1', said]);
    });
  });
});
