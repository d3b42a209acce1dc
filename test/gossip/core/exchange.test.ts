import { describe, expect, test } from '@jest/globals';
import { mergeFaultSentence } from '../../../src/gossip/core/exchange.js';
import type { GossipOptions } from '../../../src/gossip/core/ports.js';
import type { PushPull, PushPullNode } from '../../../src/gossip/wire/message.js';
import { alive, dead, home, listed, pushPull, unnamed } from './support/claims.js';
import { World, type Host } from './support/world.js';

function started(options: Partial<GossipOptions> = {}): Host {
  const a = new World().add('a', { gossipIntervalMs: 1e9, ...options });
  a.node.start(0);
  return a;
}

const from = { address: '10.1.0.2', port: 7946 };
const merge = (host: Host, nodes: readonly PushPullNode[], rest: Partial<PushPull> = {}): string | undefined => {
  const merged = host.node.onPushPull(pushPull(nodes, rest), from, 0);
  return merged.ok ? undefined : mergeFaultSentence(merged.fault);
};

describe('merging a full exchange (PROTOCOL 15)', () => {
  test('alive entries are taken as alive messages', () => {
    const a = started();
    expect(merge(a, [listed('b', 0, 3), listed('c', 0, 1)])).toBeUndefined();
    expect(a.events).toEqual(['join b', 'join c']);
  });

  test('suspects and the dead are suspected, by us; unknown ones are left out', () => {
    const a = started();
    for (const name of ['b', 'c']) a.hears(alive(name, 3));
    merge(a, [listed('b', 1, 3), listed('c', 2, 3), listed('d', 2, 3)]);
    expect([a.stateOf('b'), a.stateOf('c'), a.stateOf('d')]).toEqual(['suspect', 'suspect', undefined]);
  });

  test('that we are dead is refuted', () => {
    const a = started();
    merge(a, [listed('a', 2, 6, { addr: Uint8Array.of(10, 0, 0, 1) })]);
    expect(a.node.member('a')).toMatchObject({ state: 'alive', incarnation: 7 });
  });

  test('who left has left at once', () => {
    const a = started();
    a.hears(alive('b', 3));
    merge(a, [listed('b', 3, 3)]);
    expect(a.stateOf('b')).toBe('left');
    expect(a.events).toEqual(['join b', 'leave b']);
  });

  test('states that nobody knows, and impossible entries, are left out without harm to the others', () => {
    const a = started();
    const longMeta = listed('e', 0, 1, { meta: new Uint8Array(513) });
    const impossible = [listed('', 2, 1), listed('d', 0, 1, { addr: new Uint8Array(3) }), longMeta];
    expect(merge(a, [listed('c', 7, 1), ...impossible, listed('b', 0, 1)])).toBeUndefined();
    expect(a.node.aliveNames()).toEqual(['a', 'b']);
    expect(a.node.counters.malformedClaims).toBe(3);
  });

  test('the state of the application is handed on after the members, with the name of who sent it', () => {
    const a = started();
    merge(a, [listed('b', 0, 1)], { userState: Buffer.from('{}') });
    merge(a, [], { userState: new Uint8Array(0) });
    expect(a.heard).toEqual(['state of b: {}']);
    expect(a.node.member('b')?.lastHeard).toBe(0);
  });
});

describe('the version check (PROTOCOL 12)', () => {
  test.each([
    ['a delegate version that we do not understand', [1, 5, 2, 2, 5, 5], 'have none in common'],
    ['a protocol that we do not understand', [1, 5, 6, 0, 0, 0], '"b" speaks protocol version 6'],
  ])('%s: nothing is merged, neither members nor state, and the member is named', (_what, vsn, sentence) => {
    const a = started();
    const nodes = [listed('c', 0, 1), listed('b', 0, 1, { vsn: Uint8Array.from(vsn) })];
    expect(merge(a, nodes, { userState: Buffer.from('{}') })).toContain(sentence);
    expect(a.node.aliveNames()).toEqual(['a']);
    expect(a.heard).toEqual([]);
    expect(a.node.counters.mergesRefused).toBe(1);
  });

  test('also a dead entry, and one without versions, which counts as zero, must fit', () => {
    const a = started();
    expect(merge(a, [listed('b', 2, 1, { vsn: Uint8Array.of(1, 5, 2, 0, 0, 9) })])).toContain('"b" speaks delegate');
    expect(merge(a, [listed('c', 0, 1, { vsn: undefined })])).toContain('"c" speaks protocol version 0');
  });

  test('a member of ours that does not fit the peer stops the merge, too', () => {
    const a = started({ delegateVersions: [0, 5, 4] });
    a.hears(alive('b', 1, { vsn: Uint8Array.of(1, 5, 2, 0, 5, 4) }));
    expect(merge(a, [listed('c', 0, 1)])).toBe('"a" speaks delegate version 4, the members understand 0 to 0');
  });

  test('numbers that overlap fit, as with serf', () => {
    const a = started({ delegateVersions: [2, 5, 4] });
    expect(merge(a, [listed('b', 0, 1, { vsn: Uint8Array.of(1, 5, 2, 2, 5, 5) })])).toBeUndefined();
    expect(a.node.aliveNames()).toEqual(['a', 'b']);
  });
});

