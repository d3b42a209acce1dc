import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { httpGet } from '../../src/platform/http-client.js';
import { listen, portOf } from '../support/network.js';

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

describe('a GET', () => {
  test('hands over status and body, whatever the status, and sends its headers', async () => {
    const url = await serve((request, response) => {
      response.statusCode = 503;
      response.end(`é ${String(request.headers['x-a'])}`);
    });
    expect(await httpGet(url, { 'X-A': 'b' }, LIMITS)).toEqual({ outcome: 'answered', status: 503, body: 'é b' });
  });

  test('reads a body up to the bound and not a byte further', async () => {
    const url = await serve((request, response) => response.end('x'.repeat(Number(request.headers['x-length']))));
    expect(await httpGet(url, { 'X-Length': '1000' }, LIMITS)).toMatchObject({ outcome: 'answered' });
    expect(await httpGet(url, { 'X-Length': '1001' }, LIMITS)).toEqual({ outcome: 'too-long' });
  });

  test('ends in time when no answer comes, or only its beginning', async () => {
    const silent = await serve((request, response) => {
      if (request.url === '/half') response.write('half');
    });
    const soon = { ...LIMITS, timeoutMs: 100 };
    expect(await httpGet(silent, {}, soon)).toEqual({ outcome: 'timed-out' });
    expect(await httpGet(`${silent}half`, {}, soon)).toEqual({ outcome: 'timed-out' });
  });

  test('says in the words of the system why nobody could be asked', async () => {
    const gone = await serve(() => undefined);
    await new Promise((closed) => server?.close(closed));
    const refused = await httpGet(gone, {}, LIMITS);
    expect(refused.outcome === 'unreachable' && refused.reason).toContain('ECONNREFUSED');
    expect(await httpGet('http://127.0.0.1:99999/', {}, LIMITS)).toMatchObject({ outcome: 'unreachable' });
    expect(await httpGet(gone, { 'X-A': 'b\r\nc: d' }, LIMITS)).toMatchObject({ outcome: 'unreachable' });
  });

  test('does not take half a body for an answer', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Length': '10' });
      response.write('half', () => response.destroy());
    });
    expect(await httpGet(url, {}, LIMITS)).toMatchObject({ outcome: 'unreachable' });
  });
});
