import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { HttpReceipt } from '../../src/lib/http-ask.js';
import { sendHttp } from '../../src/platform/http-client.js';
import { freePorts, listen, portOf } from '../support/network.js';
import { until } from '../support/until.js';

let server: Server | undefined;
const sockets = new Set<Socket>();

async function started(made: Server): Promise<string> {
  server = await listen(made);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  return `http://127.0.0.1:${portOf(server)}/update`;
}

const serve = (listener: RequestListener): Promise<string> => started(createHttpServer(listener));

/** A server of bytes: what it gets, and what it says to it. */
async function serveRaw(answer: (socket: Socket, text: string) => void): Promise<string> {
  return started(
    createServer((socket) => {
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => answer(socket, (text += chunk)));
    }),
  );
}

function post(url: string, timeoutMs = 5000, signal = new AbortController().signal): Promise<HttpReceipt> {
  const headers = { Host: 'h1:1', 'Content-Length': '4', 'X-A': 'b' };
  return sendHttp({ method: 'POST', url, headers, body: [Buffer.from('é'), Buffer.from('{}')] }, { timeoutMs, signal });
}

afterEach(async () => {
  const closed = new Promise<void>((resolve) => (server ? void server.close(() => resolve()) : resolve()));
  for (const socket of sockets) socket.destroy();
  await closed;
  server = undefined;
});

describe('a message over HTTP', () => {
  test('has the headers that it was given, in their order and no others, and the whole body', async () => {
    let seen = '';
    const url = await serveRaw((socket, text) => {
      seen = text;
      if (text.endsWith('{}')) socket.end('HTTP/1.1 204 No Content\r\n\r\n');
    });
    expect(await post(url)).toMatchObject({ outcome: 'answered', status: 204 });
    expect(seen).toBe('POST /update HTTP/1.1\r\nHost: h1:1\r\nContent-Length: 4\r\nX-A: b\r\n\r\né{}');
  });

  test('hands over status, place and cookies of the answer', async () => {
    const url = await serve((_request, response) =>
      response.writeHead(307, { Location: '/x', 'Set-Cookie': ['a=1', 'b=2'] }).end(),
    );
    expect(await post(url)).toEqual({ outcome: 'answered', status: 307, location: '/x', cookies: ['a=1', 'b=2'] });
  });

  test('does not wait for the end of the answer, and hangs up', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200);
      response.write('x'.repeat(100_000));
    });
    expect(await post(url)).toMatchObject({ status: 200 });
    await until('the connection is gone', () => sockets.size === 0);
  });

  test('takes an answer whose body breaks off for an answer', async () => {
    const url = await serveRaw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'));
    expect(await post(url)).toMatchObject({ outcome: 'answered', status: 200 });
  });

  test('takes an answer whose head breaks off for none', async () => {
    const url = await serveRaw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-'));
    expect(await post(url)).toMatchObject({ outcome: 'unreachable', hasConnected: true });
  });

  test('ends in time when no answer comes, and hangs up', async () => {
    const url = await serveRaw(() => undefined);
    expect(await post(url, 100)).toEqual({ outcome: 'timed-out', hasConnected: true });
    await until('the connection is gone', () => sockets.size === 0);
  });

  test('ends with its signal', async () => {
    const stop = new AbortController();
    const url = await serveRaw(() => stop.abort());
    expect(await post(url, 60_000, stop.signal)).toMatchObject({ outcome: 'unreachable' });
    expect(await post(url, 60_000, stop.signal)).toMatchObject({ outcome: 'unreachable' });
  });

  test('says in the words of the system why nobody was reached', async () => {
    const [port = 0] = await freePorts(1);
    const receipt = await post(`http://127.0.0.1:${port}/`);
    expect(receipt).toMatchObject({ outcome: 'unreachable', hasConnected: false });
    expect(receipt.outcome === 'unreachable' && receipt.reason).toContain('ECONNREFUSED');
    expect(await post('http://[')).toMatchObject({ outcome: 'unreachable', hasConnected: false });
  });

  test('speaks TLS to an https URL', async () => {
    let first = '';
    const url = await serveRaw((socket, text) => {
      first = text;
      socket.destroy();
    });
    expect(await post(url.replace('http:', 'https:'))).toMatchObject({ outcome: 'unreachable', hasConnected: true });
    expect(first.charCodeAt(0)).toBe(0x16); // a handshake record
  });
});