describe('whose exchange it is (PROTOCOL 11)', () => {
  test('one under another name, or none, is refused', () => {
    const a = started();
    const nameless = unnamed(pushPull([listed('b', 0, 1)]));
    expect(merge(a, [listed('b', 0, 1)], { clusterName: 'prod' })).toBe('the peer is in the cluster "prod"');
    const merged = a.node.onPushPull(nameless, from, 0);
    expect(merged).toMatchObject({ ok: false, fault: { code: 'FOREIGN_CLUSTER' } });
    expect(a.node.aliveNames()).toEqual(['a']);
    expect(a.events).toEqual(['stranger b of prod', 'stranger b of ']);
  });
});

describe('our side of a full exchange', () => {
  test('lists everybody with versions and state, ourselves included, under our name', () => {
    const a = started();
    a.state = Buffer.from('ours');
    a.hears(alive('b', 3, { meta: Buffer.from('m') }));
    a.hears(alive('c', 3));
    a.hears(dead('c', 3, 'x'));
    const { nodes, ...rest } = a.node.localState(true);
    expect(rest).toEqual({ type: 'push-pull', join: true, clusterName: 'default', userState: Buffer.from('ours') });
    expect(nodes).toEqual([
      listed('a', 0, 1, { addr: Uint8Array.of(10, 0, 0, 1) }),
      listed('b', 0, 3, { meta: Buffer.from('m') }),
      listed('c', 2, 3),
    ]);
  });

  test.each([
    ['2 to whom we do not know, since the fork ignores 3', undefined, 2],
    ['2 to the fork, which sends a cluster name', pushPull([]), 2],
    ['3 to upstream, which sends none', unnamed(pushPull([])), 3],
  ])('says of those that left: %s', (_what, asked, state) => {
    const a = started();
    a.hears(alive('b', 1));
    a.hears(dead('b', 1, 'b'));
    expect(a.node.localState(false, asked).nodes.find(({ name }) => name === 'b')?.state).toBe(state);
  });

  test('says of those that left 3 to everybody in a cluster without names, where all are upstream', () => {
    const a = started({ clusterName: undefined });
    a.hears(unnamed(alive('b', 1)));
    a.hears(unnamed(dead('b', 1, 'b')));
    const state = a.node.localState(true);
    expect(state).not.toHaveProperty('clusterName');
    expect(state.nodes.find(({ name }) => name === 'b')?.state).toBe(3);
  });

  test('a newcomer asks one more member within ten seconds, for what passed it by while it joined', () => {
    const world = new World();
    const a = world.add('a', { pushPullIntervalMs: 1e6, probeIntervalMs: 1e6 });
    a.node.start(world.now);
    a.hears(alive('b', 1));
    world.advance(10_000);
    expect(a.pushPulls).toBe(1);
    world.advance(100_000);
    expect(a.pushPulls).toBe(1);
  });

  test('is exchanged with one member that is alive, as often as the size of the cluster allows', () => {
    const a = started({ pushPullIntervalMs: 20_000, probeIntervalMs: 1e6 });
    a.hears(alive('b', 1));
    for (let now = 0; now <= 100_000; now = Math.max(now + 1, a.node.nextDeadline())) a.node.tick(now);
    expect(a.pushPulls).toBe(5);
    expect(home('b')).toEqual(from);
  });
});
