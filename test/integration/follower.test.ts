import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Follower } from '../../src/follower/follower.js';
import { Mirror } from '../../src/follower/mirror.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { systemClock, systemRandom, systemWallClock } from '../../src/platform/clock.js';
import { getHttp } from '../../src/platform/http-get.js';
import { Status } from '../../src/service/service.js';
import { silent } from '../support/log.js';
import { listen, portOf } from '../support/network.js';
import { until } from '../support/until.js';

const FIXTURES = 'test/fixtures/contract';

/** What follows the blank line of a recorded answer, or all of a file without a head. */
function bodyOf(path: string): string {
  const text = readFileSync(`${FIXTURES}/${path}`, 'utf8');
  const head = /\r?\n\r?\n/.exec(text);
  return head && !text.startsWith('{') ? text.slice(head.index + head[0].length) : text;
}

/** The objects of a recorded stream. */
const objectsOf = (path: string): string[] =>
  bodyOf(path)
    .trim()
    .split(/(?<=\})(?=\{"(?:Servers|db)":)/);

const STATES = objectsOf('watch/v1-by_service_false.raw');
const NODE_DEATH = objectsOf('watch/v1-by_service_false-node-death.raw');
const SERVICES = objectsOf('watch/v1-by_service.raw');
const V2_STATE = bodyOf('v2/api-state.json.http');

const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function serve(
  listener: RequestListener,
  port = 0,
): Promise<{ url: string; port: number; kill(): Promise<void> }> {
  const server: Server = await listen(createServer(listener), port);
  const kill = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((closed) => server.close(closed));
  };
  cleanUps.push(kill);
  return { url: `http://127.0.0.1:${portOf(server)}`, port: portOf(server), kill };
}

function follow(...urls: string[]) {
  const wall = systemWallClock();
  const mirror = new Mirror({ wall });
  const problems = new ProblemBoard(wall);
  const follower = new Follower(
    { upstreams: urls.map((url) => ({ url })) },
    { mirror, http: getHttp, clock: systemClock, random: systemRandom, problems, log: silent },
  );
  const stop = new AbortController();
  const running = follower.run(stop.signal, () => undefined);
  cleanUps.push(async () => {
    stop.abort();
    await running;
  });
  return {
    mirror,
    follower,
    codes: () => problems.list().map(({ code }) => code),
    /** `h2/web 0`, sorted. */
    shown: () =>
      [...mirror.snapshot().servers.values()]
        .flatMap(({ services }) => [...services.values()])
        .map(({ hostname, name, status }) => `${hostname}/${name} ${status}`)
        .sort(),
  };
}

const ALONE = ['h1/db 0', 'h1/web 0'];

