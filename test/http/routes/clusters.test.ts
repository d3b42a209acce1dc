import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { ClusterRelay } from '../../../src/http/cluster-relay.js';
import { systemClock } from '../../../src/platform/clock.js';
import { streamHttp } from '../../../src/platform/http-stream.js';
import { listen, portOf } from '../../support/network.js';
import { EndlessAnswer } from '../../support/stream.js';
import { until } from '../../support/until.js';
import { appWith, ask, askRaw, FakeCatalog, fixture, service, serving, snapshotOf } from '../support.js';

/** An agent here, and what answers for the cluster `eu` behind the path `/behind`. */
async function besides(
  listener: RequestListener,
  act: (port: number, asked: readonly IncomingMessage[]) => Promise<void>,
): Promise<void> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    request.url = request.url?.replace(/^\/behind/, '') ?? '';
    listener(request, response);
  });
  await listen(server);
  const clusters = [{ name: 'eu', url: `http://127.0.0.1:${portOf(server)}/behind` }];
  const relay = new ClusterRelay({ own: 'here', clusters }, { ask: streamHttp, clock: systemClock });
  try {
    await serving(appWith({ relay, token: 's3cret' }), (port) => act(port, asked));
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

const nothing: RequestListener = (_request, response) => void response.end();

/** An agent whose catalog is large enough to be sent in gzip. */
const other = appWith({
  catalog: new FakeCatalog(snapshotOf(Array.from({ length: 50 }, (_, i) => service({ id: `id${i}`, name: `s${i}` })))),
});

describe('GET /api/clusters', () => {
  test('lists the own cluster first, and how it stands with the others', async () => {
    await besides(other, async (port) => {
      const list = async (): Promise<readonly Record<string, unknown>[]> =>
        (JSON.parse((await ask(port, '/api/clusters')).body) as { clusters: Record<string, unknown>[] }).clusters;
      const url: unknown = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/behind$/);
      expect(await list()).toEqual([
        { name: 'here', isSelf: true, state: 'reachable', lastAnswerAgoMs: 0 },
        { name: 'eu', isSelf: false, url, state: 'unasked', lastAnswerAgoMs: null },
      ]);
      await ask(port, '/api/clusters/eu/health');
      expect(await list()).toMatchObject([{}, { state: 'reachable', lastAnswerAgoMs: expect.any(Number) }]);
    });
  });
});

