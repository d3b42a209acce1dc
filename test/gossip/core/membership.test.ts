import { describe, expect, test } from '@jest/globals';
import type { GossipOptions } from '../../../src/gossip/core/ports.js';
import { alive, dead, home, suspect, unnamed } from './support/claims.js';
import { World, type Host } from './support/world.js';

/** A started node `a` that knows the made-up members of `names`, each at incarnation 5. */
function knowing(names: string, options: Partial<GossipOptions> = {}): { readonly world: World; readonly a: Host } {
  const world = new World();
  const a = world.add('a', { gossipIntervalMs: 1e9, probeIntervalMs: 1e6, ...options });
  a.node.start(world.now);
  for (const name of names) a.hears(alive(name, 5));
  a.events.length = 0;
  return { world, a };
}

/** What `a` would tell others now. */
function news({ world, a }: { readonly world: World; readonly a: Host }): readonly string[] {
  a.sent.length = 0;
  a.node.nudge(world.now);
  world.advance(40);
  const told = a.sent.map((line) => line.replace(/^to \S+: /, ''));
  return [...new Set(told)].filter((line) => !line.startsWith('alive a@1'));
}

describe('alive (PROTOCOL 12)', () => {
  test('1: about us while we are leaving is ignored', () => {
    const { a, world } = knowing('b');
    a.node.leave(world.now);
    a.hears(alive('a', 9, { addr: Uint8Array.of(10, 0, 0, 1) }));
    expect(a.node.member('a')).toMatchObject({ state: 'left', incarnation: 1 });
  });

  test('2: an unknown member is known from then on, and told to others under our cluster name', () => {
    const setting = knowing('', { acceptMissingClusterName: true });
    setting.a.hears(unnamed(alive('b', 1)));
    expect(setting.a.events).toEqual(['join b']);
    expect(setting.a.node.member('b')).toMatchObject({ ...home('b'), state: 'alive', incarnation: 1 });
    expect(setting.a.node.knownPeers()).toEqual([{ name: 'b', ...home('b') }]);
    expect(news(setting)).toEqual(['alive b@1']);
    expect(Buffer.from(setting.a.packets.at(-1)?.message ?? []).toString('latin1')).toContain('default');
  });

  test('2: incarnation 0 is never accepted, and leaves no ghost', () => {
    const { a } = knowing('');
    a.hears(alive('b', 0));
    expect(a.node.member('b')).toBeUndefined();
  });

  test('4: who is back with an incarnation that we hold for dead is told so, and nobody else', () => {
    const setting = knowing('bc');
    const { a } = setting;
    a.hears(dead('b', 5, 'b'));
    news(setting);
    a.sent.length = 0;
    a.hears(alive('b', 1));
    expect(a.sent).toEqual(['to 10.1.0.2: suspect b@5 from a']);
    for (let i = 0; i < 100; i += 1) a.hears(alive('b', 1));
    expect(a.sent).toHaveLength(32);
    a.hears(alive('b', 6));
    expect(a.node.member('b')).toMatchObject({ state: 'alive', incarnation: 6 });
  });

  test('3: a name that lives elsewhere is a conflict, whatever the incarnation', () => {
    const setting = knowing('b');
    setting.a.hears(alive('b', 9, { port: 1 }));
    setting.a.hears(alive('b', 9, { port: 1 }));
    expect(setting.a.node.member('b')).toMatchObject({ ...home('b'), incarnation: 5 });
    expect(setting.a.node.counters.nameConflicts).toBe(2);
    expect(news(setting)).toEqual(['alive b@5']);
  });

  test('3: our own name from another place is a conflict, too', () => {
    const { a } = knowing('');
    a.hears(alive('a', 9));
    expect(a.node.member('a')).toMatchObject({ address: '10.0.0.1', incarnation: 1 });
    expect(a.node.counters.nameConflicts).toBe(1);
  });

  test('3: who hears that its own name lives elsewhere asks again soon, so that it is taken in once that one is dead', () => {
    const { world, a } = knowing('b', { pushPullIntervalMs: 1e6 });
    world.advance(10_000); // the newcomer's own
    const exchangesWithin = (ms: number): number => {
      const before = a.pushPulls;
      for (let time = 0; time < 100; time += 1) a.hears(alive('a', 9));
      world.advance(ms);
      return a.pushPulls - before;
    };
    expect([exchangesWithin(7_999), exchangesWithin(1)]).toEqual([0, 1]);
    expect([exchangesWithin(15_999), exchangesWithin(1)]).toEqual([0, 1]);
  });

  test.each(['c', 'b'])('3: the name of one that is dead, or left (from %s), may move to another place', (from) => {
    const { a } = knowing('b');
    a.hears(dead('b', 5, from));
    a.hears(alive('b', 6, { port: 1 }));
    expect(a.node.member('b')).toMatchObject({ port: 1, state: 'alive' });
    expect(a.node.knownPeers()).toEqual([{ name: 'b', address: home('b').address, port: 1 }]);
    expect(a.events).toEqual(['leave b', 'join b']);
  });

  test('4: only a higher incarnation is news, so that nothing dead comes back by an old message', () => {
    const { a } = knowing('b');
    a.hears(alive('b', 5, { meta: Buffer.from('other') }));
    expect(a.events).toEqual([]);
    a.hears(dead('b', 5, 'c'));
    a.hears(alive('b', 5));
    expect(a.stateOf('b')).toBe('dead');
    a.hears(alive('b', 6));
    expect(a.stateOf('b')).toBe('alive');
  });

  test('5: a suspect that speaks up is suspected no more', () => {
    const { a, world } = knowing('bcde');
    a.hears(suspect('b', 5, 'c'));
    a.hears(alive('b', 6));
    world.advance(100_000);
    expect(a.stateOf('b')).toBe('alive');
    expect(a.events).toEqual([]);
  });

  test('6: what equals our own is ignored, what differs is outbid', () => {
    const { a } = knowing('');
    const own = { addr: Uint8Array.of(10, 0, 0, 1) };
    a.hears(alive('a', 1, own));
    expect(a.node.member('a')?.incarnation).toBe(1);
    a.hears(alive('a', 1, { ...own, meta: Buffer.from('not mine') }));
    expect(a.node.member('a')?.incarnation).toBe(2);
    a.hears(alive('a', 7, { ...own, vsn: Uint8Array.of(0, 0, 0, 0, 0, 0) }));
    expect(a.node.member('a')?.incarnation).toBe(8);
    expect(a.node.counters.refutations).toBe(2);
  });

  test('7: new meta is an update, a higher incarnation alone is none', () => {
    const { a } = knowing('b');
    a.hears(alive('b', 6));
    a.hears(alive('b', 7, { meta: Buffer.from('new') }));
    expect(a.events).toEqual(['update b']);
  });

  test.each([
    ['pmin is 0', [0, 5, 2, 0, 0, 0]],
    ['pmax is 0', [1, 0, 2, 0, 0, 0]],
    ['pmin is above pmax', [4, 3, 3, 0, 0, 0]],
    ["the delegate's numbers have nothing in common with ours", [1, 5, 2, 2, 5, 5]],
  ])('is ignored and not passed on when %s', (_why, vsn) => {
    const setting = knowing('b');
    setting.a.hears(alive('c', 1, { vsn: Uint8Array.from(vsn) }));
    setting.a.hears(alive('b', 6, { vsn: Uint8Array.from(vsn) }));
    expect(setting.a.node.member('c')).toBeUndefined();
    expect(setting.a.node.member('b')?.incarnation).toBe(5);
    expect(setting.a.node.counters.foreignVersionClaims).toBe(2);
    expect(news(setting)).toEqual(['alive b@5']);
  });

  test('without versions keeps those known, and does not introduce a member', () => {
    const { a } = knowing('b');
    a.hears(alive('b', 6, { vsn: undefined }));
    a.hears(alive('c', 6, { vsn: new Uint8Array(0) }));
    expect(a.node.member('b')).toMatchObject({ incarnation: 6, versions: { pmax: 5, pcur: 2 } });
    expect(a.node.member('c')).toBeUndefined();
  });

  test.each([
    ['no name', alive('', 1)],
    ['an endless name', alive('x'.repeat(256), 1)],
    ['five bytes of address', alive('c', 1, { addr: new Uint8Array(5) })],
    ['no address', alive('c', 1, { addr: undefined })],
    ['too much meta', alive('c', 1, { meta: new Uint8Array(513) })],
    ['an odd Vsn', alive('c', 1, { vsn: new Uint8Array(5) })],
  ])('with %s is counted and dropped', (_what, message) => {
    const { a } = knowing('');
    a.hears(message);
    expect(a.node.members()).toHaveLength(1);
    expect(a.node.counters.malformedClaims).toBe(1);
  });

  test('takes port 0 for our own port, and an IPv4 address written as IPv6 for IPv4', () => {
    const { a } = knowing('');
    const mapped = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 1, 0, 2);
    a.hears(alive('b', 1, { port: 0, addr: mapped }));
    expect(a.node.member('b')).toMatchObject(home('b'));
  });
});

