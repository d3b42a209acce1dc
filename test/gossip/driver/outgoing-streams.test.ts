import { beforeEach, describe, expect, test } from '@jest/globals';
import type { GossipEffects } from '../../../src/gossip/core/ports.js';
import { DriverCounters } from '../../../src/gossip/driver/counters.js';
import { Deadlines } from '../../../src/gossip/driver/deadlines.js';
import { DrivenNode } from '../../../src/gossip/driver/driven-node.js';
import { Exchanges } from '../../../src/gossip/driver/exchanges.js';
import { FaultTally } from '../../../src/gossip/driver/fault-tally.js';
import { Keyring } from '../../../src/gossip/driver/keyring.js';
import { MessagePort } from '../../../src/gossip/driver/message-port.js';
import { OutgoingStreams } from '../../../src/gossip/driver/outgoing-streams.js';
import { PeerProblems } from '../../../src/gossip/driver/peer-problems.js';
import { StreamClient } from '../../../src/gossip/driver/stream-client.js';
import type { StreamMessage } from '../../../src/gossip/wire/message.js';
import { encodeStream } from '../../../src/gossip/wire/stream.js';
import { ProblemBoard } from '../../../src/lib/problems.js';
import type { ConnectOptions } from '../../../src/lib/tcp-socket.js';
import { silent } from '../../support/log.js';
import { FakeClock, fakeWall, settle } from '../../support/time.js';
import { FakeConnection } from './support/fake-connection.js';
import { makeNode } from './support/node.js';
import { PLAIN } from './support/real.js';
import { recordingLog } from './support/recording-log.js';

const OWN = { address: '10.0.0.1', port: 7946 };
const PEER = { address: '10.0.0.2', port: 7946 };
const IPV6_PEER = { address: 'fd00::2', port: 7946 };
const encode = (message: StreamMessage): Uint8Array => encodeStream(message, { compress: false, key: undefined });

let clock: FakeClock;
let counters: DriverCounters;
let deadlines: Deadlines;
let lines: string[];
let options: ConnectOptions[];
/** What a connection attempt gets. */
let connect: () => FakeConnection | Error | undefined;
let driven: DrivenNode;
let exchanges: Exchanges;
let merges: number;
let streams: OutgoingStreams;

beforeEach(() => {
  clock = new FakeClock();
  counters = new DriverCounters();
  deadlines = new Deadlines(clock);
  options = [];
  connect = () => undefined;
  const recording = recordingLog();
  lines = recording.lines;
  const nothing = (): void => undefined;
  const effects: GossipEffects = {
    sendPacket: nothing,
    sendUserStream: nothing,
    pingByStream: nothing,
    pushPull: nothing,
    join: nothing,
  };
  driven = new DrivenNode(makeNode({ name: 'a', advertise: OWN }, effects), {
    clock,
    counters,
    faults: new FaultTally(silent),
  });
  const messages = new MessagePort({ compress: false }, { keyring: new Keyring(PLAIN), counters });
  const client = new StreamClient(OWN, {
    connect: (_to, given) => {
      options.push(given);
      const found = given.signal.aborted ? new Error('aborted') : connect();
      if (found instanceof Error) return Promise.reject(found);
      given.signal.addEventListener('abort', () => found?.destroy());
      if (found) return Promise.resolve(found);
      return new Promise((_, reject) => given.signal.addEventListener('abort', () => reject(new Error('aborted'))));
    },
    messages,
    counters,
    deadlines,
  });
  const board = new ProblemBoard(fakeWall(clock));
  const problems = new PeerProblems({ problems: board, clock, log: silent });
  merges = 0;
  exchanges = new Exchanges(10_000, { driven, client, problems, onMerged: () => (merges += 1) });
  streams = new OutgoingStreams(10_000, { driven, client, exchanges, counters, log: recording.log });
  driven.start();
});

async function begin(act: () => void): Promise<void> {
  act();
  await settle();
}

