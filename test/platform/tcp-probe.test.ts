import { describe, expect, test } from '@jest/globals';
import { createServer, type AddressInfo } from 'node:net';
import { probeTcp } from '../../src/platform/tcp-probe.js';
import { until } from '../support/until.js';

const limits = { timeoutMs: 10_000, signal: new AbortController().signal };

describe('the TCP probe', () => {
  test('passes when the port accepts a connection, and closes it; fails when nothing listens there', async () => {
    let closed = 0;
    const server = createServer((socket) => {
      socket.resume();
      socket.on('error', () => undefined);
      socket.on('close', () => (closed += 1));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };

    expect(await probeTcp(target, limits)).toMatchObject({ outcome: 'passed' });
    await until('the connection is closed', () => closed === 1);
    await new Promise((resolve) => server.close(resolve));
    const refused = await probeTcp(target, limits);
    expect(refused.outcome).toBe('failed');
    expect(refused.output).toContain('ECONNREFUSED');
  });

  test('an abort ends it', async () => {
    const { outcome } = await probeTcp({ host: '127.0.0.1', port: 9 }, { ...limits, signal: AbortSignal.abort() });
    expect(outcome).toBe('failed');
  });
});
