import { describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { once } from 'node:events';
import { appWith, ask, serving, type Answer } from './support.js';

/** What comes of `POST /api/leave` with `headers` at an agent with `token`, and whether the agent began to leave. */
async function leave(
  token: string | undefined,
  headers: Readonly<Record<string, string>>,
  body = '',
): Promise<Answer & { readonly leaves: boolean }> {
  let leaves = false;
  let answer: Answer | undefined;
  const control = { leave: () => void (leaves = true), forget: () => 'unknown' as const };
  await serving(appWith({ token, control }), async (port) => {
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
  test.each(['http://evil.example', 'null'])('a page of %s is refused', async (origin) => {
    const { status, body, leaves } = await leave(undefined, { Origin: origin });
    expect([status, leaves, (JSON.parse(body) as { status: string }).status]).toEqual([403, false, 'error']);
  });

  test('a program may go on, whatever it sends as Authorization', async () => {
    expect(await leave(undefined, { Authorization: 'Bearer x' })).toMatchObject({ status: 202, leaves: true });
  });
});

describe('a body', () => {
  test('is read and ignored', async () => {
    expect(await leave(undefined, {}, 'x'.repeat(65_536))).toMatchObject({ status: 202, leaves: true });
  });

  test('that is too long is refused, and its end not waited for', async () => {
    let leaves = false;
    const control = { leave: () => void (leaves = true), forget: () => 'unknown' as const };
    await serving(appWith({ control }), async (port) => {
      const socket = connect(port, '127.0.0.1').setEncoding('latin1');
      let answer = '';
      socket.on('data', (chunk: string) => (answer += chunk));
      socket.write(`POST /api/leave HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(65_537)}`);
      await once(socket, 'close');
      expect(answer).toMatch(/^HTTP\/1\.1 413 [^]*\r\nConnection: close\r\n[^]*"status":"error"}$/);
    });
    expect(leaves).toBe(false);
  });
});