/** Version 1: whole states in the stream when asked for them. `rest` says what its stream holds after the first object. */
function version1(state: () => string, onStream: (stream: ServerResponse) => void): RequestListener {
  return ({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://h');
    response.setHeader('Content-Type', 'application/json');
    if (pathname === '/state.json') response.end(state());
    else if (pathname === '/watch' && searchParams.get('by_service') === 'false') onStream(response);
    else response.writeHead(405).end();
  };
}

describe('what the original has sent', () => {
  test('is followed as version 1 streams it: a host joins, its instance becomes well', async () => {
    let stream: ServerResponse | undefined;
    const { url } = await serve(
      version1(
        () => STATES[0] ?? '',
        (opened) => {
          stream = opened;
          opened.write(STATES[0]);
        },
      ),
    );
    const { shown, follower, mirror, codes } = follow(url);
    await until('the stream is open', () => follower.status().connected);
    expect(shown()).toEqual(ALONE);
    stream?.write(STATES[1]);
    await until('the new instance is seen', () => shown().length === 3);
    expect(shown()).toEqual([...ALONE, `h2/web ${Status.Unhealthy}`]);
    stream?.write(STATES[2]);
    await until('it is well', () => shown().includes('h2/web 0'));
    expect(follower.status()).toMatchObject({ upstream: url, connected: true, failures: 0 });
    expect(mirror.snapshot()).toMatchObject({ clusterName: 'samplecluster', hostname: 'h1' });
    expect(codes()).toEqual([]);
  });

  test('is followed when a host dies there', async () => {
    const { url } = await serve(
      version1(
        () => NODE_DEATH[0] ?? '',
        (stream) => void stream.write(NODE_DEATH.join('')),
      ),
    );
    const { shown, mirror } = follow(url);
    await until('the instance of the dead host is a tombstone', () => shown().includes('h2/web 1'));
    expect(shown()).toEqual([...ALONE, 'h2/web 1']);
    expect(mirror.aliveHosts()).toEqual(['h1']);
  });

  test('is followed as a stream of services, which version 2 has below /api', async () => {
    let stream: ServerResponse | undefined;
    let drained = false;
    const { url } = await serve(({ url: path = '' }, response) => {
      if (path.startsWith('/api/state.json'))
        response.end(
          drained ? V2_STATE.replace('"ProxyMode":"http","Status":0', '"ProxyMode":"http","Status":4') : V2_STATE,
        );
      else if (path.startsWith('/api/watch')) {
        stream = response;
        response.write(SERVICES[0]);
      } else response.writeHead(404).end('404 page not found\n');
    });
    const { shown, follower } = follow(url);
    await until('the state is held', () => follower.status().connected);
    expect(shown()).toEqual(ALONE);
    drained = true;
    stream?.write(SERVICES[1]);
    await until('the instance drains', () => shown().includes(`h1/web ${Status.Draining}`));
  });
});

describe('an upstream that is not well', () => {
  const good = version1(
    () => STATES[2] ?? '',
    (stream) => void stream.write(STATES[2]),
  );

  test.each<[string, RequestListener]>([
    ['answers HTML', (_request, response) => response.end('<html><body>Sign in</body></html>')],
    ['answers 404', (_request, response) => response.writeHead(404).end('404 page not found\n')],
    ['redirects', (_request, response) => response.writeHead(302, { Location: '/' }).end()],
    [
      'closes amid an object',
      version1(
        () => STATES[0] ?? '',
        (stream) => void stream.write(STATES[0]?.slice(0, 200), () => stream.destroy()),
      ),
    ],
    ['hangs', () => undefined],
  ])('and %s is left for the next one', async (_, listener) => {
    const [bad, next] = [await serve(listener), await serve(good)];
    const { shown, follower } = follow(bad.url, next.url);
    await until('the next one is followed', () => follower.status().upstream === next.url);
    expect(shown()).toEqual([...ALONE, 'h2/web 0']);
    expect(follower.status().lastFault).toContain(bad.url);
  });

  test('and answers something else each time never takes away what is held', async () => {
    const answers = ['{}', '[]', '<html>', '{"Servers":null}', '{"Servers":{"h1":', '7', ''];
    let asked = -1;
    const { url } = await serve((request, response) => {
      if (asked < 0 && request.url?.startsWith('/watch')) asked = 0;
      if (asked < 0) good(request, response);
      else response.end(answers[asked++ % answers.length]);
    });
    const { follower, shown, codes } = follow(url);
    await until('it has failed a few times', () => follower.status().failures >= 4);
    expect(shown()).toEqual([...ALONE, 'h2/web 0']);
    expect(codes()).toEqual(['UPSTREAM_FAILED', 'UPSTREAM_LOST']);
  });

  test('and sends a body without end is cut off at 20 MiB', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    const { url } = await serve((_request, response) => {
      const send = (): void => {
        while (!response.destroyed) {
          sent += 1;
          if (!response.write(chunk)) break;
        }
        response.once('drain', send);
      };
      send();
    });
    const { follower } = follow(url);
    await until('it is given up', () => follower.status().failures > 0);
    expect(follower.status().lastFault).toContain('longer than 20971520 bytes');
    // What the buffers between both sides hold comes on top.
    expect(sent).toBeLessThan(40);
  });

  test('and is killed, is followed again when it is back, and nothing has changed', async () => {
    const first = await serve(good);
    const { shown, follower, mirror, codes } = follow(first.url);
    await until('it is followed', () => follower.status().connected);
    const version = mirror.snapshot().contentVersion;
    await first.kill();
    await until('it is missed', () => codes().includes('UPSTREAM_LOST'));
    expect(follower.status()).toMatchObject({ upstream: undefined, connected: false });
    expect(shown()).toEqual([...ALONE, 'h2/web 0']);
    await serve(good, first.port);
    await until('it is followed again', () => follower.status().connected);
    expect(follower.status().upstream).toBe(first.url);
    expect(mirror.snapshot().contentVersion).toBe(version);
    await until('all is well', () => codes().length === 0);
  });
});