describe('a push/pull', () => {
  test('that nobody answers has a deadline, and is logged once', async () => {
    for (let i = 0; i < 2; i += 1) {
      await begin(() => streams.pushPull(PEER));
      await clock.advance(10_000);
    }
    expect(lines).toEqual(['states are not exchanged with 10.0.0.2:7946: it did not end in time']);
    expect([counters.requests, counters.requestsFailed]).toEqual([2, 2]);
  });

  test('that reaches this node itself says nothing', async () => {
    const connection = new FakeConnection({ self: true });
    connect = () => connection;
    expect(await exchanges.begin(PEER, true)).toMatchObject({ ok: false, fault: { code: 'OURSELVES' } });
    expect([connection.written, connection.isOpen, merges]).toEqual([0, false, 0]);
  });

  test.each<[string, StreamMessage | undefined, string]>([
    ['closed without a byte', undefined, 'compare cluster_name and the gossip keys of both hosts'],
    ['refused in words', { type: 'err', error: 'go away\n' }, 'it refuses: "go away\\n"'],
    ['answered with something else', { type: 'ack', seqNo: 1, payload: undefined }, 'it answers with ack'],
    [
      'answered by another cluster',
      { type: 'push-pull', join: false, clusterName: 'other', nodes: [], userState: new Uint8Array() },
      'the peer is in the cluster "other"',
    ],
  ])('that is %s says why it failed', async (_, answer, words) => {
    const connection = new FakeConnection();
    connection.say(answer && encode(answer));
    connect = () => connection;
    await begin(() => streams.pushPull(PEER));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(words);
    expect(connection.isOpen).toBe(false);
  });

  test('is not begun while four are under way', async () => {
    await begin(() => {
      for (let i = 0; i < 5; i += 1) streams.pushPull(PEER);
    });
    expect([counters.requests, counters.requestsDropped]).toEqual([4, 1]);
  });

  test('ends at the stop, without a word and without a timer', async () => {
    await begin(() => streams.pushPull(PEER));
    driven.stop();
    deadlines.stop();
    await settle();
    expect([lines, clock.armed]).toEqual([[], 0]);
    await begin(() => streams.pushPull(PEER));
    expect(clock.armed).toBe(0);
  });
});

describe('a user message', () => {
  test('goes out whole, from the bound address where the family is the same', async () => {
    const connection = new FakeConnection();
    connect = () => connection;
    const message: StreamMessage = { type: 'user', payload: Buffer.alloc(5000, 1) };
    await begin(() => streams.sendUserStream(PEER, message.payload));
    await begin(() => streams.sendUserStream(IPV6_PEER, message.payload));
    expect(connection.written).toBe(2 * encode(message).length);
    expect(options.map(({ localAddress }) => localAddress)).toEqual(['10.0.0.1', undefined]);
  });

  test('to who does not read is given up at the deadline', async () => {
    const connection = new FakeConnection({ reads: false });
    connect = () => connection;
    await begin(() => streams.sendUserStream(PEER, Buffer.from('news')));
    await clock.advance(10_000);
    expect(connection.isOpen).toBe(false);
    expect(lines).toEqual(['a user message cannot be sent to 10.0.0.2:7946: it did not end in time']);
  });

  test('waits its turn; when too many wait, the newest are kept', async () => {
    await begin(() => {
      for (let i = 0; i < 100; i += 1) streams.sendUserStream(PEER, Buffer.of(i));
    });
    expect([counters.requests, counters.requestsDropped]).toEqual([8, 100 - 8 - 64]);
  });
});

describe('a ping by stream', () => {
  test('whose ack comes in time is told to the node; one that fails is told to nobody', async () => {
    const connection = new FakeConnection();
    connect = () => connection;
    connection.say(encode({ type: 'ack', seqNo: 7, payload: undefined }));
    await begin(() => streams.pingByStream(PEER, { seqNo: 7, node: 'b' }, 500));
    expect(driven.node.counters.unexpectedAcks).toBe(1); // the node has not asked for it: so it was told
    connect = () => new Error('connect ECONNREFUSED');
    await begin(() => streams.pingByStream(PEER, { seqNo: 8, node: 'b' }, 500));
    expect(driven.node.counters.unexpectedAcks).toBe(1);
    expect(lines).toEqual([]);
  });

  test('has the deadline that the node gives it', async () => {
    await begin(() => streams.pingByStream(PEER, { seqNo: 7, node: 'b' }, 500));
    await clock.advance(499);
    expect(counters.requestsFailed).toBe(0);
    await clock.advance(1);
    expect(counters.requestsFailed).toBe(1);
  });
});
