import { afterEach, expect, test } from '@jest/globals';
import { networkInterfaces } from 'node:os';
import type { SocketAddress } from '../../src/lib/ip-address.js';
import type { UdpSocket } from '../../src/lib/udp-socket.js';
import { bindUdp } from '../../src/platform/udp-socket.js';
import { until } from '../support/until.js';

const HOST = '127.0.0.1';
const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

/** Ends whatever a test started, also when it failed. */
const sockets: UdpSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) await socket.close();
});

interface Bound extends UdpSocket {
  readonly heard: { readonly text: string; readonly from: SocketAddress }[];
}

async function bind(address: string, port = 0): Promise<Bound> {
  const heard: Bound['heard'] = [];
  const socket = await bindUdp(
    { address, port },
    {
      onDatagram: (datagram, from) => void heard.push({ text: Buffer.from(datagram).toString(), from }),
      onError: (error) => {
        throw error;
      },
    },
  );
  sockets.push(socket);
  return { ...socket, heard };
}

const send = (from: UdpSocket, to: SocketAddress, datagram: Uint8Array): Promise<string | undefined> =>
  new Promise((resolve) => from.send(datagram, to, resolve));

test('a datagram comes from the bound port, so that it can be answered', async () => {
  const [a, b] = [await bind(HOST), await bind(HOST)];
  expect(await send(a, { address: HOST, port: b.port }, Buffer.from('hello'))).toBeUndefined();
  await until('it has come', () => b.heard.length > 0);
  expect(b.heard).toEqual([{ text: 'hello', from: { address: HOST, port: a.port } }]);
});

test('a socket of both families names IPv4 plainly, and reaches it under that name', async () => {
  if (!hasIpv6) {
    await expect(bind('::')).rejects.toThrow(/EAFNOSUPPORT|EINVAL/);
    return;
  }
  const [both, plain] = [await bind('::'), await bind(HOST)];
  await send(plain, { address: HOST, port: both.port }, Buffer.from('ping'));
  await until('it has come', () => both.heard.length > 0);
  const from = both.heard[0]!.from;
  expect(from).toEqual({ address: HOST, port: plain.port });
  expect(await send(both, from, Buffer.from('pong'))).toBeUndefined();
  await until('the answer has come', () => plain.heard.length > 0);
});

test('what the system refuses is told by its code, never thrown', async () => {
  const a = await bind(HOST);
  const to = { address: HOST, port: a.port };
  expect(await send(a, to, new Uint8Array(65_508))).toBe('EMSGSIZE');
  expect(await send(a, { ...to, port: 0 }, Buffer.from('x'))).toBe('ERR_SOCKET_BAD_PORT');
  expect(await send(a, { address: '::1', port: 9 }, Buffer.from('x'))).toEqual(expect.any(String));
});

test('nobody at the other end does not disturb the socket', async () => {
  const [a, b] = [await bind(HOST), await bind(HOST)];
  const gone = sockets.pop();
  await gone?.close();
  await send(a, { address: HOST, port: b.port }, Buffer.from('into the void'));
  const c = await bind(HOST);
  await send(a, { address: HOST, port: c.port }, Buffer.from('hello'));
  await until('it has come', () => c.heard.length > 0);
});

test('a busy port is refused with the system code', async () => {
  const { port } = await bind(HOST);
  await expect(bind(HOST, port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a closed socket refuses to send, and its port is free', async () => {
  const a = await bind(HOST);
  await sockets.pop()?.close();
  expect(await send(a, { address: HOST, port: 9 }, Buffer.from('x'))).toBe('ERR_SOCKET_DGRAM_NOT_RUNNING');
  expect((await bind(HOST, a.port)).port).toBe(a.port);
});
