import { describe, expect, test } from '@jest/globals';
import { BroadcastQueue } from '../../../src/gossip/core/broadcast-queue.js';
import { Courier, longestPart } from '../../../src/gossip/core/courier.js';
import { MemberTable, type Entry } from '../../../src/gossip/core/member-table.js';
import type { BroadcastBudget, GossipOptions, Receiver } from '../../../src/gossip/core/ports.js';
import { ownVersions } from '../../../src/gossip/core/versions.js';
import { encodeMessage } from '../../../src/gossip/wire/encode-message.js';
import type { Bytes } from '../../../src/gossip/wire/message.js';
import { SIDECAR } from './support/options.js';
import { messagesOf, words } from './support/packet.js';
import { seeded } from './support/random.js';

function entry(name: string, number: number, pmax = 5): Entry {
  const versions = { ...ownVersions([0, 0, 0]), pmax };
  const place = { address: `10.0.0.${number}`, port: 7946 };
  const rest = { incarnation: 1, stateSince: 0, lastHeard: undefined, roundTripMs: undefined } as const;
  return { name, state: 'alive', meta: new Uint8Array(0), versions, ...place, ...rest };
}

const ping = { type: 'ping', node: 'b', seqNo: 1 } as const;
const stranger = { address: '10.9.9.9', port: 1 };

/** A courier with `payloads` to deliver, each a number of bytes, taken from the front as they fit. */
function courierOf(payloads: number[] = [], options: Partial<GossipOptions> = {}) {
  const table = new MemberTable(entry('a', 1), seeded(1));
  const [b, old] = [entry('b', 2), entry('old', 3, 4)];
  table.add(b);
  table.add(old);
  const queue = new BroadcastQueue(1000, () => undefined);
  const packets: { readonly receivers: readonly Receiver[]; readonly message: Bytes }[] = [];
  const streams: string[] = [];
  const budgets: BroadcastBudget[] = [];
  const large: Bytes[] = [];
  const takeBroadcasts = (budget: BroadcastBudget): readonly Bytes[] => {
    budgets.push(budget);
    const taken: Bytes[] = [];
    let left = budget.limitBytes;
    for (let next = payloads[0]; next !== undefined && next + budget.overheadBytes <= left; next = payloads[0]) {
      left -= next + budget.overheadBytes;
      taken.push(new Uint8Array(next).fill(120));
      payloads.shift();
    }
    return taken;
  };
  const effects = {
    sendPacket: (receivers: readonly Receiver[], message: Bytes) => void packets.push({ receivers, message }),
    sendUserStream: (to: { readonly address: string }, payload: Bytes) =>
      void streams.push(`${to.address} ${payload.length}`),
  };
  const delegate = { takeBroadcasts, takeLarge: () => large.splice(0) };
  const courier = new Courier({ ...SIDECAR, ...options }, { table, queue, effects, delegate });
  return { courier, queue, packets, streams, budgets, large, b, old };
}

describe('the courier (PROTOCOL 9)', () => {
  test('a lone message goes without a frame', () => {
    const { courier, packets } = courierOf();
    courier.sendWithNews(stranger, ping);
    expect(packets).toEqual([{ receivers: [{ ...stranger, checksum: false }], message: encodeMessage(ping) }]);
  });

  test('a member gets news with whatever is sent to it, a stranger does not', () => {
    const { courier, queue, packets, b } = courierOf([10]);
    queue.add('c', encodeMessage({ type: 'suspect', node: 'c', incarnation: 1, from: 'a' }));
    courier.sendWithNews(stranger, ping);
    courier.sendWithNews(b, ping);
    expect(packets.map(({ message }) => messagesOf(message).map(words))).toEqual([
      ['ping b'],
      ['ping b', 'suspect c@1 from a', 'user xxxxxxxxxx'],
    ]);
    expect(packets[1]?.receivers).toEqual([{ address: '10.0.0.2', port: 7946, checksum: true }]);
  });

  test('a full packet is as long as allowed to the byte, with all counted that comes on top', () => {
    for (const [encryptionBytes, receivers, extra] of [
      [0, ['b'], 5],
      [29, ['b'], 34],
      [0, ['old'], 0],
      [29, ['old', 'b'], 34],
    ] as const) {
      const setting = courierOf(new Array<number>(2000).fill(1), {
        encryptionBytes,
        gossipMessages: 1,
        gossipBurst: 1,
      });
      const { courier, packets, queue, budgets } = setting;
      const filler = 1400 - extra - 2 - 2 - 50;
      queue.add('c', new Uint8Array(filler).fill(8));
      courier.gossip(receivers.map((name) => setting[name]));
      expect(budgets[0]?.limitBytes).toBe(50);
      expect(packets).toHaveLength(1);
      const length = packets[0]?.message.length ?? 0;
      expect(length + extra).toBeLessThanOrEqual(1400);
      expect(length + extra).toBeGreaterThan(1400 - 4);
    }
  });

  test('the longest message that may be queued fills a packet exactly', () => {
    const { courier, packets, queue, b } = courierOf();
    const length = longestPart(SIDECAR);
    queue.add('c', new Uint8Array(length).fill(8));
    courier.gossip([b]);
    expect(packets.map(({ message }) => message.length)).toEqual([length]);
  });

  test('no packet has more than 127 parts: tiny payloads go on in another one', () => {
    const { courier, packets, b } = courierOf(new Array<number>(300).fill(1), { gossipMessages: 1, gossipBurst: 1 });
    courier.gossip([b]);
    expect(packets.map(({ message }) => messagesOf(message).length)).toEqual([127, 127, 46]);
  });
});

