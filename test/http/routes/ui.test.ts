import { describe, expect, test } from '@jest/globals';
import { OPENAPI, PATHS } from '../../../src/http/openapi/document.js';
import { appWith, ask, serving } from '../support.js';

describe('/ui/', () => {
  test.each([
    ['GET', '/ui'],
    ['GET', '/ui/'],
    ['PUT', '/ui/'],
    ['OPTIONS', '/ui/'],
  ])('%s %s is a page that lists every route, and links those that need nothing more', async (method, target) => {
    await serving(appWith({ token: 's3cret' }), async (port) => {
      const { status, headers, body } = await ask(port, target, method);
      expect([status, headers.get('Content-Type')]).toEqual([200, 'text/html; charset=utf-8']);
      for (const path of Object.keys(PATHS)) expect(body).toContain(path);
      expect(body).toContain('<a href="/services.json">/services.json</a>');
      expect(body).not.toContain('<a href="/services/{name}.json">');
      expect(body).not.toContain('<a href="/api/leave">');
    });
  });

  test('has each route under its tag, once', async () => {
    await serving(appWith(), async (port) => {
      const { body } = await ask(port, '/ui/');
      const cards = body.split('<section class="card">').slice(1);
      expect(cards).toHaveLength(OPENAPI.tags.length);
      for (const [i, { name, description }] of OPENAPI.tags.entries()) {
        expect(cards[i]).toContain(`<h2>${name} <small>${description}</small></h2>`);
        const listed = [...(cards[i] ?? '').matchAll(/<td data-label="Path"><code>(?:<a [^>]*>)?([^<]+)/g)];
        const tagged = Object.entries(PATHS).flatMap(([path, item]) =>
          Object.values(item).flatMap(({ tags }) => (tags.includes(name) ? [path] : [])),
        );
        expect(listed.map(([, path]) => path)).toEqual(tagged);
      }
    });
  });

  test('loads and runs nothing, whoever puts it into a frame', async () => {
    await serving(appWith(), async (port) => {
      const { headers } = await ask(port, '/ui/');
      expect(headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
      expect(headers.get('Content-Security-Policy')).toContain("frame-ancestors 'none'");
    });
  });

  test('HEAD has the length of the page and no page', async () => {
    await serving(appWith(), async (port) => {
      const page = await ask(port, '/ui/');
      const { status, headers, body } = await ask(port, '/ui/', 'HEAD');
      expect([status, headers.get('Content-Length'), body]).toEqual([200, String(page.body.length), '']);
    });
  });
});
