import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { AwaitedMirror } from '../../src/follower/awaited-mirror.js';
import { Receiver } from '../../src/follower/receiver.js';
import { createHaproxyApiApp, type HaproxyApiDeps } from '../../src/http/haproxy-api-app.js';
import { UnsentBodies } from '../../src/http/unsent-bodies.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { systemClock, systemWallClock } from '../../src/platform/clock.js';
import { until } from '../support/until.js';
import { ask, captured, comparable, fixture, serving, silent, type Answer } from './support.js';

const UPDATE = fixture('../haproxy-api/update-request-body.json').trim();
const MAX_BODY = 4096;

/** haproxy-api without an HAProxy: how that is, is for `facts` to say. */
function setUp(facts: Partial<HaproxyApiDeps> = {}) {
  const wall = systemWallClock();
  const problems = new ProblemBoard(wall);
  const mirror = new AwaitedMirror({ graceMs: 0 }, { wall, clock: systemClock });
  const held = new Receiver({ maxBytes: MAX_BODY }, { mirror, wall, problems, log: silent });
  const app = createHaproxyApiApp({
    held,
    health: { isServing: () => true, lastWriteFailed: () => false },
    following: undefined,
    proxy: undefined,
    problems,
    metrics: new MetricsRegistry(),
    unsent: new UnsentBodies(),
    token: undefined,
    maxBody: MAX_BODY,
    log: silent,
    ...facts,
  });
  return { app, held, problems };
}

