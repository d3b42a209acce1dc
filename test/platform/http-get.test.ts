import { createServer, type RequestListener, type Server } from 'node:http';
import type { Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { getHttp } from '../../src/platform/http-get.js';
import { listen, portOf } from '../support/network.js';
import { until } from '../support/until.js';

let server: Server | undefined;

async function serve(listener: RequestListener): Promise<string> {
  server = await listen(createServer(listener));
  return `http://127.0.0.1:${portOf(server)}/`;
}

const openConnections = (of: TcpServer | undefined): Promise<number> =>
  new Promise((resolve, reject) => of?.getConnections((error, count) => (error ? reject(error) : resolve(count))));

afterEach(async () => {
  const started = server;
  server = undefined;
  started?.closeAllConnections();
  await new Promise<void>((closed) => (started ? void started.close(() => closed()) : closed()));
});

describe('a body that is read as it comes', () => {
  test('is handed over piece by piece, after the status, up to its end', async () => {
    let goOn = (): void => undefined;
    const url = await serve((_request, response) => {
      response.statusCode = 404;
      response.write('first');
      goOn = () => void response.end('last');
    });
    const answer = await getHttp(url, new AbortController().signal);
    expect(answer.status).toBe(404);
    expect(String(await answer.read())).toBe('first');
    goOn();
    expect(String(await answer.read())).toBe('last');
    expect(await answer.read()).toBeUndefined();
  });

  test('is asked for with the headers that are given, beside the usual ones', async () => {
    const url = await serve(({ headers }, response) => response.end(JSON.stringify(headers)));
    const answer = await getHttp(url, new AbortController().signal, {
      Accept: 'text/event-stream',
      'Last-Event-ID': '7',
    });
    expect(JSON.parse(String(await answer.read()))).toMatchObject({
      accept: 'text/event-stream',
      'last-event-id': '7',
      'user-agent': 'sidecar',
    });
  });

  test('follows no redirect', async () => {
    const url = await serve((_request, response) => response.writeHead(302, { Location: '/other' }).end());
    expect((await getHttp(url, new AbortController().signal)).status).toBe(302);
  });

  test('waits at the sender while nobody reads', async () => {
    let isFull = false;
    const url = await serve((_request, response) => {
      const chunk = Buffer.alloc(1024 * 1024);
      let sent = 0;
      const send = (): void => {
        while (sent < 64 && response.write(chunk)) sent += 1;
        isFull = sent < 64;
        if (isFull) response.once('drain', send);
      };
      send();
    });
    const stop = new AbortController();
    const answer = await getHttp(url, stop.signal);
    await until('the sender waits', () => isFull);
    expect((await answer.read())?.length).toBeLessThan(1024 * 1024);
    stop.abort();
  });

  test.each(['before the answer', 'amid the body'])('ends with its signal, %s', async (when) => {
    const url = await serve((_request, response) => {
      if (when === 'amid the body') response.write('first');
    });
    const stop = new AbortController();
    const reading = getHttp(url, stop.signal).then(async (answer) => {
      await answer.read();
      return answer.read();
    });
    await until('it is connected', async () => (await openConnections(server)) === 1);
    stop.abort();
    await expect(reading).rejects.toThrow();
    await until('the connection is closed', async () => (await openConnections(server)) === 0);
  });

  test('is no body when the connection ends before it does', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Length': '10' });
      response.write('half', () => response.destroy());
    });
    const answer = await getHttp(url, new AbortController().signal);
    const read = async (): Promise<void> => {
      while (await answer.read());
    };
    await expect(read()).rejects.toThrow('the connection was closed');
  });

  test('is none when the connection ends before the answer has begun', async () => {
    const url = await serve((request) => void request.socket.destroy());
    const asking = getHttp(url, new AbortController().signal);
    await expect(asking).rejects.toThrow('the connection was closed');
  });

  test('is none where nobody listens, or where the URL is none', async () => {
    const url = await serve(() => undefined);
    await new Promise((closed) => server?.close(closed));
    await expect(getHttp(url, new AbortController().signal)).rejects.toThrow('ECONNREFUSED');
    await expect(getHttp('http://[', new AbortController().signal)).rejects.toThrow('Invalid URL');
  });

  test('is none when the other side does not speak the protocol that the URL names', async () => {
    const url = await serve((_request, response) => response.end('plain'));
    await expect(getHttp(url.replace('http:', 'https:'), new AbortController().signal)).rejects.toThrow(/\S$/);
  });
});
