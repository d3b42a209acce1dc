import { describe, expect, test } from '@jest/globals';
import type { GossipOptions } from '../../../src/gossip/core/ports.js';
import { messagesOf, words } from './support/packet.js';
import { alive } from './support/claims.js';
import { cluster, type Host, type World } from './support/world.js';

/** For tests in which only a probes; its own pings must not be taken for those that it sends on behalf of others. */
const othersWait = (name: string): Partial<GossipOptions> => (name === 'a' ? {} : { probeIntervalMs: 1e9 });

/** Lets time pass until `host` pings `target` again, and forgets what it did before. */
function untilPing(world: World, host: Host, target: string): void {
  host.sent.length = 0;
  for (let waited = 0; !host.sent.includes(`to ${target}: ping ${target}`); waited += 1) {
    if (waited > 10_000) throw new Error(`${target} was not pinged`);
    host.packets.length = 0;
    host.streamed.length = 0;
    world.advance(1);
  }
}

/** What `host` has sent about `target` since the first of its packets that is kept: `500 to c: ask about b`. */
function story(world: World, host: Host, target: string): readonly string[] {
  const [first] = host.packets;
  const lines = host.packets.flatMap(({ at, receivers, message }) =>
    receivers.flatMap((to) =>
      messagesOf(message).map((one) => `${at - (first?.at ?? 0)} to ${world.nameAt(to)}: ${words(one)}`),
    ),
  );
  return lines.filter((line) => line.includes(`ping ${target}`) || line.includes(`about ${target}`));
}

/** Four members, of whom b is gone; a is about to find out. */
function withoutB(optionsOf?: (name: string) => Partial<GossipOptions>): { readonly world: World; readonly a: Host } {
  const world = cluster(['a', 'b', 'c', 'd'], {}, optionsOf);
  world.kill(world.host('b'));
  return { world, a: world.host('a') };
}

describe('failure detection (PROTOCOL 13)', () => {
  test('each member is probed about once in a round, and an answer keeps everybody quiet', () => {
    const world = cluster(['a', 'b', 'c', 'd']);
    world.advance(30_000);
    const { node, sent } = world.host('a');
    for (const name of ['b', 'c', 'd']) {
      const pings = sent.filter((line) => line === `to ${name}: ping ${name}`).length;
      expect(pings).toBeGreaterThanOrEqual(9);
      expect(pings).toBeLessThanOrEqual(12);
    }
    expect(sent.filter((line) => line.includes('suspect'))).toEqual([]);
    expect(node.healthScore).toBe(0);
    expect(node.counters.probesFailed).toBe(0);
  });

  test('each probe is counted and told with its time: a round trip when it is answered, else all of its interval', () => {
    const { world, a } = withoutB();
    a.probed.length = 0;
    const before = a.node.counters.probes;
    world.advance(30_000);
    const running = 1;
    expect(a.node.counters.probes - before - a.probed.length).toBeLessThanOrEqual(running);
    expect(a.node.counters.probesFailed).toBeGreaterThan(0);
    expect(a.probed.filter((ms) => ms >= 1000)).toHaveLength(a.node.counters.probesFailed);
    expect(new Set(a.probed.filter((ms) => ms < 1000))).toEqual(new Set([2]));
  });

  test('probes with a doubt about oneself are counted: nobody else confirms that a lone other is gone', () => {
    const world = cluster(['a', 'b']);
    const { node } = world.host('a');
    world.kill(world.host('b'));
    expect(node.counters.probesDegraded).toBe(0);
    world.advance(5000);
    expect(node.healthScore).toBeGreaterThan(0);
    expect(node.counters.probesDegraded).toBeGreaterThan(0);
    expect(node.counters.probesDegraded).toBeLessThan(node.counters.probes);
  });

  test('claims that come are counted, and rounds of gossip', () => {
    const { world, a } = withoutB();
    const { gossipRounds, aliveClaims } = { ...a.node.counters };
    world.advance(60_000);
    const { counters } = a.node;
    expect(Math.min(counters.suspectClaims, counters.deadClaims)).toBeGreaterThan(0);
    expect(counters.gossipRounds - gossipRounds).toBeGreaterThanOrEqual(60_000 / 200 - 1);
    a.hears(alive('c', 1));
    expect(counters.aliveClaims).toBe(aliveClaims + 1);
  });

  test('a silent member is suspected after its ping, and the help of all others and TCP, came to nothing', () => {
    const world = cluster(['a', 'b', 'c', 'd'], {}, othersWait);
    const a = world.host('a');
    world.delivers = (_from, to) => to !== 'b';
    world.connects = (_from, to) => to !== 'b';
    untilPing(world, a, 'b');
    world.advance(999);
    const lines = story(world, a, 'b');
    expect([...lines].sort().filter((line) => line.startsWith('500 '))).toEqual([
      '500 to c: ask about b',
      '500 to d: ask about b',
    ]);
    expect(a.streamed).toEqual(['ping b']);
    expect(a.node.counters.probesFailed).toBe(0);
    world.advance(1);
    expect(a.node.counters.probesFailed).toBe(1);
    expect(a.stateOf('b')).toBe('suspect');
  });

  test('one broken link is not a dead member: others answer for it', () => {
    const world = cluster(['a', 'b', 'c']);
    world.delivers = (from, to) => !(from === 'a' && to === 'b');
    world.connects = () => false;
    world.advance(20_000);
    const { node, sent } = world.host('a');
    expect(sent).toContain('to c: ask about b');
    expect(node.counters.probesFailed).toBe(0);
    expect(node.healthScore).toBe(0);
  });

  test('a member that answers by TCP only is not suspected, and that is counted', () => {
    const world = cluster(['a', 'b']);
    world.delivers = () => false;
    world.advance(5000);
    expect(world.host('a').node.counters.probesAnsweredByStreamOnly).toBeGreaterThan(0);
    expect(world.host('a').stateOf('b')).toBe('alive');
    expect(world.host('b').stateOf('a')).toBe('alive');
  });

  test('a dead member is declared dead by all within 7 s, with the default of a suspicion multiplier of 4', () => {
    const { world, a } = withoutB();
    world.advance(7000);
    for (const host of [a, world.host('c'), world.host('d')]) expect(host.events).toEqual(['leave b']);
  });

  test('a suspect is told of the suspicion together with the ping, under the name of the cluster, and refutes', () => {
    const world = cluster(['a', 'b', 'c'], { gossipIntervalMs: 1e9, pushPullIntervalMs: 1e9 });
    const a = world.host('a');
    a.hears({ type: 'suspect', node: 'b', incarnation: 1, from: 'x', clusterName: 'default' });
    a.sent.length = 0;
    world.advance(3000);
    expect(a.sent).toContain('to b: suspect b@1 from a');
    expect(world.host('b').node.member('b')?.incarnation).toBe(2);
    expect(a.node.member('b')).toMatchObject({ state: 'alive', incarnation: 2 });
  });

  test('a member that refuted while it was probed is not accused', () => {
    const world = cluster(['a', 'b', 'c'], {}, othersWait);
    const [a, b] = [world.host('a'), world.host('b')];
    world.delivers = (_from, to) => to !== 'b';
    world.connects = () => false;
    untilPing(world, a, 'b');
    const addr = Uint8Array.of(10, 0, 0, 2);
    a.hears(alive('b', 2, { addr }), b.place);
    world.advance(1000);
    expect(a.node.counters.probesFailed).toBe(1);
    expect(a.stateOf('b')).toBe('alive');
  });

  test('the round trip is that of a direct ack, not of one that a helper brought', () => {
    const world = cluster(['a', 'b', 'c']);
    const a = world.host('a');
    expect(a.node.member('b')?.roundTripMs).toBe(2);
    world.delivers = (from, to) => !(from === 'a' && to === 'b');
    world.advance(10_000);
    expect(a.sent).toContain('to c: ask about b');
    expect(a.node.member('b')?.roundTripMs).toBe(2);
  });

  test('who was heard last is known from whatever came', () => {
    const world = cluster(['a', 'b']);
    const a = world.host('a');
    a.hears({ type: 'nack', seqNo: 1 }, world.host('b').place);
    expect(a.node.member('b')?.lastHeard).toBe(world.now);
  });
});

