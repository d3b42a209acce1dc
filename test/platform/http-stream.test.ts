import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { HttpStream } from '../../src/lib/http-stream.js';
import { streamHttp } from '../../src/platform/http-stream.js';
import { listen, portOf } from '../support/network.js';
import { until } from '../support/until.js';

let server: TcpServer | undefined;

async function serve(listener: RequestListener): Promise<string> {
  const started = await listen(createServer(listener));
  server = started;
  return `http://127.0.0.1:${portOf(started)}/`;
}

const openConnections = (): Promise<number> =>
  new Promise((resolve, reject) => server?.getConnections((error, count) => (error ? reject(error) : resolve(count))));

const never = (): AbortSignal => new AbortController().signal;

async function textOf(answer: HttpStream): Promise<string> {
  let text = '';
  for (let piece = await answer.read(); piece; piece = await answer.read()) text += Buffer.from(piece).toString();
  return text;
}

afterEach(async () => {
  const started = server;
  server = undefined;
  if (!started) return;
  if ('closeAllConnections' in started) (started as Server).closeAllConnections();
  await new Promise<void>((closed) => void started.close(() => closed()));
});

describe('an answer that is read as it comes', () => {
  test('has its head before its body, which comes piece by piece', async () => {
    let goOn = (): void => undefined;
    const url = await serve((_request, response) => {
      response.writeHead(404, { 'X-Twice': ['a', 'b'], ETag: '"1"' });
      response.write('first');
      goOn = () => void response.end('last');
    });
    const answer = await streamHttp(url, {}, never());
    expect([answer.status, answer.header('etag'), answer.header('x-none')]).toEqual([404, '"1"', undefined]);
    expect(String(await answer.read())).toBe('first');
    goOn();
    expect([String(await answer.read()), await answer.read()]).toEqual(['last', undefined]);
  });

  test('is asked for with the headers that are given, and no others', async () => {
    const url = await serve(({ headers }, response) => response.end(JSON.stringify(headers)));
    const answer = await streamHttp(url, { 'Last-Event-ID': '7' }, never());
    const host = url.slice('http://'.length, -1);
    expect(JSON.parse(await textOf(answer))).toEqual({ host, connection: 'keep-alive', 'last-event-id': '7' });
  });

  test('follows no redirect', async () => {
    const url = await serve((_request, response) => response.writeHead(302, { Location: '/other' }).end());
    expect((await streamHttp(url, {}, never())).status).toBe(302);
  });

  test('leaves its connection to the next question', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve(({ socket }, response) => {
      ports.add(socket.remotePort);
      response.end('x');
    });
    for (let i = 0; i < 3; i += 1) {
      expect(await textOf(await streamHttp(url, {}, never()))).toBe('x');
      await new Promise(setImmediate); // the connection is at rest once the answer's events are over
    }
    expect(ports.size).toBe(1);
  });

  test('is asked for once more when a connection at rest was closed in that moment', async () => {
    let questions = 0;
    // Answers the first question of each connection, and hangs up at the second.
    const plain = createTcpServer((socket) => {
      let isFirst = true;
      socket.on('error', () => undefined);
      socket.on('data', () => {
        questions += 1;
        if (isFirst) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx');
        else socket.destroy();
        isFirst = false;
      });
    });
    server = await listen(plain);
    const url = `http://127.0.0.1:${portOf(plain)}/`;
    expect(await textOf(await streamHttp(url, {}, never()))).toBe('x');
    await new Promise(setImmediate);
    expect(await textOf(await streamHttp(url, {}, never()))).toBe('x');
    expect(questions).toBe(3);
  });

  test('waits at the sender while nobody reads', async () => {
    const [chunk, all] = [Buffer.alloc(1024 * 1024), 64];
    let sent = 0;
    const url = await serve((_request, response) => {
      const send = (): void => {
        for (let isFull = false; !isFull && sent < all; sent += 1) isFull = !response.write(chunk);
        if (sent < all) response.once('drain', send);
      };
      send();
    });
    const stop = new AbortController();
    const answer = await streamHttp(url, {}, stop.signal);
    await answer.read();
    let [seen, looks] = [-1, 0];
    await until('the sender has stopped', () => {
      looks = seen === sent ? looks + 1 : 0;
      seen = sent;
      return looks === 10;
    });
    expect(sent).toBeLessThan(all);
    stop.abort();
    await until('the connection is closed', async () => (await openConnections()) === 0);
  });

  test.each(['before the answer', 'amid the body'])('ends with its signal, %s', async (when) => {
    const url = await serve((_request, response) => {
      if (when === 'amid the body') response.write('first');
    });
    const stop = new AbortController();
    const reading = streamHttp(url, {}, stop.signal).then(textOf);
    await until('it is connected', async () => (await openConnections()) === 1);
    stop.abort();
    await expect(reading).rejects.toThrow();
    await until('the connection is closed', async () => (await openConnections()) === 0);
  });

  test('is not whole when the connection ends before it does', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Length': '10' });
      response.write('half', () => response.destroy());
    });
    await expect(streamHttp(url, {}, never()).then(textOf)).rejects.toThrow('the connection was closed');
  });

  test('is none when the connection ends before it has begun', async () => {
    let questions = 0;
    const url = await serve((request) => {
      questions += 1;
      request.socket.destroy();
    });
    await expect(streamHttp(url, {}, never())).rejects.toThrow('the connection was closed');
    expect(questions).toBe(1);
  });

  test('is none where nobody listens, where the URL is none, and where the other side speaks no TLS', async () => {
    const url = await serve((_request, response) => response.end('plain'));
    await expect(streamHttp(url.replace('http:', 'https:'), {}, never())).rejects.toThrow(/\S$/);
    await new Promise((closed) => server?.close(closed));
    await expect(streamHttp(url, {}, never())).rejects.toThrow('ECONNREFUSED');
    await expect(streamHttp('http://[', {}, never())).rejects.toThrow('Invalid URL');
  });
});