describe('GET /api/clusters/{name}/{path}', () => {
  test.each([
    '/state.json',
    '/services.json',
    '/api/members',
    '/api/history?limit=3',
    '/health',
    '/api/explain?service=a%20b',
  ])('answers %s as the other agent does', async (target) => {
    await besides(other, async (port, asked) => {
      const { status, headers, body } = await ask(port, `/api/clusters/eu${target}`);
      await serving(other, async (direct) => {
        const said = await ask(direct, target);
        expect([status, headers.get('Content-Type')]).toEqual([said.status, said.headers.get('Content-Type')]);
        if (target !== '/api/explain?service=a%20b') expect(body).toBe(said.body);
      });
      expect([headers.get('X-Content-Type-Options'), headers.get('Content-Security-Policy')]).toEqual([
        ...['nosniff', "default-src 'none'; sandbox"],
      ]);
      expect(asked[0]?.method).toBe('GET');
    });
  });

  test('passes on what makes an answer small: gzip, and that nothing is new', async () => {
    await besides(other, async (port) => {
      const first = await ask(port, '/api/clusters/eu/state.json', 'GET', {
        'Accept-Encoding': 'gzip',
        'If-None-Match': '""',
      });
      expect([first.headers.get('Content-Encoding'), first.headers.get('Vary')]).toEqual(['gzip', 'Accept-Encoding']);
      const etag = first.headers.get('ETag') ?? '';
      const second = await ask(port, '/api/clusters/eu/state.json', 'GET', { 'If-None-Match': etag });
      expect([second.status, second.headers.get('ETag'), second.body]).toEqual([304, etag, '']);
    });
  });

  test('tells the other agent nothing of its reader but what he wants, and tells the reader as little', async () => {
    const listener: RequestListener = (_request, response) => {
      response.setHeader('Set-Cookie', 'a=b').setHeader('Access-Control-Allow-Origin', '*');
      response.setHeader('Content-Type', 'text/plain').setHeader('X-More', '1').end('x');
    };
    await besides(listener, async (port, asked) => {
      const secret = {
        Authorization: 'Bearer s3cret',
        Cookie: 'c=d',
        Origin: 'http://o',
        'X-Forwarded-For': '1.1.1.1',
      };
      const { headers } = await ask(port, '/api/clusters/eu/state.json?ext=1', 'GET', { ...secret, Accept: 'a' });
      const { host, ...heard } = asked[0]!.headers;
      expect(heard).toEqual({ accept: 'a', 'user-agent': 'sidecar', via: '1.1 sidecar', connection: 'keep-alive' });
      expect([host, asked[0]!.url]).toEqual([expect.stringContaining('127.0.0.1:'), '/state.json?ext=1']);
      for (const name of ['Set-Cookie', 'Access-Control-Allow-Origin', 'X-More']) expect(headers.has(name)).toBe(false);
    });
  });

  test('hands on the 404 of an original that has no such path, and its catalog', async () => {
    const original: RequestListener = ({ url }, response) => {
      const [, head = '', body = ''] = /^[^]*?\r\n([^]*?)\r\n\r\n([^]*)$/.exec(fixture('state.json.http')) ?? [];
      const type = /Content-Type: (\S+)/.exec(head)?.[1] ?? '';
      if (url === '/state.json') response.setHeader('Content-Type', type).end(body);
      else response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('404 page not found\n');
    };
    await besides(original, async (port) => {
      const state = await ask(port, '/api/clusters/eu/state.json');
      expect([state.status, Object.keys(JSON.parse(state.body) as object)]).toEqual([
        200,
        expect.arrayContaining(['Servers']),
      ]);
      const members = await ask(port, '/api/clusters/eu/api/members');
      expect([members.status, members.body]).toEqual([404, '404 page not found\n']);
    });
  });

  test.each([
    '/api/leave',
    '/api/clusters',
    '/api/clusters/eu/state.json',
    '/watch',
    '/metrics',
    '/state.json/',
    '/api/proxy/plan',
    '/api/explain/web',
    '/api/members/x/forget',
  ])('does not ask for %s', async (path) => {
    await besides(nothing, async (port, asked) => {
      const { status, body } = await ask(port, `/api/clusters/eu${path}`);
      expect([status, JSON.parse(body)]).toEqual([404, expect.objectContaining({ code: 'not-passed-on' })]);
      expect(asked).toEqual([]);
    });
  });

  test.each([
    ['/api/clusters/eu/../../../metrics', 301],
    ['/api/clusters/eu/api/%2e%2e/metrics', 301],
    ['/api/clusters/eu/api%2f..%2fmetrics', 301],
    ['/api/clusters/eu//state.json', 301],
    ['/api/clusters/eu/state.json%3fx', 404],
    ['/api/clusters/eu/state.json%00', 404],
    ['/api/clusters/%2e%2e/state.json', 301],
  ])('is not led elsewhere by %s', async (target, expected) => {
    await besides(nothing, async (port, asked) => {
      expect([(await ask(port, target)).status, asked]).toEqual([expected, []]);
    });
  });

  test('asks the same for an escaped slash as for a plain one, as everywhere', async () => {
    await besides(other, async (port, asked) => {
      expect((await ask(port, '/api/clusters/eu/api%2fmembers')).status).toBe(200);
      expect(asked[0]?.url).toBe('/api/members');
    });
  });

  test('refuses a query with bytes that cannot go into a request line', async () => {
    await besides(nothing, async (port, asked) => {
      const answer = await askRaw(
        port,
        'GET /api/clusters/eu/state.json?\u00e4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      );
      expect([answer.slice(0, 12), asked]).toEqual(['HTTP/1.1 400', []]);
    });
  });

  test.each(['POST', 'PUT', 'DELETE'])('takes no %s', async (method) => {
    await besides(nothing, async (port, asked) => {
      expect([(await ask(port, '/api/clusters/eu/state.json', method)).status, asked]).toEqual([405, []]);
    });
  });

  test('answers HEAD without a body, and does not wait for one', async () => {
    const endless: RequestListener = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' }).write('{');
    };
    await besides(endless, async (port, asked) => {
      const { status, headers, body } = await ask(port, '/api/clusters/eu/state.json', 'HEAD');
      expect([status, headers.get('Content-Type'), body]).toEqual([200, 'application/json', '']);
      await until('the other agent is let go', () => asked[0]?.socket.destroyed);
    });
  });

  test.each<readonly [string, string, RequestListener, string]>([
    [
      'a redirect',
      'answer-unfit',
      (_, to) => void to.writeHead(302, { Location: 'http://x/' }).end(),
      'answered 302, which leads',
    ],
    [
      'a page',
      'answer-unfit',
      (_, to) => void to.setHeader('Content-Type', 'text/html').end('<p>'),
      'with "text/html"',
    ],
    ['a lost connection', 'cluster-unreachable', ({ socket }) => void socket.destroy(), 'the connection was closed'],
  ])('is 502 for %s', async (_name, code, listener, sentence) => {
    await besides(listener, async (port) => {
      const { status, headers, body } = await ask(port, '/api/clusters/eu/state.json');
      const message: unknown = expect.stringContaining(sentence);
      expect([status, JSON.parse(body)]).toEqual([502, { message, status: 'error', code }]);
      expect(body).toMatch(/^\{"message":"the cluster eu \(http:\/\/127\.0\.0\.1:\d+\/behind\) /);
      expect(headers.has('Location')).toBe(false);
    });
  });

  test('does not end an answer that breaks off as if it were whole', async () => {
    const listener: RequestListener = (_request, response) => {
      response.setHeader('Content-Type', 'application/json').write('{', () => response.destroy());
    };
    await besides(listener, async (port) => {
      await expect(ask(port, '/api/clusters/eu/state.json')).rejects.toThrow();
    });
  });

  test('tells its length where it is known, without which HTTP/1.0 takes a part for the whole', async () => {
    const listener: RequestListener = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 9 });
      response.write('{', () => response.destroy());
    };
    await besides(listener, async (port) => {
      const answer = await askRaw(port, 'GET /api/clusters/eu/state.json HTTP/1.0\r\n\r\n');
      expect(answer).toContain('Content-Length: 9\r\n');
    });
  });

  test('says at once when it asks for too many, and when to come again', async () => {
    await besides(
      () => undefined,
      async (port, asked) => {
        const waiting = Array.from({ length: 16 }, () => new EndlessAnswer(port, '/api/clusters/eu/state.json'));
        await until('sixteen wait', () => asked.length === 16);
        const { status, headers, body } = await ask(port, '/api/clusters/eu/state.json');
        expect([status, headers.get('Retry-After'), JSON.parse(body)]).toEqual([
          503,
          '1',
          expect.objectContaining({ code: 'relay-busy' }),
        ]);
        for (const one of waiting) one.destroy();
        await until('the other agent is let go', () => asked.every(({ socket }) => socket.destroyed));
      },
    );
  });
});

