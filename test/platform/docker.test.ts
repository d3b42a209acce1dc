import { getEventListeners } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DockerEngine } from '../../src/lib/docker-engine.js';
import { dockerEngine } from '../../src/platform/docker.js';
import { listen, portOf } from '../support/network.js';
import { until } from '../support/until.js';

const CERTIFICATES = resolve('test/fixtures/docker-tls');
const ACTIONS = ['start', 'die'];

let dir: string;
let socket: string;
let server: Server;
let engine: DockerEngine;
let asked: IncomingMessage[];
let answer: (response: ServerResponse) => void;
let stop: AbortController;

const take = (request: IncomingMessage, response: ServerResponse): void => {
  asked.push(request);
  answer(response);
};
const answers =
  (body: string, status = 200) =>
  (response: ServerResponse): void =>
    void response.writeHead(status).end(body);

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sidecar-test-'));
  socket = join(dir, 'docker.sock');
  [asked, answer, stop] = [[], answers('[]'), new AbortController()];
  server = createServer(take);
  await new Promise<void>((done) => server.listen(socket, done));
  engine = dockerEngine({ url: `unix://${socket}`, certPath: undefined });
});
afterEach(async () => {
  stop.abort();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  rmSync(dir, { recursive: true, force: true });
});

/** Opens the event stream. @returns what it has told, and what it ends with */
function follow(): { readonly told: unknown[]; readonly end: ReturnType<DockerEngine['events']>; opened: boolean } {
  const stream = { told: [] as unknown[], opened: false };
  const listener = {
    onOpen: () => void (stream.opened = true),
    onEvent: (event: unknown) => void stream.told.push(event),
  };
  return Object.assign(stream, { end: engine.events(ACTIONS, listener, stop.signal) });
}

describe('a question to the engine', () => {
  test('is a GET of an unversioned path, on a connection of its own', async () => {
    answer = answers('[{"Id":"abc"}]');
    expect(await engine.containers(stop.signal)).toEqual({ ok: true, value: [{ Id: 'abc' }] });
    answer = answers('{"Config":{}}');
    expect(await engine.container('a/b', stop.signal)).toEqual({ ok: true, value: { Config: {} } });
    answer = answers('OK');
    expect(await engine.ping(stop.signal)).toEqual({ ok: true, value: 'OK' });
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /containers/json',
      'GET /containers/a%2Fb/json',
      'GET /_ping',
    ]);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    await until('no connection is left', () => asked.every((request) => request.socket.destroyed));
  });

  test.each([
    ['a refusal', answers('{"message":"forbidden"}', 403), 'ENGINE_REFUSED', /403: .*forbidden/],
    ['no content', answers('', 204), 'ENGINE_REFUSED', /204/],
    ['garbage', answers('<html>'), 'ENGINE_ANSWER_UNREADABLE', /JSON/],
    ['no list', answers('{}'), 'ENGINE_ANSWER_UNREADABLE', /not a list/],
    ['too much', answers('x'.repeat(9 * 1024 * 1024)), 'ENGINE_ANSWER_TOO_LONG', /8388608 bytes/],
    ['too much of a refusal', answers('x'.repeat(9 * 1024 * 1024), 500), 'ENGINE_ANSWER_TOO_LONG', /8388608/],
    ['a closed connection', (response: ServerResponse) => response.destroy(), 'ENGINE_UNREACHABLE', /hang up/],
    [
      'half an answer',
      (response: ServerResponse) =>
        response.writeHead(200, { 'content-length': 9 }).write('[', () => response.destroy()),
      'ENGINE_UNREACHABLE',
      /aborted/,
    ],
  ])('answered with %s is a fault', async (_what, given, code, message) => {
    answer = given;
    const got = await engine.containers(stop.signal);
    expect(got).toMatchObject({ ok: false, fault: { code, message: expect.stringMatching(message) } });
  });

  test('ends with its signal, and closes the connection', async () => {
    answer = () => undefined;
    const got = engine.ping(stop.signal);
    await until('it is asked', () => asked.length === 1);
    stop.abort();
    expect(await got).toMatchObject({ ok: false });
    await until('the connection is closed', () => asked[0]?.socket.destroyed);
    expect(await engine.ping(stop.signal)).toMatchObject({ ok: false });
    expect(asked).toHaveLength(1);
  });

  test('goes where we were told, whatever DOCKER_HOST says', async () => {
    process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:1';
    const got = await engine.ping(stop.signal);
    delete process.env['DOCKER_HOST'];
    expect(got).toMatchObject({ ok: true });
  });

  test('to a socket that is not there is a fault that names it', async () => {
    const { message = '' } = await faultOf(dockerEngine({ url: 'unix:///nowhere/docker.sock', certPath: undefined }));
    expect(message).toContain('/nowhere/docker.sock');
  });
});

