import { beforeEach, describe, expect, test } from '@jest/globals';
import type { GossipEffects } from '../../../src/gossip/core/ports.js';
import { DriverCounters } from '../../../src/gossip/driver/counters.js';
import { DrivenNode } from '../../../src/gossip/driver/driven-node.js';
import { FaultTally } from '../../../src/gossip/driver/fault-tally.js';
import type { PushPull } from '../../../src/gossip/wire/message.js';
import type { Clock, Millis } from '../../../src/lib/ports.js';
import { silent } from '../../support/log.js';
import { FakeClock, settle } from '../../support/time.js';
import { Application, makeNode } from './support/node.js';

const HERE = { address: '10.0.0.1', port: 7946 };
const THERE = { address: '10.0.0.2', port: 7946 };
/** What somebody says who lives at `THERE`. */
const STATE: PushPull = {
  type: 'push-pull',
  join: true,
  clusterName: 'default',
  nodes: [
    {
      name: 'b',
      addr: Uint8Array.of(10, 0, 0, 2),
      port: 7946,
      meta: undefined,
      incarnation: 1,
      state: 0,
      vsn: Uint8Array.of(1, 5, 2, 0, 0, 0),
    },
  ],
  userState: new Uint8Array(),
};

/** Time that passes as told, with a process that can be held up: meanwhile no timer comes. */
class HoldableClock implements Clock {
  private heldMs = 0;
  constructor(private readonly inner: FakeClock) {}
  now(): Millis {
    return this.inner.now() + this.heldMs;
  }
  after(delayMs: Millis, act: () => void): () => void {
    return this.inner.after(delayMs, act);
  }
  hold(ms: Millis): void {
    this.heldMs += ms;
  }
}

let fake: FakeClock;
let clock: HoldableClock;
let counters: DriverCounters;
let faults: FaultTally;
let packets: number;
let application: Application;
let driven: DrivenNode;

beforeEach(() => {
  fake = new FakeClock();
  clock = new HoldableClock(fake);
  counters = new DriverCounters();
  faults = new FaultTally(silent);
  packets = 0;
  application = new Application();
  const nothing = (): void => undefined;
  const effects: GossipEffects = {
    sendPacket: () => (packets += 1),
    sendUserStream: nothing,
    pingByStream: nothing,
    pushPull: nothing,
    join: nothing,
  };
  driven = new DrivenNode(makeNode({ name: 'a', advertise: HERE }, effects, application), { clock, counters, faults });
});

const meetB = (): unknown => driven.enter((node, now) => node.onPushPull(STATE, THERE, now));

describe('time', () => {
  test('one timer is armed, and only while the node runs', async () => {
    expect(fake.armed).toBe(0);
    driven.start();
    expect(fake.armed).toBe(1);
    meetB();
    await fake.advance(1000);
    expect(fake.armed).toBe(1);
    driven.stop();
    expect(fake.armed).toBe(0);
  });

  test('what is due happens', async () => {
    driven.start();
    meetB();
    await fake.advance(1000);
    expect(packets).toBeGreaterThan(10);
  });

  test('after a hold-up the node is told before anything else, and what waits in the sockets comes first', async () => {
    driven.start();
    meetB();
    await fake.advance(500);
    clock.hold(4000);
    const before = packets;
    while (counters.lateTimers === 0) await fake.advance(1);
    expect(driven.node.counters.stalls).toBe(1);
    await fake.advance(19);
    expect(packets).toBe(before);
    await fake.advance(1);
    expect(packets).toBeGreaterThan(before);
  });

  test('a process that is always late goes on nevertheless', async () => {
    driven.start();
    meetB();
    for (let i = 0; i < 50; i += 1) {
      clock.hold(60);
      await fake.advance(20);
    }
    expect(packets).toBeGreaterThan(5);
  });
});

describe('the node', () => {
  test('gets nothing before the start, and nothing after the stop', () => {
    expect(meetB()).toBeUndefined();
    driven.start();
    driven.stop();
    expect(meetB()).toBeUndefined();
    expect(application.events).toEqual([]);
  });

  test('that fails to take something in is a fault that is counted, not the end', async () => {
    driven.start();
    application.onMember = () => {
      throw new Error('a fault of the program');
    };
    expect(meetB()).toBeUndefined();
    expect(faults.counts.get('NODE_FAILED')).toBe(1);
    await fake.advance(1000);
    expect(fake.armed).toBe(1);
  });
});

describe('a leave', () => {
  const leave = async (withinMs: Millis): Promise<{ spread: boolean | undefined }> => {
    const result: { spread: boolean | undefined } = { spread: undefined };
    void driven.leave(withinMs).then((spread) => (result.spread = spread));
    await settle();
    return result;
  };

  test('is over at once where nobody is to be told', async () => {
    driven.start();
    expect(await leave(5000)).toEqual({ spread: true });
  });

  test('is over when it was told often enough', async () => {
    driven.start();
    meetB();
    const result = await leave(5000);
    expect(result.spread).toBeUndefined();
    await fake.advance(1000);
    expect(result.spread).toBe(true);
    driven.stop();
    expect(fake.armed).toBe(0);
  });

  test('waits no longer than it may', async () => {
    driven.start();
    meetB();
    const result = await leave(10);
    await fake.advance(9);
    expect(result.spread).toBeUndefined();
    await fake.advance(1);
    expect(result.spread).toBe(false);
  });

  test('of a node that does not run is over at once', async () => {
    expect(await leave(5000)).toEqual({ spread: false });
    expect(fake.armed).toBe(0);
  });
});

test('each round of gossip is told with the time that it took to make', async () => {
  const told: Millis[] = [];
  const nothing = (): void => undefined;
  const slow: GossipEffects = {
    ...{ sendUserStream: nothing, pingByStream: nothing, pushPull: nothing, join: nothing },
    sendPacket: () => clock.hold(3),
  };
  const node = makeNode({ name: 'a', advertise: HERE, probeIntervalMs: 1e9 }, slow, application);
  driven = new DrivenNode(node, { clock, counters, faults, onGossiped: (tookMs) => told.push(tookMs) });
  driven.start();
  meetB();
  await fake.advance(5000);
  expect(told).toHaveLength(node.counters.gossipRounds);
  expect(told[0]).toBe(3);
  expect(told.at(-1)).toBe(0);
  driven.stop();
});
