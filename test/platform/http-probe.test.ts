import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ProbeResult } from '../../src/lib/probe.js';
import { probeHttp } from '../../src/platform/http-probe.js';
import { until } from '../support/until.js';

const limits = { timeoutMs: 10_000, signal: new AbortController().signal };
const close: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of close.splice(0)) await end();
});

async function listen(server: Server): Promise<{ readonly at: string; readonly open: ReadonlySet<Socket> }> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined); // the probe hangs up as soon as it knows enough
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close.push(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { at: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, open };
}

const http = (answer: RequestListener) => listen(createHttpServer(answer));
const raw = (answer: string) => listen(createServer((socket) => void socket.end(answer)));
const probe = (url: string, timeoutMs = limits.timeoutMs): Promise<ProbeResult> =>
  probeHttp(new URL(url), { ...limits, timeoutMs });

describe('the HTTP probe', () => {
  test.each([
    [200, 'passed'],
    [204, 'passed'],
    [299, 'passed'],
    [304, 'failed'],
    [404, 'failed'],
    [500, 'failed'],
  ])('status %d: %s', async (status, outcome) => {
    const { at } = await http((_request, response) => response.writeHead(status).end());
    const result = await probe(`${at}/up?x=1`);
    expect(result.outcome).toBe(outcome);
    expect(result.output).toContain(`${at}/up?x=1 answered ${status}`);
  });

  test('asks for what the URL says, for no connection to be kept, and keeps the password to itself', async () => {
    const seen: unknown[] = [];
    const { at } = await http(({ method, url, headers }, response) => {
      seen.push([method, url, headers.connection, headers.host, headers.authorization]);
      response.end();
    });
    const { output } = await probe(`${at.replace('//', '//user:p%40ss@')}/a%20b?c=d`);
    expect(output).toBe(`${at.replace('//', '//user:***@')}/a%20b?c=d answered 200 OK`);
    const basic = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
    expect(seen).toEqual([['GET', '/a%20b?c=d', 'close', at.slice(7), basic]]);
  });

  test('a user name with an escape that stands for nothing does no harm', async () => {
    const { at } = await http((_request, response) => response.end());
    expect((await probe(at.replace('//', '//%ZZ@'))).outcome).toBe('passed');
  });

  test('follows 10 redirects, and no more', async () => {
    const { at } = await http(({ url }, response) => {
      const left = Number(url?.slice(1));
      if (left === 0) response.end();
      else response.writeHead(302, { Location: `/${left - 1}` }).end('moved');
    });
    expect((await probe(`${at}/10`)).outcome).toBe('passed');
    expect(await probe(`${at}/11`)).toEqual({ outcome: 'failed', output: `${at}/11 redirects more than 10 times` });
  });

  test.each([
    ['/nowhere', undefined, 'without a usable Location'],
    ['/broken', 'http://[', 'without a usable Location'],
    ['/elsewhere', 'ftp://host/', 'ftp://host/ is neither http nor https'],
  ])('a redirect that leads %s fails', async (path, location, words) => {
    const { at } = await http((_request, response) =>
      response.writeHead(301, location === undefined ? {} : { Location: location }).end(),
    );
    const { outcome, output } = await probe(`${at}${path}`);
    expect(outcome).toBe('failed');
    expect(output).toContain(words);
  });

  test('the body is not read, however long it is', async () => {
    const { at, open } = await http((_request, response) => {
      const pour = (): void => {
        if (response.write('x'.repeat(65_536))) setImmediate(pour);
        else response.once('drain', pour);
      };
      response.on('error', () => undefined);
      pour();
    });
    expect((await probe(at)).outcome).toBe('passed');
    await until('the connection is closed', () => open.size === 0);
  });

  test('a server that does not answer is given up at the timeout, and the connection is closed', async () => {
    const { at, open } = await http(() => undefined);
    expect(await probe(at, 100)).toEqual({ outcome: 'timed-out', output: `no answer from ${at}/ within 100 ms` });
    await until('the connection is closed', () => open.size === 0);
  });

  test('an abort closes the connection', async () => {
    const { at, open } = await http(() => undefined);
    const abort = new AbortController();
    const probing = probeHttp(new URL(at), { ...limits, signal: abort.signal });
    await until('it is connected', () => open.size === 1);
    abort.abort();
    await probing;
    await until('the connection is closed', () => open.size === 0);
  });

  test('redirects share one timeout', async () => {
    const { at } = await http((_request, response) => {
      setTimeout(() => response.writeHead(302, { Location: '/' }).end(), 40);
    });
    expect((await probe(at, 100)).outcome).toBe('timed-out');
  });

  test.each([
    ['that is none', 'SSH-2.0-x\r\n'],
    ['that is cut off', 'HTTP/1.1 200 OK\r\nContent-'],
    ['that upgrades', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
    ['with no end of headers', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`],
    ['with nothing in it', ''],
  ])('an answer %s fails', async (_what, answer) => {
    const { at } = await raw(answer);
    expect((await probe(at)).outcome).toBe('failed');
  });

  test.each([
    ['closed', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('a connection that is %s without an answer fails with the same words', async (_, end) => {
    const { at } = await listen(createServer((socket) => void end(socket.resume())));
    expect(await probe(at)).toEqual({
      outcome: 'failed',
      output: `${at}/: the connection was closed without an answer`,
    });
  });

  test('a refused connection fails with the words of the system, by address and by name', async () => {
    const { at } = await raw('');
    for (const end of close.splice(0)) await end();
    expect((await probe(at)).output).toContain('ECONNREFUSED');
    expect((await probe(at.replace('127.0.0.1', 'localhost'))).output).toContain('ECONNREFUSED');
  });
});
