import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { freePorts } from '../../support/network.js';
import { until } from '../../support/until.js';
import type { StreamMessage } from '../../../src/gossip/wire/message.js';
import { encodeStream, StreamReader } from '../../../src/gossip/wire/stream.js';
import { startNode, type RealNode, type RealNodeOptions } from './support/real.js';

const HOST = '127.71.2.1';
const PLAIN = { compress: false, key: undefined };

/** Ends whatever a test started, also when it failed. */
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

let port: number;
beforeEach(async () => {
  [port = 0] = await freePorts(1);
});

async function start(options: RealNodeOptions = {}): Promise<RealNode> {
  const node = await startNode('a', HOST, port, options);
  cleanUps.push(() => node.stop());
  return node;
}

interface Talk {
  readonly socket: Socket;
  readonly heard: () => Buffer;
  readonly isOpen: () => boolean;
}

/** Opens a connection, says something, and keeps what comes back. */
function talk(content: Uint8Array): Talk {
  let isOpen = true;
  const chunks: Buffer[] = [];
  const socket = connect(port, HOST);
  socket.write(content);
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => (isOpen = false)).on('close', () => (isOpen = false));
  cleanUps.push(() => socket.destroy());
  return { socket, heard: () => Buffer.concat(chunks), isOpen: () => isOpen };
}

const ping: StreamMessage = { type: 'ping', seqNo: 7, node: 'a' };

/** The sign of life after an assault: a ping by stream has its answer. */
async function answers(): Promise<boolean> {
  const { heard } = talk(encodeStream(ping, PLAIN));
  await until('the ping is answered', () => heard().length > 0);
  const answer = new StreamReader({ keys: [], verifyIncoming: true }).push(heard());
  return answer.ok && answer.value?.type === 'ack' && answer.value.seqNo === 7;
}

async function sendDatagrams(...datagrams: readonly Uint8Array[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const datagram of datagrams) {
    await new Promise<void>((resolve, reject) =>
      socket.send(datagram, port, HOST, (error) => (error ? reject(error) : resolve())),
    );
  }
  await new Promise<void>((closed) => socket.close(closed));
}

describe('packets', () => {
  test('garbage of any length is counted and dropped, and the node goes on', async () => {
    const { driver } = await start();
    const garbage = [0, 1, 100, 65_507].map((length) => Buffer.alloc(length, 0xfe));
    await sendDatagrams(...garbage);
    await until('all have come', () => driver.counters.packetsIn === garbage.length);
    expect(driver.counters.packetBytesIn).toBe(65_608);
    expect([...driver.faults.values()].reduce((sum, count) => sum + count, 0)).toBe(garbage.length);
    expect(await answers()).toBe(true);
  });

  test('a plain packet is refused where keys are asked for', async () => {
    const { driver, problems } = await start({ keyring: { keys: [Buffer.alloc(16, 1)] } });
    await sendDatagrams(Buffer.from('\x08{"plain":true}'));
    await until('it is stated', () => problems.list().some(({ code }) => code === 'GOSSIP_KEY_MISMATCH'));
    expect(driver.faults.get('PACKET_BAD_ENCRYPTION')).toBe(1);
  });
});

describe('streams', () => {
  const hasty: RealNodeOptions = { driver: { tcpTimeoutMs: 300 } };

  test('garbage is closed without a byte', async () => {
    const { driver } = await start();
    const { heard, isOpen } = talk(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await until('it is closed', () => !isOpen());
    expect(heard()).toHaveLength(0);
    expect(driver.counters.streamsFailed).toBe(1);
    expect(await answers()).toBe(true);
  });

  test('a message that announces more than anybody may send is closed at its announcement', async () => {
    const { driver } = await start();
    const twentyMegabytes = Buffer.concat([
      Buffer.of(8, 0x81, 0xaa),
      Buffer.from('UserMsgLen'),
      Buffer.of(0xce, 0xff, 0, 0, 0),
    ]);
    const { isOpen } = talk(twentyMegabytes);
    await until('it is closed', () => !isOpen());
    expect([...driver.faults.keys()]).toEqual(['STREAM_OUT_OF_RANGE']);
    expect(await answers()).toBe(true);
  });

  test('who says nothing, or says it too slowly, is closed at the deadline', async () => {
    const { driver } = await start(hasty);
    const silent = talk(Buffer.alloc(0));
    const slow = talk(encodeStream(ping, PLAIN).subarray(0, 3));
    await until('both are closed', () => !silent.isOpen() && !slow.isOpen());
    expect(driver.faults.get('STREAM_TIMED_OUT')).toBe(2);
    expect(await answers()).toBe(true);
  });

  test('who ends its half before the answer gets it nevertheless', async () => {
    await start();
    const { socket, heard } = talk(encodeStream(ping, PLAIN));
    socket.end();
    await until('the ack has come', () => heard().length > 0);
  });

  test('a ping for another name is not answered', async () => {
    await start();
    const { heard, isOpen } = talk(encodeStream({ ...ping, node: 'b' }, PLAIN));
    await until('it is closed', () => !isOpen());
    expect(heard()).toHaveLength(0);
  });

  test('a port that is only looked at is no fault', async () => {
    const { driver } = await start();
    const { socket } = talk(new Uint8Array());
    await until('it is accepted', () => driver.counters.streamsAccepted === 1);
    socket.end();
    expect(await answers()).toBe(true);
    expect(driver.faults.size).toBe(0);
  });

  test('more connections than one address may have are closed at once', async () => {
    const { driver } = await start();
    const all = Array.from({ length: 68 }, () => talk(new Uint8Array()));
    await until('all are accepted', () => driver.counters.streamsAccepted === 68);
    await until('four are closed', () => all.filter(({ isOpen }) => !isOpen()).length === 4);
    expect(driver.counters.streamsRefused).toBe(4);
    for (const { socket } of all) socket.destroy();
    await until('there is room again', () => answers().catch(() => false));
  });

  test('the stop closes what is open', async () => {
    const node = await start();
    const open = talk(new Uint8Array());
    await until('it is accepted', () => node.driver.counters.streamsAccepted === 1);
    await node.stop();
    await until('it is closed', () => !open.isOpen());
  });
});
