import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { TcpConnection, TcpListener } from '../../src/lib/tcp-socket.js';
import { connectTcp } from '../../src/platform/tcp-connect.js';
import { listenTcp } from '../../src/platform/tcp-listener.js';
import { freePorts } from '../support/network.js';
import { until } from '../support/until.js';

const HOST = '127.0.0.1';

let accepted: TcpConnection[];
let opened: TcpConnection[];
let listener: TcpListener;

beforeEach(async () => {
  [accepted, opened] = [[], []];
  listener = await listenTcp(
    { address: HOST, port: 0 },
    {
      onConnection: (connection) => void accepted.push(connection),
      onError: (error) => {
        throw error;
      },
    },
  );
});

afterEach(async () => {
  for (const connection of [...accepted, ...opened]) connection.destroy();
  await listener.close();
});

interface Pair {
  readonly ours: TcpConnection;
  readonly theirs: TcpConnection;
}

async function pair(localAddress?: string, signal = new AbortController().signal): Promise<Pair> {
  const ours = await connectTcp({ address: HOST, port: listener.port }, { signal, localAddress });
  opened.push(ours);
  return { ours, theirs: await until('it is accepted', () => accepted.at(-1)) };
}

async function readAll(connection: TcpConnection, length: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (let have = 0; have < length; have = Buffer.concat(chunks).length) {
    const chunk = await connection.read();
    if (!chunk) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

test('bytes go both ways, and both sides know who they talk to', async () => {
  const { ours, theirs } = await pair('127.0.0.2');
  await ours.write(Buffer.from('ping'));
  expect((await readAll(theirs, 4)).toString()).toBe('ping');
  await theirs.write(Buffer.from('pong'));
  expect((await readAll(ours, 4)).toString()).toBe('pong');
  expect(ours.peer).toEqual({ address: HOST, port: listener.port });
  expect(theirs.peer).toEqual(ours.local);
  expect(ours.local.address).toBe('127.0.0.2');
});

test('what was written is delivered, also when the connection is destroyed thereafter', async () => {
  const { ours, theirs } = await pair();
  const much = Buffer.alloc(300_000, 7);
  const reading = readAll(theirs, much.length);
  await ours.write(much);
  ours.destroy();
  expect((await reading).equals(much)).toBe(true);
  expect(await theirs.read()).toBeUndefined();
});

test('reading and writing fail when the connection is destroyed, and after', async () => {
  const { ours } = await pair();
  const reading = expect(ours.read()).rejects.toThrow();
  ours.destroy();
  await reading;
  await expect(ours.write(Buffer.from('x'))).rejects.toThrow();
});

test('an abort ends an open connection', async () => {
  const abort = new AbortController();
  const { ours, theirs } = await pair(undefined, abort.signal);
  const reading = expect(ours.read()).rejects.toThrow();
  abort.abort();
  await reading;
  expect(await theirs.read()).toBeUndefined();
});

test('a connection that cannot be opened, or not any more, is refused', async () => {
  const [nobody = 0] = await freePorts(1);
  const never = new AbortController();
  never.abort();
  const open = (port: number, { signal }: AbortController): Promise<TcpConnection> =>
    connectTcp({ address: HOST, port }, { signal, localAddress: undefined });
  await expect(open(nobody, new AbortController())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(open(listener.port, never)).rejects.toMatchObject({ name: 'AbortError' });
});

test('a busy port is refused with the system code', async () => {
  const nothing = (): void => undefined;
  const again = listenTcp({ address: HOST, port: listener.port }, { onConnection: nothing, onError: nothing });
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
