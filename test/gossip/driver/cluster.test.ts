import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { freePorts, listen, portOf } from '../../support/network.js';
import { until } from '../../support/until.js';
import { startNode, type RealNode, type RealNodeOptions } from './support/real.js';

const [A, B, C] = ['127.71.1.1', '127.71.1.2', '127.71.1.3'] as const;
const OLD = Buffer.alloc(16, 1);
const NEW = Buffer.alloc(32, 2);

/** Ends whatever a test started, also when it failed. */
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

let port: number;
beforeEach(async () => {
  [port = 0] = await freePorts(1);
});

async function start(name: string, address: string, options: RealNodeOptions = {}): Promise<RealNode> {
  const node = await startNode(name, address, port, options);
  cleanUps.push(() => node.stop());
  return node;
}

const agree = (nodes: readonly RealNode[], names: readonly string[]): Promise<boolean> =>
  until(`${names.join()} are the members for all`, () => nodes.every((node) => node.alive().join() === names.join()));

describe('a cluster', () => {
  test('a node joins through one member and is known to all', async () => {
    const a = await start('a', A);
    const b = await start('b', B, { seeds: [A] });
    const c = await start('c', C, { seeds: [B] });
    await agree([a, b, c], ['a', 'b', 'c']);
    expect([b, c].map(({ driver }) => driver.seedsAnswered)).toEqual([true, true]);
    expect(c.codes()).toEqual([]);
  });

  test('the application hears what others say, by packet or by stream, and what they know when they join', async () => {
    const a = await start('a', A);
    a.application.state = 'all that a knows';
    const b = await start('b', B, { seeds: [A] });
    await agree([a, b], ['a', 'b']);
    expect(b.application.states).toContain('all that a knows');
    const tooLarge = 'x'.repeat(5_000);
    a.application.small.push('news');
    a.application.large.push(tooLarge);
    a.driver.nudge();
    await until('b has heard both', () => b.application.heard.length === 2);
    expect([...b.application.heard].sort()).toEqual(['news', tooLarge]);
  });

  test('what a member says of itself anew comes to all others, as an update', async () => {
    const a = await start('a', A);
    const b = await start('b', B, { seeds: [A] });
    await agree([a, b], ['a', 'b']);
    b.driver.updateMeta(Buffer.from('new'));
    await until('a has heard it', () => Buffer.from(a.driver.node.member('b')?.meta ?? []).toString() === 'new');
    expect(a.application.events).toEqual(['join b', 'update b']);
  });

  test('a member that dies is declared dead, one that leaves is gone at once', async () => {
    const a = await start('a', A);
    const b = await start('b', B, { seeds: [A] });
    const c = await start('c', C, { seeds: [A] });
    await agree([a, b, c], ['a', 'b', 'c']);
    await b.stop();
    await agree([a, c], ['a', 'c']);
    await c.driver.leave();
    await until('a knows that c left', () => a.driver.node.member('c')?.state === 'left');
    expect(a.application.events).toEqual(['join b', 'join c', 'leave b', 'leave c']);
  });

  test('whoever is named as a seed and is the node itself is not waited for', async () => {
    const a = await start('a', A, { seeds: [A] });
    await until('nobody is left to wait for', () => a.driver.seedsAnswered);
    expect(a.codes()).toEqual([]);
    expect(a.driver.counters.requests).toBe(0);
  });

  test('a node that is bound to all addresses knows itself at any of them', async () => {
    const everywhere = { address: '0.0.0.0', port };
    const a = await start('a', A, { seeds: ['localhost', '127.0.0.1'], driver: { bind: everywhere } });
    await until('nobody is left to wait for', () => a.driver.seedsAnswered || a.driver.faults.size > 0);
    expect(a.driver.seedsAnswered).toBe(true);
    expect(a.driver.counters.requests).toBeGreaterThan(0);
  });

  test('a member of another cluster is refused, on both sides', async () => {
    const a = await start('a', A);
    const b = await start('b', B, { seeds: [A], node: { clusterName: 'other' } });
    await until('b is told', () => b.codes().includes('SEEDS_UNREACHABLE'));
    expect([a.alive(), b.alive()]).toEqual([['a'], ['b']]);
    expect(b.driver.seedsAnswered).toBe(false);
  });

  test('a node without seeds waits for nobody, unless it knows members from another run', async () => {
    const first = await start('a', A);
    expect(first.driver.seedsAnswered).toBe(true);
    const again = await start('b', B, { known: [{ name: 'c', address: C, port }] });
    expect(again.driver.seedsAnswered).toBe(false);
    await start('c', C);
    await until('it has found the one it knows', () => again.driver.seedsAnswered);
  });

  test('versions that do not go together are stated by both, and merge nothing', async () => {
    const a = await start('a', A);
    const b = await start('b', B, { seeds: [A], node: { delegateVersions: [4, 5, 5] } });
    await until('both state it', () => [a, b].every((node) => node.codes().includes('GOSSIP_VERSION_CONFLICT')));
    expect([a.alive(), b.alive()]).toEqual([['a'], ['b']]);
  });
});

