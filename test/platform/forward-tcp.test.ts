import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { SocketAddress } from '../../src/lib/ip-address.js';
import type { TcpListener } from '../../src/lib/tcp-socket.js';
import { forwardTcp } from '../../src/platform/forward-tcp.js';
import { freePorts, listen, portOf } from '../support/network.js';
import { until } from '../support/until.js';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const at = (port: number): SocketAddress => ({ address: '127.0.0.1', port });

async function serverOf(answer: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
    answer(socket);
  });
  await listen(server);
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { address: at(portOf(server)), sockets };
}

async function forwarding(...targets: readonly SocketAddress[]): Promise<TcpListener> {
  const listener = await forwardTcp(at(0), { targets: () => targets, onDropped: () => undefined });
  ends.push(() => listener.close());
  return listener;
}

/** Says something, and ends when the other side does. */
const goOn = (socket: Socket): void => {
  socket.resume().on('end', () => socket.end());
  socket.write('go on');
};

const dial = (port: number): Socket => connect({ port, host: '127.0.0.1', allowHalfOpen: true });

describe('a forwarded port', () => {
  test('carries every byte both ways, also after who asks has ended its half', async () => {
    const { address } = await serverOf((socket) => {
      let said = '';
      socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
      socket.on('end', () => socket.end(said.toUpperCase()));
    });
    const { port } = await forwarding(address);
    const long = 'hello '.repeat(200_000);
    const client = dial(port);
    client.end(long);
    expect((await text(client)) === long.toUpperCase()).toBe(true); // a difference would fill the screen
  });

  test('gives all of an answer after which the instance closes', async () => {
    const { address } = await serverOf((socket) => socket.end('x'.repeat(1_000_000)));
    const client = dial((await forwarding(address)).port);
    expect(await text(client)).toHaveLength(1_000_000);
    client.end();
  });

  test('tries the next target when one takes no connections', async () => {
    const [closed = 0] = await freePorts(1);
    const { address } = await serverOf((socket) => socket.end('two'));
    const client = dial((await forwarding(at(closed), address)).port);
    expect(await text(client)).toBe('two');
    client.end();
  });

  test('closes a connection that nobody takes', async () => {
    const [closed = 0] = await freePorts(1);
    for (const targets of [[], [at(closed)]]) {
      const client = dial((await forwarding(...targets)).port).on('error', () => undefined);
      await new Promise((resolve) =>
        client
          .resume()
          .once('close', resolve)
          .once('end', () => client.end()),
      );
    }
  });

  test('lets go of the instance when who asked is gone, and the other way round', async () => {
    const { address, sockets } = await serverOf(goOn);
    const { port } = await forwarding(address);
    const one = dial(port);
    await new Promise((resolve) => one.once('data', resolve));
    one.destroy();
    await until('the instance is let go', () => sockets.size === 0);
    const two = dial(port).on('error', () => undefined);
    await new Promise((resolve) => two.once('data', resolve));
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => two.once('close', resolve).once('end', () => two.end()));
  });

  test('its end closes what is open and frees the port', async () => {
    const { address, sockets } = await serverOf(goOn);
    const listener = await forwardTcp(at(0), { targets: () => [address], onDropped: () => undefined });
    const client = dial(listener.port).on('error', () => undefined);
    await new Promise((resolve) => client.once('data', resolve));
    const closed = new Promise((resolve) => client.once('close', resolve).once('end', () => client.end()));
    await listener.close();
    await closed;
    await until('the instance is let go', () => sockets.size === 0);
    const again = await forwardTcp(at(listener.port), { targets: () => [], onDropped: () => undefined });
    ends.push(() => again.close());
  });

  test('a port that is taken is refused with the words of the system', async () => {
    const { address } = await serverOf((socket) => socket.end());
    await expect(forwardTcp(address, { targets: () => [], onDropped: () => undefined })).rejects.toThrow('EADDRINUSE');
  });

  test('more connections than it takes at once are closed, and told', async () => {
    let dropped = 0;
    const { address } = await serverOf(() => undefined);
    const listener = await forwardTcp(at(0), { targets: () => [address], onDropped: () => void (dropped += 1) });
    ends.push(() => listener.close());
    const clients = Array.from({ length: 260 }, () => dial(listener.port).on('error', () => undefined));
    ends.push(() => {
      for (const client of clients) client.destroy();
      return Promise.resolve();
    });
    await until('some were dropped', () => dropped === 4);
  });
});
