import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { askHttp } from '../../src/platform/http-client.js';
import type { HttpAnswer } from '../../src/lib/http-ask.js';
import { listen, portOf } from '../support/network.js';

const get = (url: string, headers: Readonly<Record<string, string>>, limits = LIMITS): Promise<HttpAnswer> =>
  askHttp({ method: 'GET', url, headers }, limits);
const LIMITS = { timeoutMs: 5000, maxBodyBytes: 1000 };
let server: Server | undefined;

async function serve(listener: RequestListener): Promise<string> {
  server = await listen(createServer(listener));
  return `http://127.0.0.1:${portOf(server)}/`;
}

afterEach(async () => {
  const started = server;
  server = undefined;
  started?.closeAllConnections();
  await new Promise<void>((closed) => (started ? void started.close(() => closed()) : closed()));
});

describe('a question over HTTP', () => {
  test('hands over status and body, whatever the status, and sends its headers', async () => {
    const url = await serve((request, response) => {
      response.statusCode = 503;
      response.end(`é ${String(request.headers['x-a'])}`);
    });
    expect(await get(url, { 'X-A': 'b' }, LIMITS)).toEqual({ outcome: 'answered', status: 503, body: 'é b' });
  });

  test('asks with its method, and a POST says that it has no body', async () => {
    const url = await serve(({ method, headers }, response) =>
      response.end([method, headers['content-length'], headers['transfer-encoding']].join(' ').trim()),
    );
    expect(await askHttp({ method: 'POST', url, headers: {} }, LIMITS)).toMatchObject({ body: 'POST 0' });
  });

  test('sends its text as the body, its length in bytes', async () => {
    const url = await serve((request, response) => {
      response.write(request.headers['content-length']);
      request.pipe(response);
    });
    expect(await askHttp({ method: 'POST', url, headers: {}, text: ' é' }, LIMITS)).toMatchObject({ body: '3 é' });
  });

  test('reads a body up to the bound and not a byte further', async () => {
    const url = await serve((request, response) => response.end('x'.repeat(Number(request.headers['x-length']))));
    expect(await get(url, { 'X-Length': '1000' }, LIMITS)).toMatchObject({ outcome: 'answered' });
    expect(await get(url, { 'X-Length': '1001' }, LIMITS)).toEqual({ outcome: 'too-long' });
  });

  test('ends in time when no answer comes, or only its beginning', async () => {
    const silent = await serve((request, response) => {
      if (request.url === '/half') response.write('half');
    });
    const soon = { ...LIMITS, timeoutMs: 100 };
    expect(await get(silent, {}, soon)).toEqual({ outcome: 'timed-out' });
    expect(await get(`${silent}half`, {}, soon)).toEqual({ outcome: 'timed-out' });
  });

  test('says in the words of the system why nobody could be asked', async () => {
    const gone = await serve(() => undefined);
    await new Promise((closed) => server?.close(closed));
    const refused = await get(gone, {}, LIMITS);
    expect(refused.outcome === 'unreachable' && refused.reason).toContain('ECONNREFUSED');
    expect(await get('http://127.0.0.1:99999/', {}, LIMITS)).toMatchObject({ outcome: 'unreachable' });
    expect(await get(gone, { 'X-A': 'b\r\nc: d' }, LIMITS)).toMatchObject({ outcome: 'unreachable' });
  });

  test('does not take half a body for an answer', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Length': '10' });
      response.write('half', () => response.destroy());
    });
    expect(await get(url, {}, LIMITS)).toMatchObject({ outcome: 'unreachable' });
  });
});
