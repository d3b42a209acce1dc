import { describe, expect, test } from '@jest/globals';
import { appWith, ask, askRaw, FakeCatalog, listening, serving, snapshotOf } from './support.js';

describe('failures', () => {
  test('one of our own is answered without its cause, and logged with the path', async () => {
    const lines: string[] = [];
    const catalog = new FakeCatalog(snapshotOf([]));
    catalog.snapshot = () => {
      throw new Error('secret at /home/agent');
    };
    await serving(appWith({ catalog, log: listening(lines) }), async (port) => {
      const answer = await ask(port, '/state.json');
      expect(answer.status).toBe(500);
      expect(answer.headers.get('Content-Type')).toBe('application/json');
      expect(answer.body).toBe('{"message":"internal error","status":"error"}');
    });
    expect(lines).toEqual(['error a request failed for a reason of our own {"method":"GET","path":"/state.json"}']);
  });

  test('a message cannot break out of its JSON', async () => {
    await serving(appWith(), async (port) => {
      const { status, body } = await ask(port, '/services/%22%3Cb%3E%0A.json');
      expect(status).toBe(404);
      expect(body).toBe(String.raw`{"message":"no instances of \"\u003cb\u003e\n found","status":"error"}`);
    });
  });

  test('a malformed escape is answered 400', async () => {
    await serving(appWith(), async (port) => {
      const { status, headers, body } = await ask(port, '/services/%zz.json');
      expect([status, headers.get('Content-Type'), body]).toEqual([
        400,
        'text/plain; charset=utf-8',
        '400 Bad Request',
      ]);
    });
  });

  test('an absolute target that no URL parser accepts is only an unknown path', async () => {
    await serving(appWith(), async (port) => {
      const answer = await askRaw(port, 'GET http://a:b:c/x/y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    });
  });
});