describe('suspect (PROTOCOL 12)', () => {
  test('1: of an unknown member, or at an old incarnation, is ignored', () => {
    const { a } = knowing('b');
    a.hears(suspect('x', 1, 'c'));
    a.hears(suspect('b', 4, 'c'));
    expect(a.stateOf('b')).toBe('alive');
  });

  test('2: again, from somebody else, confirms and is passed on; from the same it is old', () => {
    const setting = knowing('bcde');
    setting.a.hears(suspect('b', 5, 'c'));
    setting.a.hears(suspect('b', 5, 'd'));
    expect(news(setting)).toContain('suspect b@5 from d');
    setting.a.hears(suspect('b', 5, 'c'));
    expect(news(setting)).not.toContain('suspect b@5 from c');
  });

  test('3: of the dead is ignored', () => {
    const { a } = knowing('b');
    a.hears(dead('b', 5, 'c'));
    a.hears(suspect('b', 9, 'c'));
    expect(a.node.member('b')).toMatchObject({ state: 'dead', incarnation: 5 });
  });

  test('3: of one whose death was told is answered with it: whoever only suspects it was not there then', () => {
    const setting = knowing('bc');
    const untilSilent = (): void => {
      for (let times = 0; times < 10; times += 1) news(setting);
    };
    setting.a.hears(dead('b', 5, 'c'));
    untilSilent();
    setting.a.hears(suspect('b', 5, 'c'));
    expect(news(setting)).toEqual(['dead b@5 from a']);
    untilSilent();
    setting.a.hears(suspect('b', 6, 'c'));
    expect(news(setting)).toEqual([]);
  });

  test('4: of us is refuted above the accusation, filed under our name, and costs health', () => {
    const setting = knowing('b');
    setting.a.hears(suspect('a', 7, 'c'));
    expect(setting.a.node.member('a')).toMatchObject({ state: 'alive', incarnation: 8 });
    expect(setting.a.node.healthScore).toBe(1);
    expect(news(setting)).toEqual(['alive b@5', 'alive a@8']);
  });

  test('4: of us tells that we were out of reach: what was missed is fetched by an exchange within a second', () => {
    const { world, a } = knowing('b');
    a.hears(suspect('a', 7, 'c'));
    a.pushPulls = 0;
    world.advance(1_000);
    expect(a.pushPulls).toBe(1);
  });

  test('4: at the last incarnation there is cannot be refuted, and breaks nothing', () => {
    const { a } = knowing('b');
    a.hears(suspect('a', 0xffff_ffff, 'c'));
    expect(a.node.member('a')?.incarnation).toBe(1);
    expect(a.node.counters.irrefutable).toBe(1);
    a.hears(suspect('a', 0xffff_fffe, 'c'));
    a.node.updateMeta(Buffer.from('x'), 0);
    expect(a.node.member('a')?.incarnation).toBe(0xffff_ffff);
  });

  test('5: is passed on, is no event, and ends in death from us when nobody refutes', () => {
    const setting = knowing('b', { probeIntervalMs: 1000, probeTimeoutMs: 500 });
    setting.a.hears(suspect('b', 5, 'c'));
    expect(setting.a.stateOf('b')).toBe('suspect');
    expect(setting.a.node.aliveNames()).toEqual(['a', 'b']);
    expect(setting.a.events).toEqual([]);
    expect(news(setting)).toContain('suspect b@5 from c');
    setting.world.advance(4000);
    expect(setting.a.stateOf('b')).toBe('dead');
    expect(setting.a.events).toEqual(['leave b']);
    expect(news(setting)).toContain('dead b@5 from a');
  });

  test.each([
    ['c', 4000],
    ['cdef', 24_000],
  ])('5: with %s also there, one accuser alone has to wait %i ms', (others, waitMs) => {
    const { a, world } = knowing(`b${others}`, { probeIntervalMs: 1000, healthMax: 1e6 });
    world.delivers = () => false;
    a.node.lag(1e6, world.now); // so little health that it accuses nobody by itself
    a.hears(suspect('b', 5, 'x'));
    world.advance(waitMs - 1);
    expect(a.stateOf('b')).toBe('suspect');
    world.advance(1);
    expect(a.stateOf('b')).toBe('dead');
  });
});

