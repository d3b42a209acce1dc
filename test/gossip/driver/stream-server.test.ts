import { beforeEach, describe, expect, test } from '@jest/globals';
import { DriverCounters } from '../../../src/gossip/driver/counters.js';
import { Deadlines } from '../../../src/gossip/driver/deadlines.js';
import { FaultTally } from '../../../src/gossip/driver/fault-tally.js';
import { Keyring } from '../../../src/gossip/driver/keyring.js';
import { MessagePort } from '../../../src/gossip/driver/message-port.js';
import { StreamServer } from '../../../src/gossip/driver/stream-server.js';
import type { PushPull, StreamMessage } from '../../../src/gossip/wire/message.js';
import { encodeStream } from '../../../src/gossip/wire/stream.js';
import { silent } from '../../support/log.js';
import { FakeClock, settle } from '../../support/time.js';
import { FakeConnection } from './support/fake-connection.js';
import { PLAIN } from './support/real.js';

const STATE: PushPull = { type: 'push-pull', join: false, clusterName: 'c', nodes: [], userState: new Uint8Array() };
const encode = (message: StreamMessage): Uint8Array => encodeStream(message, { compress: false, key: undefined });

let clock: FakeClock;
let counters: DriverCounters;
let faults: FaultTally;
let deadlines: Deadlines;
/** States that came, and what is answered. */
let states: PushPull[];
let payloads: string[];
let answer: PushPull | undefined;

beforeEach(() => {
  clock = new FakeClock();
  counters = new DriverCounters();
  faults = new FaultTally(silent);
  deadlines = new Deadlines(clock);
  [states, payloads, answer] = [[], [], STATE];
});

function server(bounds: { readonly maxConnections?: number; readonly maxExchanges?: number } = {}): StreamServer {
  const keyring = new Keyring(PLAIN);
  return new StreamServer(
    { name: 'a', timeoutMs: 10_000, ...bounds },
    {
      onPushPull: (remote) => {
        states.push(remote);
        return answer;
      },
      onUserMessage: ({ payload }) => void payloads.push(Buffer.from(payload).toString()),
    },
    {
      messages: new MessagePort({ compress: false }, { keyring, counters }),
      counters,
      faults,
      onFault: () => undefined,
      deadlines,
    },
  );
}

async function open(
  to: StreamServer,
  message?: StreamMessage,
  connection = new FakeConnection(),
): Promise<FakeConnection> {
  to.accept(connection);
  if (message) connection.say(encode(message));
  await settle();
  return connection;
}

describe('a push/pull', () => {
  test('is taken in and answered with our state, then closed', async () => {
    const connection = await open(server(), STATE);
    expect(states).toHaveLength(1);
    expect(connection.written).toBe(encode(STATE).length);
    expect(connection.isOpen).toBe(false);
    expect(clock.armed).toBe(0);
  });

  test('of a stranger is closed without a byte', async () => {
    answer = undefined;
    const connection = await open(server(), STATE);
    expect([connection.written, connection.isOpen]).toEqual([0, false]);
  });

  test('is not held up by who does not read the answer: that one is cut at the deadline', async () => {
    const connection = await open(server(), STATE, new FakeConnection({ reads: false }));
    expect(states).toHaveLength(1);
    await clock.advance(9_999);
    expect(connection.isOpen).toBe(true);
    await clock.advance(1);
    expect(connection.isOpen).toBe(false);
    expect(faults.counts.get('STREAM_TIMED_OUT')).toBe(1);
  });

  test('beyond the most at once is closed without a byte, and not taken in', async () => {
    const one = server({ maxExchanges: 1 });
    await open(one, STATE, new FakeConnection({ reads: false }));
    const second = await open(one, STATE);
    expect([second.written, second.isOpen, states.length]).toEqual([0, false, 1]);
    expect(faults.counts.get('STREAM_OVERLOADED')).toBe(1);
    await clock.advance(10_000);
    await open(one, STATE);
    expect(states).toHaveLength(2);
  });

  test('of too many bytes, together with all that is under way, is not read on', async () => {
    const one = server({ maxConnections: 100 });
    const half = { ...STATE, userState: new Uint8Array(20 * 1024 * 1024) };
    const unfinished = encode(half).subarray(0, -1);
    const connections: FakeConnection[] = [];
    for (let i = 0; i < 7; i += 1) {
      const connection = await open(one);
      connection.say(unfinished);
      await settle();
      connections.push(connection);
    }
    expect(connections.map(({ isOpen }) => isOpen)).toEqual([true, true, true, true, true, true, false]);
    expect(faults.counts.get('STREAM_OVERLOADED')).toBe(1);
  });
});

describe('other streams', () => {
  test('a user message is handed over, and one of no length is not', async () => {
    const one = server();
    await open(one, { type: 'user', payload: Buffer.from('news') });
    await open(one, { type: 'user', payload: new Uint8Array() });
    expect(payloads).toEqual(['news']);
    expect(faults.counts.size).toBe(0);
  });

  test('an answer to nothing is refused', async () => {
    const connection = await open(server(), { type: 'ack', seqNo: 1, payload: undefined });
    expect(connection.isOpen).toBe(false);
    expect(faults.counts.get('STREAM_UNEXPECTED')).toBe(1);
  });

  test('who stops in the middle is refused at once, who only waits at the deadline', async () => {
    const one = server();
    const broken = await open(one);
    broken.say(encode(STATE).subarray(0, 5));
    broken.say(undefined);
    const waiting = await open(one);
    expect([broken.isOpen, waiting.isOpen]).toEqual([false, true]);
    await clock.advance(10_000);
    expect(waiting.isOpen).toBe(false);
    expect([...faults.counts]).toEqual([
      ['STREAM_TRUNCATED', 1],
      ['STREAM_TIMED_OUT', 1],
    ]);
    expect(clock.armed).toBe(0);
  });

  test('connections beyond the most at once are closed at once', async () => {
    const one = server({ maxConnections: 1 });
    const first = await open(one);
    const second = await open(one, STATE);
    expect([first.isOpen, second.isOpen, counters.streamsRefused]).toEqual([true, false, 1]);
  });

  test('64 of one address are the most, so that it cannot shut others out', async () => {
    const one = server();
    for (let i = 0; i < 64; i += 1) await open(one);
    const more = await open(one, STATE);
    expect([more.isOpen, counters.streamsRefused]).toEqual([false, 1]);
    await clock.advance(10_000);
    await open(one, STATE);
    expect([counters.streamsRefused, states.length]).toEqual([1, 1]);
  });

  test('after the stop nothing is open, and nothing is accepted', async () => {
    const one = server();
    const before = await open(one);
    deadlines.stop();
    const after = await open(one, STATE);
    expect([before.isOpen, after.isOpen, states.length]).toEqual([false, false, 0]);
    await settle();
    expect([faults.counts.has('STREAM_STOPPED'), clock.armed]).toEqual([false, 0]);
  });
});
