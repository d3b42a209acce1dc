import { afterEach, expect, test } from '@jest/globals';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { systemListening } from '../../src/platform/listening.js';
import { systemProcesses } from '../../src/platform/processes.js';

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen(): Promise<number> {
  const server = createServer();
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const tryListen = (address: string, port: number) => systemListening.tryListen({ address, port, v6only: false });

test.each(['127.0.0.1', '0.0.0.0', '::'])('a port in use cannot be had on %s', async (address) => {
  expect(await tryListen(address, await listen())).toMatchObject({
    errno: 'EADDRINUSE',
    words: expect.stringContaining('EADDRINUSE'),
  });
});

test('a free one can, again and again, and nothing stays open', async () => {
  const port = await listen();
  await new Promise((resolve) => open.pop()?.close(resolve));
  for (let i = 0; i < 3; i += 1) expect(await tryListen('127.0.0.1', port)).toBeUndefined();
  expect(await tryListen('127.0.0.2', port)).toBeUndefined();
});

test('an address of another host cannot be had', async () => {
  expect(await tryListen('192.0.2.1', 1)).toMatchObject({ errno: 'EADDRNOTAVAIL' });
});

test('the addresses of this host include loopback', () => {
  expect(systemListening.addresses()).toContain('127.0.0.1');
});

test('the system tells on which ports a process listens', async () => {
  const port = await listen();
  expect(systemProcesses.listeningPorts([process.pid])?.has(port)).toBe(true);
  expect(systemProcesses.listeningPorts([2 ** 22 + 1])).toBeUndefined();
});
