import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Backends } from '../support/backends.js';
import { freePorts, listen, portOf } from '../support/network.js';
import { everyKind, Traffic, type Failure, type Kind } from '../support/traffic.js';
import { until } from '../support/until.js';

const open: { destroy(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.destroy();
});

function ask(port: number, kind: Kind): Traffic {
  const traffic = new Traffic([{ port, kind, workers: 1, pauseMs: 25 }]);
  open.push(traffic);
  return traffic;
}

/** The port of a server, which has a right answer to no POST, that does this with the n-th request (from 1) of a connection. */
async function server(act: (socket: Socket, name: string, n: number) => unknown): Promise<number> {
  const listening = await listen(
    createServer((socket) => {
      let n = 0;
      socket.on('data', (chunk) => act(socket, /x-request: (\S+)/.exec(chunk.toString())?.[1] ?? '', (n += 1)));
      socket.on('error', () => socket.destroy());
    }),
  );
  open.push({ destroy: () => new Promise((resolve) => listening.close(() => resolve())) });
  return portOf(listening);
}

const answer = (body: string, status = '200 OK', more = ''): string =>
  `HTTP/1.1 ${status}\r\nx-backend: b\r\ncontent-length: ${body.length}\r\n${more}\r\n${body}`;

describe('the client that counts failed requests', () => {
  test.each<[string, RegExp, (socket: Socket, name: string, n: number) => unknown]>([
    ['an answer that is cut off', /^cut off after 4 /, (socket) => socket.end(answer('whole').slice(0, -1))],
    ['another status', /^status 503/, (socket) => socket.end(answer('', '503 Service Unavailable'))],
    ['the body of another request', /^another body: b 0-0/, (socket) => socket.end(answer('b 0-0'))],
    ['no answer at all', /^(socket hang up|read ECONNRESET)/, (socket) => socket.end()],
    [
      'a connection that is lost under its second request',
      /\(on a connection used before\)$/,
      (socket, name, n) => (n === 1 ? socket.write(answer(`b ${name}`)) : socket.end()),
    ],
  ])('counts %s', async (_what, wrong, act) => {
    const traffic = ask(await server(act), 'keep-alive');
    const failures = (): readonly Failure[] => traffic.failures.filter(({ method }) => method === 'GET');
    await until('it is counted', () => failures().length > 1);
    await traffic.stop();
    expect(traffic.failures).toHaveLength(traffic.failed);
    for (const failure of failures()) expect(failure.wrong).toMatch(wrong);
  });

  test('counts a refused connection', async () => {
    const [port = 0] = await freePorts(1);
    const traffic = ask(port, 'close');
    await until('it is counted', () => traffic.failed > 1);
    expect(traffic.failures[0]?.wrong).toContain('ECONNREFUSED');
  });

  test.each<[string, (socket: Socket, name: string) => unknown]>([
    ['says that it will', (socket, name) => socket.end(answer(`b ${name}`, '200 OK', 'connection: close\r\n'))],
    ['does so while nothing is asked', (socket, name) => socket.end(answer(`b ${name}`))],
  ])('takes a server for right that ends a connection and %s', async (_how, act) => {
    const traffic = ask(await server(act), 'keep-alive');
    await until('some are answered', () => traffic.answersOf('b') > 5);
    expect(traffic.failures.filter(({ method }) => method === 'GET')).toEqual([]);
  });

  test('finds nothing wrong with a backend, not even with what is in flight when it ends', async () => {
    const backends = new Backends();
    open.push(backends);
    const traffic = new Traffic(everyKind([await backends.listen('b')]));
    open.push(traffic);
    await until('GET and POST are answered', () => traffic.posts > 3 && traffic.answersOf('b') > 30);
    expect(traffic.failed).toBe(0);
    await backends.end('b'); // a stream is in flight at any moment
    expect(traffic.failures.filter(({ backend }) => backend !== undefined)).toEqual([]);
    await until('nobody is there any more', () => traffic.failed > 5);
  });
});