test('a socket that others may use says which group that may be', async () => {
  chmodSync(socket, 0o600);
  chmodSync(dir, 0o755);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  else chmodSync(socket, 0);
  try {
    expect(await engine.ping(stop.signal)).toMatchObject({
      fault: { code: 'ENGINE_UNREACHABLE', message: expect.stringMatching(/EACCES.*group "docker"/) },
    });
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

describe('the event stream', () => {
  test('tells each event once, however it is cut, until it ends', async () => {
    const lines = Buffer.from('{"Action":"start","name":"ä"}\n{"Action":"die"}\n\n');
    answer = (response) => {
      response.writeHead(200).write(lines.subarray(0, 27)); // in the middle of the ä
      setImmediate(() => response.end(lines.subarray(27)));
    };
    const stream = follow();
    expect(await stream.end).toMatchObject({ code: 'ENGINE_UNREACHABLE', message: expect.stringMatching(/ended/) });
    expect(stream.told).toEqual([{ Action: 'start', name: 'ä' }, { Action: 'die' }]);
    const { searchParams } = new URL(asked[0]?.url ?? '', 'http://engine');
    expect(JSON.parse(searchParams.get('filters') ?? '')).toEqual({ type: ['container'], event: ACTIONS });
  });

  test('is open before anything happens', async () => {
    answer = (response) => response.writeHead(200).flushHeaders();
    const stream = follow();
    await until('it is open', () => stream.opened);
    stop.abort();
    await stream.end;
    await until('the connection is closed', () => asked[0]?.socket.destroyed);
  });

  test.each([
    ['garbage', '{"Action":"start"}\n{"Action":\n', 'ENGINE_ANSWER_UNREADABLE', 1],
    ['an event without end', 'x'.repeat(2 * 1024 * 1024), 'ENGINE_ANSWER_TOO_LONG', 0],
  ])('ends with %s', async (_what, text, code, told) => {
    answer = (response) => void response.writeHead(200).write(text);
    const stream = follow();
    expect(await stream.end).toMatchObject({ code });
    expect(stream.told).toHaveLength(told);
    await until('the connection is closed', () => asked[0]?.socket.destroyed);
  });

  test('that is refused was never open', async () => {
    answer = answers('no', 403);
    const stream = follow();
    expect(await stream.end).toMatchObject({ code: 'ENGINE_REFUSED' });
    expect(stream.opened).toBe(false);
  });
});

describe('an engine behind a TCP port', () => {
  test.each([
    ['tcp://', '127.0.0.1'],
    ['http://', '127.0.0.1'],
    ['tcp://', 'localhost'],
  ])('is reached by %s%s', async (scheme, host) => {
    const tcp = await listen(createServer(take));
    const got = await dockerEngine({ url: `${scheme}${host}:${portOf(tcp)}`, certPath: undefined }).ping(stop.signal);
    tcp.close();
    expect(got).toEqual({ ok: true, value: '[]' });
  });

  test('is given the password of the URL, which is not shown', async () => {
    const tcp = await listen(createServer(take));
    const guarded = dockerEngine({ url: `http://me:s%40crt@127.0.0.1:${portOf(tcp)}`, certPath: undefined });
    await guarded.ping(stop.signal);
    tcp.close();
    expect(asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:s@crt').toString('base64')}`);
    expect(guarded.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('with TLS is shown our certificate, and must show one that we know', async () => {
    const read = (name: string): Buffer => readFileSync(join(CERTIFICATES, name));
    const tls = { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem'), requestCert: true };
    const https = await listen(createHttpsServer({ ...tls, rejectUnauthorized: true }, take));
    const address = `127.0.0.1:${portOf(https)}`;
    const ask = (scheme: string, certPath: string | undefined) =>
      dockerEngine({ url: `${scheme}://${address}`, certPath }).ping(stop.signal);
    expect(await ask('tcp', CERTIFICATES)).toMatchObject({ ok: true });
    expect(await ask('https', CERTIFICATES)).toMatchObject({ ok: true });
    const { message = '' } = await faultOf(dockerEngine({ url: `https://${address}`, certPath: undefined }));
    expect(message).toContain('self-signed certificate');
    https.close();
  });

  test('with TLS, but without certificates, is a fault that names the file', async () => {
    const { message = '' } = await faultOf(dockerEngine({ url: 'tcp://127.0.0.1:1', certPath: '/nowhere' }));
    expect(message).toContain('/nowhere/ca.pem');
  });
});

async function faultOf(broken: DockerEngine): Promise<{ readonly code?: string; readonly message?: string }> {
  const got = await broken.ping(stop.signal);
  return got.ok ? {} : got.fault;
}