describe('dead (PROTOCOL 12)', () => {
  test('1, 2: of an unknown member, at an old incarnation, or again, is ignored', () => {
    const { a } = knowing('b');
    a.hears(dead('x', 1, 'c'));
    a.hears(dead('b', 4, 'c'));
    expect(a.stateOf('b')).toBe('alive');
    a.hears(dead('b', 5, 'c'));
    a.hears(dead('b', 6, 'd'));
    expect(a.node.member('b')).toMatchObject({ state: 'dead', incarnation: 5 });
    expect(a.events).toEqual(['leave b']);
  });

  test('3: of us is refuted', () => {
    const { a } = knowing('b');
    a.hears(dead('a', 1, 'c'));
    expect(a.node.member('a')).toMatchObject({ state: 'alive', incarnation: 2 });
  });

  test('4: of others is passed on with the name of its author', () => {
    const setting = knowing('b');
    setting.a.hears(dead('b', 6, 'c'));
    expect(setting.a.node.member('b')).toMatchObject({ state: 'dead', incarnation: 6 });
    expect(news(setting)).toEqual(['dead b@6 from c']);
  });

  test('by its own word means left: it is looked for no more', () => {
    const { a } = knowing('bc');
    a.hears(dead('b', 5, 'b'));
    a.hears(dead('c', 5, ''));
    expect([a.stateOf('b'), a.stateOf('c')]).toEqual(['left', 'dead']);
    expect(a.node.knownPeers().map(({ name }) => name)).toEqual(['c']);
  });

  test('by its own word, heard after others said it, still means left', () => {
    const { a } = knowing('b');
    a.hears(dead('b', 5, 'c'));
    a.hears(dead('b', 5, 'b'));
    expect(a.stateOf('b')).toBe('left');
    expect(a.node.knownPeers()).toEqual([]);
    expect(a.events).toEqual(['leave b']);
  });
});

