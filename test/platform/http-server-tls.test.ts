import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterEach, expect, test } from '@jest/globals';
import { HttpServer } from '../../src/platform/http-server.js';
import { silent } from '../support/log.js';
import { FakeClock } from '../support/time.js';
import { until } from '../support/until.js';
import { running } from './running.js';

const read = (name: string): string => readFileSync(new URL(`../fixtures/http-tls/${name}`, import.meta.url), 'utf8');
const FIRST = { cert: read('cert.pem'), key: read('key.pem') };
const RENEWED = { cert: read('renewed-cert.pem'), key: read('renewed-key.pem') };

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A server with the first certificate that says hello. */
async function start() {
  const clock = new FakeClock();
  const server = new HttpServer(
    { bindIp: '127.0.0.1', port: 0, tls: FIRST },
    { listener: (_, response) => void response.end('hello'), clock, log: silent },
  );
  const { stop, ended, cleanUp } = await running(server, clock);
  cleanUps.push(cleanUp);
  return { server, port: server.port ?? 0, clock, stop, ended };
}

/** @param ca the certificate that is trusted */
function get(port: number, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, ca, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve(body));
    });
    asked.on('error', reject).end();
  });
}

interface Talk {
  readonly heard: () => string;
  readonly isOpen: () => boolean;
}

function follow(socket: Socket | TLSSocket): Talk {
  let [heard, open] = ['', true];
  socket.setEncoding('latin1').on('data', (chunk: string) => (heard += chunk));
  socket.on('error', () => (open = false)).on('close', () => (open = false));
  cleanUps.push(() => void socket.destroy());
  return { heard: () => heard, isOpen: () => open };
}

/** Sends bytes as they are over plain TCP. */
function talk(port: number, bytes: string | Buffer): Talk {
  const socket: Socket = connectTcp(port, '127.0.0.1', () => {
    if (bytes.length > 0) socket.write(bytes);
  });
  return follow(socket);
}

test('HTTP goes over TLS, with the certificate that was given', async () => {
  const { port } = await start();
  expect(await get(port, FIRST.cert)).toBe('hello');
  await expect(get(port, RENEWED.cert)).rejects.toThrow('self-signed certificate');
});

test('a TLS client whose first byte comes alone is served like any other', async () => {
  const { port } = await start();
  const tcp = connectTcp(port, '127.0.0.1');
  const inPieces = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _, done) => {
      tcp.write(chunk.subarray(0, 1), () => setImmediate(() => tcp.write(chunk.subarray(1), () => done())));
    },
  });
  tcp.setNoDelay().on('data', (chunk) => inPieces.push(chunk));
  cleanUps.push(() => void tcp.destroy());
  const tls = connectTls({ socket: inPieces, ca: FIRST.cert, host: '127.0.0.1' });
  const client = follow(tls);
  tls.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await until('it has its answer', () => client.heard().endsWith('hello'));
});

test('another certificate counts for new connections, and those that are open go on', async () => {
  const { server, port } = await start();
  const old = connectTls({ port, host: '127.0.0.1', ca: FIRST.cert });
  const client = follow(old);
  await until('the old one is secure', () => old.authorized);
  server.useTls(RENEWED);
  expect(await get(port, RENEWED.cert)).toBe('hello');
  old.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await until('the old one is served', () => client.heard().endsWith('hello'));
});

test.each([
  ['a request over plain HTTP', 'GET /services.json HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['something else', Buffer.alloc(300_000, 1)],
])('%s is answered 400, with what to do', async (_, bytes) => {
  const { server, port } = await start();
  const client = talk(port, bytes);
  await until('it is closed', () => !client.isOpen());
  expect(client.heard()).toMatch(
    /^HTTP\/1\.1 400 Bad Request\r\n[^]*\r\n\r\n\{"message":"this port speaks TLS: ask it with https:\/\/","status":"error"\}$/,
  );
  expect(server.numbers().ended).toMatchObject({ 'not-tls': 1, 'tls-failed': 0 });
});

test('a handshake that fails is counted, and its connection closed', async () => {
  const { server, port } = await start();
  const client = talk(port, Buffer.concat([Buffer.from([0x16, 3, 1, 0, 5]), Buffer.alloc(50, 0xff)]));
  await until('it is closed', () => !client.isOpen());
  expect(server.numbers().ended).toMatchObject({ 'not-tls': 0, 'tls-failed': 1 });
  expect(await get(port, FIRST.cert)).toBe('hello');
});

test('a client that goes before it has said anything leaves nothing behind', async () => {
  const { server, port } = await start();
  const client = connectTcp(port, '127.0.0.1');
  await until('it is there', () => server.numbers().connections === 1);
  client.destroy();
  await until('it is forgotten', () => server.numbers().connections === 0);
  expect(await get(port, FIRST.cert)).toBe('hello');
});

test('the stop waits for no one who has not finished the handshake', async () => {
  const { server, port, clock, stop, ended } = await start();
  const silentOne = talk(port, '');
  const halfWay = talk(port, Buffer.from([0x16, 3, 1]));
  await until('both are there', () => server.numbers().connections === 2);
  stop();
  await clock.advance(1000);
  await ended;
  await until('both are closed', () => !silentOne.isOpen() && !halfWay.isOpen());
});
