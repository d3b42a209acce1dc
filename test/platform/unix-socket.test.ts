import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askUnixSocket } from '../../src/platform/unix-socket.js';

const limits = { timeoutMs: 10_000, maxBytes: 1_000 };
let directory: string;
let server: Server | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sidecar-socket-'));
});
afterEach(async () => {
  server?.close();
  server = undefined;
  await rm(directory, { recursive: true });
});

async function answering(answer: (socket: Socket, line: string) => void): Promise<string> {
  const path = join(directory, 's');
  server = createServer((socket) => {
    socket.on('error', () => undefined).once('data', (line) => answer(socket, line.toString()));
  });
  await new Promise<void>((resolve) => server?.listen(path, resolve));
  return path;
}

test('the answer is everything until the other side closes', async () => {
  const path = await answering((socket, line) => {
    socket.write(`heard ${line}`);
    socket.end('and done');
  });
  expect(await askUnixSocket(path, 'show info', limits)).toEqual({ ok: true, value: 'heard show info\nand done' });
});

test('an answer without end is cut at its bound', async () => {
  const path = await answering((socket) => {
    const pour = (): void => {
      if (!socket.destroyed) socket.write('x'.repeat(700), pour);
    };
    pour();
  });
  const answer = await askUnixSocket(path, 'show info', limits);
  expect(answer.ok && answer.value).toHaveLength(1_000);
});

test('silence ends with the time allowed', async () => {
  const path = await answering(() => undefined);
  const answer = await askUnixSocket(path, 'show info', { ...limits, timeoutMs: 20 });
  expect(answer).toEqual({ ok: false, fault: 'no answer within 20 ms' });
});

test.each(['none', 'x'.repeat(300)])('a socket that is not there is a fault, not an exception', async (name) => {
  expect((await askUnixSocket(join(directory, name), 'show info', limits)).ok).toBe(false);
});