describe('the cluster name (PROTOCOL 11)', () => {
  test.each([
    ['another name', 'default', false, 'prod', false],
    ['no name', 'default', false, undefined, false],
    ['no name where that is allowed', 'default', true, undefined, true],
    ['a name where none is sent', undefined, false, 'default', false],
    ['no name where none is sent', undefined, false, undefined, true],
  ])('news with %s', (_what, clusterName, acceptMissingClusterName, theirs, accepted) => {
    const { a } = knowing('', { clusterName, acceptMissingClusterName });
    a.hears(theirs === undefined ? unnamed(alive('b', 1)) : alive('b', 1, { clusterName: theirs }));
    expect(a.node.member('b') !== undefined).toBe(accepted);
    expect(a.node.counters.foreignClusterClaims).toBe(accepted ? 0 : 1);
  });
});

test('a meta of our own that changed is told with a new incarnation', () => {
  const setting = knowing('b');
  setting.a.node.updateMeta(Buffer.from('new'), setting.world.now);
  expect(news(setting)).toContain('alive a@2');
  expect(Buffer.from(setting.a.node.member('a')?.meta ?? []).toString()).toBe('new');
});

test('more members than the table holds are refused, and counted', () => {
  const a = new World().add('a');
  a.node.start(0);
  for (let index = 0; index < 16_400; index += 1) a.hears(alive(`m${index}`, 1));
  expect(a.node.members()).toHaveLength(16_384);
  expect(a.node.counters.membersRefused).toBe(17);
  expect(a.node.counters.broadcastsDropped).toBeGreaterThan(12_000);
});