const post = (port: number, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  ask(port, '/update', 'POST', headers, body);

interface World {
  readonly file: string;
  readonly body?: string;
  /** What was posted before. */
  readonly before?: string;
  readonly health?: HaproxyApiDeps['health'];
}

const WORLDS: readonly World[] = [
  { file: 'state-empty.http' },
  { file: 'state-ok.http', before: UPDATE },
  { file: 'health-ok.http', before: UPDATE },
  { file: 'health-no-haproxy.http', health: { isServing: () => false, lastWriteFailed: () => true } },
  { file: 'health-no-pidfile.http', health: { isServing: () => false, lastWriteFailed: () => false } },
  { file: 'health-bad-config.http', health: { isServing: () => true, lastWriteFailed: () => true } },
  { file: 'health-post.http' },
  { file: 'notfound.http' },
  { file: 'options-update.http' },
  { file: 'root.http' },
  { file: 'update-array.http', body: '[]' },
  { file: 'update-bad-json.http', body: '{"State":' },
  { file: 'update-empty-body.http' },
  { file: 'update-get.http' },
  { file: 'update-ok.http', body: UPDATE },
];

describe('answers of the original (contract section 10.4)', () => {
  test.each(WORLDS)('$file', async ({ file, body = '', before, health }) => {
    const [exchange] = captured(`../haproxy-api/${file}`);
    const { app, held } = setUp(health ? { health } : {});
    if (before !== undefined) held.post(Buffer.from(before));
    await serving(app, async (port) => {
      const answer = await ask(port, exchange!.target, exchange!.method, {}, body);
      expect(comparable(answer)).toEqual(comparable(exchange!.answer));
    });
  });

  test.each([
    ['HEAD', '/state', 405],
    ['DELETE', '/update', 405],
    ['POST', '/state', 405],
    ['GET', '/update/', 404],
    ['OPTIONS', '/nope', 404],
  ])('%s %s: %i', async (method, target, status) => {
    await serving(setUp().app, async (port) => expect((await ask(port, target, method)).status).toBe(status));
  });
});

describe('what differs from the original', () => {
  test.each(['{}', '{"State":{}}', '{"State":null,"ChangeEvent":null}'])(
    '%s is refused, and what is held stays',
    async (body) => {
      const { app, held } = setUp();
      held.post(Buffer.from(UPDATE));
      await serving(app, async (port) => {
        const { status, body: errors } = await post(port, body);
        expect([status, errors]).toEqual([
          500,
          expect.stringMatching(/^\{"errors":\["(State|ChangeEvent) is missing, expected an object"\]\}$/),
        ]);
        expect((await ask(port, '/state')).body).toContain('svc10');
      });
    },
  );

  test('/health tells whom it follows, and how old the state is, after all else', async () => {
    const original = captured('../haproxy-api/follow-health.http', '/health')[0]!.answer;
    const following = () => ({
      upstream: undefined,
      connected: false,
      stateAgeMs: 61_000.4,
      failures: 3,
      lastFault: 'connect ECONNREFUSED',
    });
    await serving(setUp({ following }).app, async (port) => {
      const { status, body } = await ask(port, '/health');
      const fields = Object.keys(JSON.parse(original.body) as object);
      expect([status, Object.keys(JSON.parse(body) as object)]).toEqual([original.status, [...fields, 'follow']]);
      expect(JSON.parse(body)).toMatchObject({
        follow: {
          upstream: null,
          connected: false,
          state_age_ms: 61_000,
          failures: 3,
          last_fault: 'connect ECONNREFUSED',
        },
      });
    });
  });

  test('/api/health lists what is wrong around it, as /health of the agent does', async () => {
    const { app, problems } = setUp();
    problems.raise({ room: 'haproxy', code: 'RELOAD_FAILED', subject: '', message: 'it failed' });
    await serving(app, async (port) => {
      expect(JSON.parse((await ask(port, '/api/health')).body)).toMatchObject({
        status: 'ok',
        problems: [{ code: 'RELOAD_FAILED', message: 'it failed' }],
      });
    });
  });

  test('/metrics and /api/proxy are there, the latter with the reason when there is no HAProxy', async () => {
    await serving(setUp().app, async (port) => {
      expect((await ask(port, '/metrics')).body).toContain('sidecar_http_updates_turned_away_total 0');
      expect((await ask(port, '/api/proxy')).status).toBe(404);
    });
  });
});

describe('with a token', () => {
  test('POST /update needs it, reading does not', async () => {
    const { app, held } = setUp({ token: 's3cret' });
    await serving(app, async (port) => {
      const { status, headers, body } = await post(port, UPDATE, { Authorization: 'Bearer other' });
      expect([status, headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer realm="sidecar"']);
      expect(JSON.parse(body)).toEqual({ errors: [expect.stringContaining('haproxy_api.token')] });
      expect(held.state()).toBeUndefined();
      expect((await post(port, UPDATE, { Authorization: 'Bearer s3cret' })).status).toBe(200);
      expect((await ask(port, '/state')).status).toBe(200);
    });
  });
});

describe('a body', () => {
  test('that is too long is refused at once, and a client that goes on sending gets the answer', async () => {
    const { app, held } = setUp();
    await serving(app, async (port) => {
      const socket = connect(port, '127.0.0.1').setEncoding('latin1');
      let answer = '';
      socket.on('data', (chunk: string) => (answer += chunk));
      socket.write(`POST /update HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n${'x'.repeat(MAX_BODY + 1)}`);
      await until('the refusal is there', () => answer.endsWith('{"errors":["the body is longer than 4096 bytes"]}'));
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      answer = '';
      socket.write(`${'x'.repeat(50_000 - MAX_BODY - 1)}GET /state HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      await once(socket, 'close');
      expect(answer).toMatch(/^HTTP\/1\.1 500 [^]*No currently stored state/);
    });
    expect(held.state()).toBeUndefined();
  });

  test('is not read while four others are', async () => {
    await serving(setUp().app, async (port) => {
      const head = `POST /update HTTP/1.1\r\nHost: a\r\nContent-Length: ${UPDATE.length}\r\n\r\n`;
      const slow = Array.from({ length: 4 }, () => connect(port, '127.0.0.1'));
      const answers = slow.map(async (socket) => String((await once(socket, 'data'))[0]));
      for (const socket of slow) socket.write(head + UPDATE.slice(0, 10));
      const { headers } = await until('four are being read', async () => {
        const answer = await post(port, UPDATE);
        return answer.status === 503 ? answer : undefined;
      });
      expect(headers.get('Retry-After')).toBe('1');
      for (const socket of slow) socket.write(UPDATE.slice(10));
      for (const answer of answers) expect(await answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      for (const socket of slow) socket.destroy();
      expect((await post(port, UPDATE)).status).toBe(200);
      expect((await ask(port, '/metrics')).body).toContain('sidecar_http_updates_turned_away_total 1');
    });
  });
});
