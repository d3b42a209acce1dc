import { describe, expect, test } from '@jest/globals';
import { consoleFilesOf } from '../../../src/http/console-files.js';
import { appWith, ask, serving } from '../support.js';

const FILES = consoleFilesOf(
  new Map([
    ['index.html', Buffer.from('<!doctype html>')],
    ['index.html.br', Buffer.from('page as brotli')],
    ['assets/index-1a2b.js', Buffer.from('plain')],
    ['assets/index-1a2b.js.gz', Buffer.from('as gzip')],
    ['assets/index-1a2b.js.br', Buffer.from('as brotli')],
  ]),
);
const ASSET = '/ui/assets/index-1a2b.js';

describe('the console', () => {
  test.each(['/ui', '/ui/', '/ui/services/web', '/ui/instances/node1/a1?tab=history', '/ui/no.such.page'])(
    '%s is the page, asked for each time, that loads from nowhere else',
    async (target) => {
      await serving(appWith({ console: FILES }), async (port) => {
        const { status, headers, body } = await ask(port, target);
        expect([status, headers.get('Content-Type'), body]).toEqual([
          200,
          'text/html; charset=utf-8',
          '<!doctype html>',
        ]);
        expect(headers.get('Cache-Control')).toBe('no-cache');
        expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
        expect(headers.get('Referrer-Policy')).toBe('no-referrer');
        expect(headers.get('Content-Security-Policy')).toBe(
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
            "base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
        );
      });
    },
  );

  test.each([
    [undefined, undefined, 'plain'],
    ['gzip, deflate, br', 'br', 'as brotli'],
    ['gzip', 'gzip', 'as gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip', 'as gzip'],
    ['zstd', undefined, 'plain'],
  ])('to who takes %s an asset goes as %s', async (accepted, encoding, text) => {
    await serving(appWith({ console: FILES }), async (port) => {
      const asked = accepted === undefined ? {} : { 'Accept-Encoding': accepted };
      const { status, headers, body } = await ask(port, ASSET, 'GET', asked);
      expect([status, headers.get('Content-Encoding'), body]).toEqual([200, encoding, text]);
      expect(headers.get('Content-Length')).toBe(String(text.length));
      expect(headers.get('Vary')).toBe('Accept-Encoding');
      expect(headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
    });
  });

  test.each(['/ui/assets/index-0000.js', '/ui/assets/../index.html.br', '/ui/assets/'])(
    '%s, which is no asset, is not the page',
    async (target) => {
      await serving(appWith({ console: FILES }), async (port) => {
        const { body } = await ask(port, target);
        expect(body).not.toContain('<!doctype html>');
      });
    },
  );

  test('the routes are listed beside it', async () => {
    await serving(appWith({ console: FILES }), async (port) => {
      const { status, body } = await ask(port, '/ui/routes');
      expect(status).toBe(200);
      expect(body).toContain('/api/openapi.json');
      expect(body).not.toContain('The console is not there');
    });
  });

  test('where it was not built the list of routes says so, and it has no pages', async () => {
    await serving(appWith({ console: undefined }), async (port) => {
      expect((await ask(port, '/ui/')).body).toContain('The console is not there');
      expect((await ask(port, '/ui/services')).status).toBe(404);
      expect((await ask(port, ASSET)).status).toBe(404);
    });
  });
});
