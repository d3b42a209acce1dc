import { describe, expect, test } from '@jest/globals';
import { appWith, ask, explanationOf, serving } from '../support.js';

const asked = (explain: (service: string, which: string | undefined) => Promise<object>) =>
  appWith({ explainer: { ownHalf: (service) => ({ half: service }), explain } });

describe('/api/explain', () => {
  test.each([
    ['/api/explain/web', ['web', undefined]],
    ['/api/explain/web/h2', ['web', 'h2']],
    ['/api/explain?service=shop%2Fweb:1&which=aa', ['shop/web:1', 'aa']],
    ['/api/explain?service=web', ['web', undefined]],
  ])('%s', async (path, expected) => {
    const questions: unknown[] = [];
    const app = asked((...question) => {
      questions.push(question);
      return Promise.resolve(explanationOf('web', null));
    });
    await serving(app, async (port) => {
      const { status, body } = await ask(port, path);
      expect([status, questions]).toEqual([200, [expected]]);
      expect(JSON.parse(body)).toMatchObject({
        instances: [{ steps: [{ facts: { endedAgoMs: null, since: '2026-11-22T11:10:15Z' } }] }],
      });
    });
  });

  test('of its half an agent speaks at once, and asks nobody', async () => {
    await serving(
      asked(() => Promise.reject(new Error('asked'))),
      async (port) => {
        const { status, body } = await ask(port, '/api/explain/web?half=local');
        expect([status, JSON.parse(body)]).toEqual([200, { half: 'web' }]);
      },
    );
  });

  test.each([
    ...['/api/explain', '/api/explain?service=', '/api/explain?service=web&service=api', '/api/explain/web?which=h2'],
    '/api/explain/web?half=other',
  ])('%s is refused', async (path) => {
    await serving(appWith(), async (port) => expect((await ask(port, path)).status).toBe(400));
  });

  test('of many questions at once eight are answered, the others refused until there is room', async () => {
    const open: (() => void)[] = [];
    const app = asked(() => new Promise((resolve) => open.push(() => resolve({}))));
    await serving(app, async (port) => {
      const first = Array.from({ length: 8 }, () => ask(port, '/api/explain/web'));
      while (open.length < 8) await ask(port, '/api/explain/web?half=local');
      const refused = await ask(port, '/api/explain/web');
      expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '1']);
      for (const answer of open.splice(0)) answer();
      expect((await Promise.all(first)).map(({ status }) => status)).toEqual(Array(8).fill(200));
      const next = ask(port, '/api/explain/web');
      while (open.length < 1) await ask(port, '/api/explain/web?half=local');
      open[0]?.();
      expect((await next).status).toBe(200);
    });
  });
});
