import { afterEach, describe, expect, test } from '@jest/globals';
import { request, type RequestListener, type ServerResponse } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Facts, Logger } from '../../src/lib/logger.js';
import { HttpServerError } from '../../src/platform/http-server-error.js';
import { HttpServer, type HttpServerOptions } from '../../src/platform/http-server.js';
import { get, listen, portOf } from '../support/network.js';
import { FakeClock } from '../support/time.js';
import { until } from '../support/until.js';
import { running } from './running.js';

const LOOPBACK: HttpServerOptions = { bindIp: '127.0.0.1', port: 0 };
const greet: RequestListener = (_, response) => void response.end('hello');

/** Ends whatever a test started, also when it failed. */
const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface Running {
  readonly server: HttpServer;
  readonly port: number;
  readonly clock: FakeClock;
  readonly warnings: Facts[];
  readonly stop: () => void;
  readonly ended: Promise<void>;
}

async function start(listener: RequestListener, options: Partial<HttpServerOptions> = {}): Promise<Running> {
  const clock = new FakeClock();
  const warnings: Facts[] = [];
  const log: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (_, facts = {}) => void warnings.push(facts),
    error: () => undefined,
    child: () => log,
  };
  const server = new HttpServer({ ...LOOPBACK, ...options }, { listener, clock, log });
  const { stop, ended, cleanUp } = await running(server, clock);
  cleanUps.push(cleanUp);
  return { server, port: server.port ?? 0, clock, warnings, stop, ended };
}

/** Opens a connection, sends `text`, and keeps what comes back. */
function talk(
  port: number,
  text: string,
  host = '127.0.0.1',
): { readonly heard: () => string; readonly isOpen: () => boolean } {
  let heard = '';
  let open = true;
  const socket: Socket = connect(port, host, () => socket.write(text));
  socket.setEncoding('latin1').on('data', (chunk: string) => (heard += chunk));
  socket.on('error', () => (open = false)).on('close', () => (open = false));
  cleanUps.push(() => void socket.destroy());
  return { heard: () => heard, isOpen: () => open };
}

const ask = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

describe('taking the address', () => {
  async function refusal(options: HttpServerOptions): Promise<HttpServerError> {
    const error: unknown = await start(greet, options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof HttpServerError) return error;
    throw new Error('the server did not refuse');
  }

  test('a busy port is refused, and named', async () => {
    const other = await listen(createServer());
    cleanUps.push(() => void other.close());
    const port = portOf(other);
    const error = await refusal({ ...LOOPBACK, port });
    expect(error.fault).toEqual({ code: 'PORT_BUSY', address: `127.0.0.1:${port}` });
    expect(error.message).toBe(
      `Can't start HTTP server (127.0.0.1:${port} is in use: end the process that listens there, or set another port)`,
    );
  });

  test('an address of another host is refused, and named', async () => {
    const error = await refusal({ bindIp: '192.0.2.1', port: 7777 });
    expect(error.fault).toEqual({ code: 'ADDRESS_NOT_HERE', address: '192.0.2.1:7777' });
  });

  test('any other refusal of the system is told in its words', async () => {
    const error = await refusal({ bindIp: 'fe80::1%no-such-interface', port: 0 });
    expect(error.fault).toMatchObject({ code: 'CANNOT_LISTEN', address: '[fe80::1%no-such-interface]:0' });
    expect(error.message).toMatch(/^Can't start HTTP server \(cannot listen on .*: listen E[A-Z]+/);
  });

  test('IPv6 is as good, on a host that has it; on another it is refused with its address', async () => {
    const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
    if (!hasIpv6) {
      expect((await refusal({ bindIp: '::1', port: 0 })).message).toContain('[::1]:0');
      return;
    }
    const { port } = await start(greet, { bindIp: '::1' });
    expect((await get(`http://[::1]:${port}/`)).body).toBe('hello');
  });
});

describe('bounds', () => {
  test('a request line over 8 KiB is answered 431', async () => {
    const { port } = await start(greet);
    expect((await get(`http://127.0.0.1:${port}/${'a'.repeat(7000)}`)).status).toBe(200);
    const long = talk(port, ask(`/${'a'.repeat(9000)}`));
    await until('the long request is answered', () => !long.isOpen());
    expect(long.heard()).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('connections over the limit are closed, counted, and logged ever more rarely', async () => {
    const { port, warnings } = await start(greet, { maxConnections: 1 });
    const first = talk(port, ask('/'));
    await until('the first is served', () => first.heard().endsWith('hello'));
    for (let i = 0; i < 5; i += 1) {
      const next = talk(port, ask('/'));
      await until('the next is closed', () => !next.isOpen());
      expect(next.heard()).toBe('');
    }
    expect(first.isOpen()).toBe(true);
    expect(warnings).toEqual([1, 2, 4].map((refused) => ({ refused, limit: 1 })));
  });

  test('a body that nobody asked for is read past', async () => {
    const { port } = await start(greet);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request({ port, host: '127.0.0.1', method: 'GET', agent: false }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      });
      sent.on('error', reject).end(Buffer.alloc(1_000_000));
    });
    expect(status).toBe(200);
  });
});