describe('gossip (PROTOCOL 14)', () => {
  test('the same packets go to all that were chosen, members first, the application in what is left', () => {
    const { courier, queue, packets, budgets, b, old } = courierOf([4, 4]);
    queue.add('c', encodeMessage({ type: 'suspect', node: 'c', incarnation: 1, from: 'a' }));
    courier.gossip([b, old]);
    expect(packets).toHaveLength(1);
    expect(packets[0]?.receivers.map(({ checksum }) => checksum)).toEqual([true, false]);
    expect(messagesOf(packets[0]?.message ?? new Uint8Array()).map(words)).toEqual([
      'suspect c@1 from a',
      'user xxxx',
      'user xxxx',
    ]);
    expect(budgets[0]).toMatchObject({ overheadBytes: 3, transmitLimit: 4, round: 1 });
  });

  test('nothing is taken, and so nothing lost, when there is nobody to tell', () => {
    const { courier, queue, packets, budgets, large } = courierOf([4]);
    queue.add('c', encodeMessage({ type: 'suspect', node: 'c', incarnation: 1, from: 'a' }));
    large.push(new Uint8Array(5000));
    courier.gossip([]);
    expect([packets.length, budgets.length, large.length, queue.size]).toEqual([0, 0, 1, 1]);
  });

  test('a tick sends as many packets as configured, and more only while the application has a backlog', () => {
    const many = courierOf(new Array<number>(100).fill(1000), { gossipMessages: 3, gossipBurst: 20 });
    many.courier.gossip([many.b]);
    expect(many.packets).toHaveLength(20);
    const few = courierOf(new Array<number>(5).fill(1000), { gossipMessages: 3, gossipBurst: 20 });
    few.courier.gossip([few.b]);
    expect(few.packets).toHaveLength(5);
    const members = courierOf([], { gossipMessages: 3, gossipBurst: 20 });
    for (let index = 0; index < 10; index += 1) members.queue.add(String(index), new Uint8Array(1000).fill(8));
    members.courier.gossip([members.b]);
    expect(members.packets).toHaveLength(3);
  });

  test.each([
    ['one tick of three packets', 3, 1],
    ['three ticks of one', 1, 3],
  ])(
    'in %s the application is heard however much news there is of members, and they however much it says',
    (_in, gossipMessages, ticks) => {
      const payloads = new Array<number>(100).fill(250);
      const { courier, queue, packets, b } = courierOf(payloads, { gossipMessages, gossipBurst: gossipMessages });
      for (let index = 0; index < 100; index += 1) queue.add(String(index), new Uint8Array(440).fill(8));
      for (let tick = 0; tick < ticks; tick += 1) courier.gossip([b]);
      const lengthsIn = (message: Bytes): readonly number[] =>
        messagesOf(message).flatMap((part) => (part.type === 'user' ? [part.payload.length] : []));
      const [news, application] = [439, 250];
      expect(packets.map(({ message }) => lengthsIn(message))).toEqual([
        [news, news, news],
        new Array<number>(5).fill(application),
        [news, news, news],
      ]);
    },
  );

  test('all packets of a tick are one round, and each piggyback is a round of its own', () => {
    const { courier, budgets, b } = courierOf([1000, 1000, 10, 10]);
    courier.gossip([b]);
    courier.sendWithNews(b, ping);
    courier.sendWithNews(b, ping);
    expect(budgets.map(({ round }) => round)).toEqual([1, 1, 1, 2, 3]);
  });

  test('a payload that no packet can hold goes by stream to those chosen that are alive', () => {
    const { courier, streams, large, b, old } = courierOf();
    large.push(new Uint8Array(5000));
    old.state = 'suspect';
    courier.gossip([b, old]);
    expect(streams).toEqual(['10.0.0.2 5000']);
    large.push(new Uint8Array(5000));
    courier.gossip([old]);
    expect(large).toHaveLength(1);
  });
});