describe('addresses', () => {
  const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
  const refused = (): Promise<void> => expect(startNode('a', '::1', port)).rejects.toThrow('[::1]');
  /** Both have had the answer to a ping. */
  const ping = (a: RealNode, b: RealNode): Promise<boolean> =>
    until('packets go both ways', () =>
      [a.driver.node.member('b'), b.driver.node.member('a')].every((member) => member?.roundTripMs !== undefined),
    );

  test('IPv6 is as good, on a host that has it', async () => {
    if (!hasIpv6) return refused();
    const [other = 0] = await freePorts(1);
    const a = await start('a', '::1');
    const b = await startNode('b', '::1', other, { seeds: [{ host: '::1', port }] });
    cleanUps.push(() => b.stop());
    await agree([a, b], ['a', 'b']);
    await ping(a, b);
    expect(b.driver.node.member('a')).toMatchObject({ address: '::1', port });
  });

  test('one socket for both families reaches IPv4, under the plain address', async () => {
    if (!hasIpv6) return refused();
    const [other = 0] = await freePorts(1);
    const a = await start('a', A, { driver: { bind: { address: '::', port } } });
    const b = await startNode('b', B, other, { seeds: [{ host: A, port }] });
    cleanUps.push(() => b.stop());
    await agree([a, b], ['a', 'b']);
    await ping(a, b);
    expect(a.driver.node.member('b')).toMatchObject({ address: B, port: other });
  });

  test('a busy port is a fault of the start, and named, whichever of the two it is', async () => {
    const tcp = await listen(createServer());
    cleanUps.push(() => tcp.close());
    await expect(startNode('a', '127.0.0.1', portOf(tcp))).rejects.toThrow(
      `Can't start gossip (TCP 127.0.0.1:${portOf(tcp)} is in use: end the process that has it, or set another bind_port)`,
    );
    const udp = createSocket('udp4');
    cleanUps.push(() => udp.close());
    await new Promise<void>((bound) => udp.bind(port, A, bound));
    await expect(startNode('a', A, port)).rejects.toThrow(`Can't start gossip (UDP ${A}:${port} is in use`);
  });

  test('an address of another host is refused by its name', async () => {
    await expect(startNode('a', '192.0.2.1', port)).rejects.toMatchObject({
      fault: { code: 'ADDRESS_NOT_HERE', protocol: 'UDP', address: `192.0.2.1:${port}` },
    });
  });
});

describe('encryption', () => {
  const secret: RealNodeOptions = { keyring: { keys: [], hasFile: true } };

  test('a plain node is refused, and the encrypted one says so', async () => {
    const a = await start('a', A, { keyring: { keys: [OLD] } });
    const b = await start('b', B, { seeds: [A] });
    await until('a states it', () => a.codes().includes('GOSSIP_KEY_MISMATCH'));
    expect([a.alive(), b.alive()]).toEqual([['a'], ['b']]);
  });

  test('keys rotate while members talk, and not a packet is lost', async () => {
    const a = await start('a', A, secret);
    const b = await start('b', B, { ...secret, seeds: [A] });
    for (const { keyring } of [a, b]) keyring.take([OLD]);
    await agree([a, b], ['a', 'b']);
    const mark = [a, b].map(({ driver }) => [...driver.faults].filter(([code]) => code.startsWith('PACKET_BAD')));
    const steps: [RealNode, Buffer[]][] = [
      [a, [OLD, NEW]],
      [b, [OLD, NEW]],
      [a, [NEW, OLD]],
      [b, [NEW, OLD]],
      [a, [NEW]],
      [b, [NEW]],
    ];
    for (const [index, [node, keys]] of steps.entries()) {
      node.keyring.take(keys);
      a.application.small.push(`a ${index}`);
      b.application.small.push(`b ${index}`);
      for (const { driver } of [a, b]) driver.nudge();
      await until('both have heard', () => [a, b].every(({ application }) => application.heard.length === index + 1));
    }
    expect([a, b].map(({ driver }) => [...driver.faults].filter(([code]) => code.startsWith('PACKET_BAD')))).toEqual(
      mark,
    );
    expect([a.codes(), b.codes()]).toEqual([[], []]);
  });

  test('a node that waits for its keys says nothing and takes nothing', async () => {
    const a = await start('a', A, secret);
    const b = await start('b', B, { seeds: [A] });
    await until('b has tried', () => b.codes().includes('SEEDS_UNREACHABLE'));
    expect(a.driver.counters.packetBytesOut + a.driver.counters.streamBytesOut).toBe(0);
    expect([a.alive(), b.alive()]).toEqual([['a'], ['b']]);
  });
});