describe('what is counted', () => {
  test('is each connection that is open, refused, or ended for what it sent', async () => {
    const { server, port } = await start(greet, { maxConnections: 2 });
    const open = talk(port, ask('/'));
    await until('it is served', () => open.heard().endsWith('hello'));
    for (const text of ['GET\r\n\r\n', ask('/').replace('Host: a', 'Host : a'), ask(`/${'a'.repeat(9000)}`)]) {
      const bad = talk(port, text);
      await until('it is closed', () => !bad.isOpen());
      expect(bad.heard()).toMatch(/^HTTP\/1\.1 4(?:00|31) /);
    }
    const second = talk(port, ask('/'));
    await until('the second is served', () => second.heard().endsWith('hello'));
    const third = talk(port, ask('/'));
    await until('the third is closed', () => !third.isOpen());
    expect(server.numbers()).toMatchObject({
      ...{ connections: 2, refused: 1 },
      ended: { malformed: 2, 'header-too-long': 1, 'request-too-slow': 0, 'answer-not-taken': 0 },
    });
  });
});

describe('the stop', () => {
  test('idle connections are closed at once, and no new one is accepted', async () => {
    const { port, stop, ended } = await start(greet);
    const idle = talk(port, ask('/'));
    await until('it is served', () => idle.heard().endsWith('hello'));
    expect(idle.isOpen()).toBe(true);
    stop();
    await ended;
    await until('the idle connection is closed', () => !idle.isOpen());
    await expect(get(`http://127.0.0.1:${port}/`)).rejects.toThrow('ECONNREFUSED');
  });

  test('a request that runs is answered, and its connection closed after it', async () => {
    const running: ServerResponse[] = [];
    const { port, stop, ended } = await start((_, response) => void running.push(response));
    const client = talk(port, ask('/'));
    await until('the request runs', () => running.length > 0);
    stop();
    running[0]?.end('late');
    await ended;
    await until('the connection is closed', () => !client.isOpen());
    expect(client.heard()).toMatch(/late$/);
  });

  test('what still runs after a second is cut off', async () => {
    const running: ServerResponse[] = [];
    const { port, clock, stop, ended } = await start((_, response) => void running.push(response));
    const endless = talk(port, ask('/'));
    const halfSent = talk(port, 'GET / HTTP/1.1\r\nHo');
    await until('the request runs', () => running.length > 0);
    stop();
    await clock.advance(999);
    expect(endless.isOpen()).toBe(true);
    await clock.advance(1);
    await ended;
    await until('both are closed', () => !endless.isOpen() && !halfSent.isOpen());
    expect(clock.armed).toBe(0);
  });
});