describe('GET /api/clusters/{name}/api/events', () => {
  test('tells what the other agent tells, as it comes, until the reader goes away', async () => {
    let tell: (event: string) => void = () => undefined;
    const listener: RequestListener = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      tell = (event) => void response.write(event);
      tell('retry: 2000\n\n');
    };
    await besides(listener, async (port, asked) => {
      const reader = new EndlessAnswer(port, '/api/clusters/eu/api/events?kind=member', { 'Last-Event-ID': '7' });
      await until('it has begun', () => reader.chunks[0] === 'retry: 2000\n\n');
      expect(reader.head).toContain('Content-Type: text/event-stream\r\n');
      tell('id: 8\n\n');
      await until('the event is there', () => reader.chunks[1] === 'id: 8\n\n');
      expect([asked[0]?.url, asked[0]?.headers['last-event-id']]).toEqual(['/api/events?kind=member', '7']);
      reader.destroy();
      await until('the other agent is let go', () => asked[0]?.socket.destroyed);
    });
  });

  test('waits at the other agent while its reader takes nothing', async () => {
    const [piece, all] = [`data: ${'x'.repeat(1024 * 1024)}\n\n`, 64];
    let sent = 0;
    const listener: RequestListener = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      const send = (): void => {
        for (let isFull = false; !isFull && sent < all; sent += 1) isFull = !response.write(piece);
        if (sent < all) response.once('drain', send);
      };
      send();
    };
    await besides(listener, async (port) => {
      const reader = new EndlessAnswer(port, '/api/clusters/eu/api/events');
      await until('it has begun', () => reader.head !== '');
      reader.pause();
      let [seen, looks] = [-1, 0];
      await until('the other agent has stopped', () => {
        looks = seen === sent ? looks + 1 : 0;
        seen = sent;
        return looks === 10;
      });
      expect(sent).toBeLessThan(all);
      reader.destroy();
    });
  });
});