describe('local health (Lifeguard)', () => {
  test('each failure without anybody to ask costs a point, and makes the next probe take longer', () => {
    const world = cluster(['a', 'b']);
    const a = world.host('a');
    world.delivers = () => false;
    world.connects = () => false;
    a.packets.length = 0;
    world.advance(9000);
    expect(a.node.healthScore).toBeGreaterThanOrEqual(2);
    const pings = story(world, a, 'b').map((line) => Number(line.split(' ')[0]));
    expect(pings.slice(0, 3)).toEqual([0, 1000, 3000]);
  });

  test('helpers that nack in time show that we hear well, whatever became of the target', () => {
    const { world, a } = withoutB();
    world.advance(7000);
    expect(a.node.counters.probesFailed).toBeGreaterThan(0);
    expect(a.node.healthScore).toBe(0);
  });

  test('helpers that stay silent cost a point each', () => {
    const { world, a } = withoutB(othersWait);
    untilPing(world, a, 'b');
    world.advance(100);
    world.delivers = () => false;
    world.advance(900);
    expect(a.node.healthScore).toBe(2);
  });

  test('a nack just after the deadline, as Go Sidecars send it, counts as if it had been in time', () => {
    const { world, a } = withoutB(othersWait);
    untilPing(world, a, 'b');
    const seqNo = messagesOf(a.packets[0]?.message ?? new Uint8Array()).flatMap((m) => ('seqNo' in m ? [m.seqNo] : []));
    world.delivers = (_from, to) => to !== 'a';
    world.advance(1000);
    expect(a.node.healthScore).toBe(2);
    for (let time = 0; time < 3; time += 1) a.hears({ type: 'nack', seqNo: seqNo[0] ?? 0 });
    expect(a.node.healthScore).toBe(0);
    expect(a.node.counters).toMatchObject({ lateNacks: 2, unexpectedNacks: 1 });
  });
});

