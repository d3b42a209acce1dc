import { describe, expect, test } from '@jest/globals';
import type { RequestListener } from 'node:http';
import { appWith, ask, askRaw, serving, type Answer } from './support.js';

const MAX_BODY = 65_536;

/** What comes of `POST /api/leave` with `headers` at an agent with `token`, and whether the agent began to leave. */
async function leave(
  token: string | undefined,
  headers: Readonly<Record<string, string>>,
  body = '',
): Promise<Answer & { readonly leaves: boolean }> {
  let leaves = false;
  let answer: Answer | undefined;
  const control = { leave: () => void (leaves = true), forget: () => 'unknown' as const };
  await serving(appWith({ token, control, maxBody: MAX_BODY }), async (port) => {
    answer = await ask(port, '/api/leave', 'POST', headers, body);
  });
  return { ...answer!, leaves };
}

describe('with a token', () => {
  test.each(['Bearer s3cret', 'bearer  s3cret'])('%s may change something', async (authorization) => {
    const { status, leaves } = await leave('s3cret', { Authorization: authorization, Origin: 'http://console' });
    expect([status, leaves]).toEqual([202, true]);
  });

  test.each<readonly [string, Readonly<Record<string, string>>]>([
    ['no header', {}],
    ['another token', { Authorization: 'Bearer s3cres' }],
    ['a part of it', { Authorization: 'Bearer s3cre' }],
    ['more than it', { Authorization: 'Bearer s3cret s3cret' }],
    ['another scheme', { Authorization: 'Basic s3cret' }],
    ['nothing after the scheme', { Authorization: 'Bearer ' }],
  ])('%s is refused', async (_, given) => {
    const { status, headers, body, leaves } = await leave('s3cret', given);
    expect([status, leaves, headers.get('WWW-Authenticate')]).toEqual([401, false, 'Bearer realm="sidecar"']);
    expect(JSON.parse(body)).toMatchObject({ status: 'error', message: expect.stringContaining('SIDECAR_TOKEN') });
    expect(body).not.toContain('s3cret');
  });

  test('reading needs none', async () => {
    await serving(appWith({ token: 's3cret' }), async (port) => {
      for (const path of ['/api/members', '/health', '/services.json'])
        expect((await ask(port, path)).status).toBe(200);
    });
  });
});

describe('without a token', () => {
  test.each([
    'http://evil.example',
    'null',
    'http://127.0.0.1:1', // another program on this host
    'https://localhost',
  ])('a page of %s is refused', async (origin) => {
    const { status, body, leaves } = await leave(undefined, { Origin: origin });
    expect([status, leaves, (JSON.parse(body) as { status: string }).status]).toEqual([403, false, 'error']);
  });

  test.each(['127.0.0.1:7777', 'localhost:7777', '[::1]:7777', 'LOCALHOST'])(
    'a page that came from %s itself may go on',
    async (host) => {
      const origin = `http://${host.toLowerCase()}`;
      expect(await leave(undefined, { Host: host, Origin: origin })).toMatchObject({ status: 202, leaves: true });
    },
  );

  test('a page that came from here by a name is refused, since its owner can let any name lead here', async () => {
    const { status, leaves, body } = await leave(undefined, { Host: 'evil.example', Origin: 'http://evil.example' });
    expect([status, leaves]).toEqual([403, false]);
    expect(body).toContain('unless it was opened from this very port by its address or as localhost');
  });

  test('a program may go on, whatever it sends as Authorization', async () => {
    expect(await leave(undefined, { Authorization: 'Bearer x' })).toMatchObject({ status: 202, leaves: true });
  });
});

describe('a program on another host', () => {
  const ELSEWHERE = ['10.0.0.9', '::ffff:10.0.0.9', 'fd00::9', undefined];
  const HERE = ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'];

  /** What becomes of a request that comes from an address. */
  async function statusFrom(address: string | undefined, method: string, path: string, token?: string) {
    const app = appWith({
      token,
      drains: { drain: () => ({ name: 'web' }), endDrain: () => ({ name: 'web' }) },
      control: { leave: () => undefined, forget: () => 'forgotten' },
    });
    const from: RequestListener = (request, response) => {
      Object.defineProperty(request.socket, 'remoteAddress', { value: address });
      app(request, response);
    };
    let answer: Answer | undefined;
    await serving(from, async (port) => {
      answer = await ask(port, path, method, token === undefined ? {} : { Authorization: `Bearer ${token}` });
    });
    return answer?.status;
  }

  const OURS = [
    ['POST', '/api/leave', 202],
    ['POST', '/api/members/h2/forget', 200],
    ['DELETE', '/api/services/a/drain', 202],
  ] satisfies [string, string, number][];
  test.each(OURS)('may not %s %s without a token, and one here may', async (method, path, done) => {
    for (const address of ELSEWHERE) expect(await statusFrom(address, method, path)).toBe(403);
    for (const address of HERE) expect(await statusFrom(address, method, path)).toBe(done);
  });

  test.each(OURS)('may %s %s with the token', async (method, path, done) => {
    expect(await statusFrom('10.0.0.9', method, path, 's3cret')).toBe(done);
  });

  test('may drain as it could at the original', async () => {
    expect(await statusFrom('10.0.0.9', 'POST', '/api/services/a/drain')).toBe(202);
  });
});

describe('a body', () => {
  test('is read and ignored', async () => {
    expect(await leave(undefined, {}, 'x'.repeat(MAX_BODY))).toMatchObject({ status: 202, leaves: true });
  });

  test.each([
    ['POST', '/api/leave'],
    ['GET', '/services.json'],
    ['PUT', '/nowhere/at/all'],
  ])('of %s %s that says to be too long is refused, and read past', async (method, path) => {
    let leaves = false;
    const control = { leave: () => void (leaves = true), forget: () => 'unknown' as const };
    await serving(appWith({ control, maxBody: MAX_BODY }), async (port) => {
      const { status, body } = await ask(port, path, method, { 'Content-Length': '65537' }, 'x'.repeat(65_537));
      expect([status, JSON.parse(body)]).toEqual([
        413,
        { message: 'the body is longer than 65536 bytes', status: 'error' },
      ]);
    });
    expect(leaves).toBe(false);
  });

  test('that turns out to be too long is refused, and its end not waited for', async () => {
    let leaves = false;
    const control = { leave: () => void (leaves = true), forget: () => 'unknown' as const };
    await serving(appWith({ control, maxBody: MAX_BODY }), async (port) => {
      const chunk = `8001\r\n${'x'.repeat(0x8001)}\r\n`;
      const answer = await askRaw(
        port,
        `POST /api/leave HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 413 [^]*\r\nConnection: close\r\n[^]*"status":"error"}$/);
    });
    expect(leaves).toBe(false);
  });

  test('without an end that nobody reads does not keep its connection', async () => {
    await serving(appWith(), async (port) => {
      const answer = await askRaw(
        port,
        'GET /services.json HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n',
      );
      expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*\r\nConnection: close\r\n/);
    });
  });
});