describe('answering (PROTOCOL 13, as a target and as a helper)', () => {
  const from = { address: '10.9.9.9', port: 4000 };
  const node = (): { readonly world: World; readonly a: Host } => {
    const world = cluster(['a', 'b']);
    return { world, a: world.host('a') };
  };
  const lastTo = ({ packets }: Host): string | undefined => {
    const to = packets.at(-1)?.receivers[0];
    return to && `${to.address} ${to.port}`;
  };

  test.each(['a', ''])('a ping for %j is answered to where it came from', (name) => {
    const { a } = node();
    a.hears({ type: 'ping', node: name, seqNo: 7 }, from);
    expect(messagesOf(a.packets.at(-1)?.message ?? new Uint8Array())).toEqual([
      { type: 'ack', seqNo: 7, payload: undefined },
    ]);
    expect(lastTo(a)).toBe('10.9.9.9 4000');
  });

  test('a ping for another name is counted, and not answered', () => {
    const { a } = node();
    a.packets.length = 0;
    a.hears({ type: 'ping', node: 'z', seqNo: 7 }, from);
    expect(a.packets).toEqual([]);
    expect(a.node.counters.misdirectedPings).toBe(1);
  });

  test('the answer goes to the source fields if both address and port are given', () => {
    const { a } = node();
    const sourceAddr = Uint8Array.of(10, 8, 8, 8);
    a.hears({ type: 'ping', node: 'a', seqNo: 7, sourceAddr, sourcePort: 5 }, from);
    expect(lastTo(a)).toBe('10.8.8.8 5');
    a.hears({ type: 'ping', node: 'a', seqNo: 7, sourceAddr }, from);
    expect(lastTo(a)).toBe('10.9.9.9 4000');
  });

  test('an ack that nobody waits for is counted', () => {
    const { a } = node();
    a.hears({ type: 'ack', seqNo: 9999, payload: undefined });
    a.node.onStreamAck(9999, 10_000);
    expect(a.node.counters.unexpectedAcks).toBe(2);
  });

  const request = { type: 'indirect-ping', seqNo: 42, node: 'b', port: 7946, nack: true } as const;

  test('a helper passes the ack on under the number of the request', () => {
    const { world, a } = node();
    a.sent.length = 0;
    a.hears({ ...request, target: Uint8Array.of(10, 0, 0, 2) }, from);
    world.advance(10);
    expect(a.sent).toEqual(['to b: ping b', 'to 10.9.9.9: ack']);
    expect(messagesOf(a.packets.at(-1)?.message ?? new Uint8Array())[0]).toMatchObject({ seqNo: 42 });
    world.advance(1000);
    expect(a.sent).not.toContain('to 10.9.9.9: nack');
  });

  test('a helper says after 80 % of ProbeTimeout that nothing came, and only if that was wanted', () => {
    const { world, a } = node();
    const target = Uint8Array.of(10, 0, 0, 200);
    a.hears({ ...request, target }, from);
    world.advance(399);
    expect(a.sent).not.toContain('to 10.9.9.9: nack');
    world.advance(1);
    expect(a.sent.filter((line) => line === 'to 10.9.9.9: nack')).toHaveLength(1);
    a.hears({ ...request, target, nack: false }, from);
    world.advance(1000);
    expect(a.sent.filter((line) => line === 'to 10.9.9.9: nack')).toHaveLength(1);
  });

  test('a helper refuses to be a mirror: requests beyond a rate, without an address or with more than a name, are counted', () => {
    const { world, a } = node();
    const target = Uint8Array.of(10, 0, 0, 200);
    a.sent.length = 0;
    a.hears({ ...request, target: undefined }, from);
    a.hears({ ...request, target, node: 'b'.repeat(60_000) }, from);
    for (let time = 0; time < 100; time += 1) a.hears({ ...request, target }, from);
    expect(a.sent).toHaveLength(64);
    expect(a.node.counters.helpRefused).toBe(38);
    world.advance(1001);
    a.sent.length = 0;
    a.hears({ ...request, target }, from);
    expect(a.sent).toEqual(['to 10.0.0.200: ping b']);
  });
});

test('the dead are forgotten once they were told of for long enough, at the end of a round of probes', () => {
  const { world, a } = withoutB();
  world.advance(30_000);
  expect(a.stateOf('b')).toBe('dead');
  world.advance(12_000);
  expect(a.node.member('b')).toBeUndefined();
  expect(a.events).toEqual(['leave b']);
});

test('an old member is asked only for what it understands: no nack, no ping by TCP', () => {
  const world = cluster(['a']);
  const a = world.host('a');
  a.hears(alive('b', 1, { vsn: Uint8Array.of(1, 2, 2, 0, 0, 0) }));
  a.hears(alive('c', 1, { vsn: Uint8Array.of(1, 3, 2, 0, 0, 0) }));
  world.advance(1800);
  const asked = a.packets.flatMap(({ message }) => messagesOf(message)).filter(({ type }) => type === 'indirect-ping');
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.every((message) => 'nack' in message && !message.nack)).toBe(true);
  expect(a.streamed).not.toContain('ping b');
});
