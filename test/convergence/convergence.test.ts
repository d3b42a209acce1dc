import { describe, expect, test } from '@jest/globals';
import { decodeAnnouncement, encodeAnnouncement, type Announcement } from '../../src/convergence/announcement.js';
import { Convergence, type ConvergenceStatus } from '../../src/convergence/convergence.js';
import { instanceKey, type ServedView } from '../../src/convergence/own-delays.js';
import { Status, type Service } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';

/** Hosts that hear of each other's announcements at each beat, through what the wire leaves of them. */
class World {
  readonly clock = new FakeClock();
  readonly wall = fakeWall(this.clock);
  readonly hosts = new Map<string, Host>();
  /** Whose announcements nobody hears now. */
  readonly mute = new Set<string>();
  /** Members that are none of ours. */
  originals: readonly string[] = [];
  /** The longest that chance may make a host wait, in milliseconds. */
  chance = 0;
  readonly random = { below: (n: number) => Math.min(this.chance, n - 1) };
  private version = 0;

  add(name: string): Host {
    const host = new Host(name, this);
    this.hosts.set(name, host);
    return host;
  }

  host(name: string): Host {
    const host = this.hosts.get(name);
    if (!host) throw new Error(`there is no ${name}`);
    return host;
  }

  /** Seconds in which every host beats. */
  async beats(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      await this.clock.advance(1_000);
      for (const host of this.hosts.values()) host.beat();
    }
  }

  /** A new instance of h1, which each host's HAProxy serves so many milliseconds later; `Infinity`: not yet. */
  async change(id: string, delays: Readonly<Record<string, number>>): Promise<Service> {
    this.version += 1;
    const service = record({ id, updated: this.wall.nowNs() });
    for (const name of Object.keys(delays)) this.host(name).note(service, this.version);
    const start = this.clock.now();
    for (const [name, delayMs] of Object.entries(delays).sort(([, a], [, b]) => a - b)) {
      if (delayMs === Infinity) continue;
      await this.clock.advance(start + delayMs - this.clock.now());
      this.host(name).serve([...this.host(name).served, id], this.version);
    }
    return service;
  }
}

class Host {
  served: readonly string[] = [];
  announcements = 0;
  private readonly convergence: Convergence;
  private told: Announcement | undefined;

  constructor(
    readonly name: string,
    private readonly world: World,
  ) {
    const { clock, random, wall } = world;
    this.convergence = new Convergence(name, { clock, random, wall, skewMs: () => undefined });
  }

  note(service: Service, contentVersion: number): void {
    this.convergence.note({
      ...{ kind: 'added', service, previousStatus: Status.Unknown, reason: 'received', detail: undefined },
      ...{ time: service.updated, contentVersion },
    });
  }

  serve(ids: readonly string[], contentVersion: number, holders: Readonly<Record<number, string>> = {}): void {
    this.served = ids;
    const hash = Buffer.from(ids.join()).toString('hex').padStart(16, '0').slice(-16);
    const served = new Map(ids.map((id) => [instanceKey('h1', id), id]));
    const servedAs: ServedView['servedAs'] = (asked) => new Map([...served].filter(([key]) => asked.has(key)));
    const ports = Object.entries(holders).map(([port, service]) => [Number(port), service] as const);
    this.convergence.serve({ hash, contentVersion, servedAs }, new Map(ports));
  }

  beat(): void {
    const { hosts, originals } = this.world;
    const members = [...[...hosts].map(([name, { told }]) => ({ name, told })), ...originals.map(original)];
    const announcement = this.convergence.beat(members);
    if (!announcement) return;
    this.announcements += 1;
    if (!this.world.mute.has(this.name)) this.told = decodeAnnouncement(encodeAnnouncement(announcement, 400));
  }

  status(names: readonly string[] = []): ConvergenceStatus {
    return this.convergence.status(() => names);
  }

  get counters(): Convergence['counters'] {
    return this.convergence.counters;
  }
}

const original = (name: string): { readonly name: string; readonly told: undefined } => ({ name, told: undefined });

/** h1, h2 and h3, whose HAProxys serve the same, and who know that of each other. */
async function three(): Promise<World> {
  const world = new World();
  for (const name of ['h1', 'h2', 'h3']) world.add(name).serve(['web'], 0);
  await world.beats(4);
  return world;
}

const stateOf = (world: World, seenBy: string, name: string): unknown => {
  const found = world
    .host(seenBy)
    .status()
    .hosts.find((host) => host.name === name);
  return [found?.state, found?.behindMs];
};

describe('the clock', () => {
  test('tells on every host how long a change took to the last proxy', async () => {
    const world = await three();
    await world.change('a', { h1: 20, h2: 35, h3: 80 });
    await world.beats(3);
    await world.change('b', { h1: 60, h2: 30, h3: 20 });
    await world.beats(3);
    for (const host of world.hosts.values()) {
      const { delays, hosts } = host.status();
      expect([delays.changes, delays.waiting]).toEqual([2, 0]);
      expect((delays.p99Ms ?? 0) / 80).toBeCloseTo(1, 1);
      expect((delays.lastMs ?? 0) / 60).toBeCloseTo(1, 1);
      expect(hosts.map(({ name, wasSlowest }) => [name, wasSlowest])).toEqual([
        ['h1', 1],
        ['h2', 0],
        ['h3', 1],
      ]);
    }
  });

  test('does not stop for a host without HAProxy, nor for an original, and works there, too', async () => {
    const world = await three();
    world.add('plain');
    world.originals = ['old'];
    await world.beats(2);
    await world.change('a', { h1: 20, h2: 35, h3: 80, plain: Infinity });
    await world.beats(3);
    const { delays, hosts } = world.host('plain').status();
    expect([delays.changes, hosts.map(({ name, state }) => `${name} ${state}`)]).toEqual([
      1,
      ['h1 unknown', 'h2 unknown', 'h3 unknown', 'old silent', 'plain silent'],
    ]);
    expect(world.host('plain').announcements).toBe(0);
    expect(stateOf(world, 'h1', 'plain')).toEqual(['silent', undefined]);
  });

  test('does not count what was before somebody listened', async () => {
    const world = await three();
    await world.change('a', { h1: 20, h2: 35, h3: 80 });
    await world.beats(3);
    world.add('late').serve(['web', 'a'], 1);
    await world.beats(3);
    expect(world.host('late').status().delays).toMatchObject({ changes: 0, waiting: 0 });
    await world.change('b', { h1: 20, h2: 35, h3: 80, late: 10 });
    await world.beats(3);
    for (const [name, changes] of Object.entries({ late: 1, h1: 2 }))
      expect(world.host(name).status().delays).toMatchObject({ changes, waiting: 0 });
  });

  test('knows a change in spite of an announcement that was missed', async () => {
    const world = await three();
    world.mute.add('h3');
    await world.change('a', { h1: 20, h2: 35, h3: 80 });
    await world.beats(3);
    expect(world.host('h1').status().delays).toMatchObject({ changes: 0, waiting: 1 });
    world.mute.clear();
    await world.change('b', { h1: 20, h2: 35, h3: 80 });
    await world.beats(3);
    expect(world.host('h1').status().delays).toMatchObject({ changes: 2, waiting: 0 });
  });

  test('waits only for what all hosts tell, however many changes there are', async () => {
    const world = await three();
    for (let i = 0; i < 200; i += 1) await world.change(`i${i}`, { h1: 1, h2: 2, h3: 3 });
    await world.beats(3);
    for (const host of world.hosts.values()) {
      const { changes, waiting } = host.status().delays;
      expect([changes >= 40, waiting]).toEqual([true, 0]);
    }
  });

  test('does not wait for a host that is gone', async () => {
    const world = await three();
    await world.change('a', { h1: 20, h2: 35, h3: Infinity });
    await world.beats(3);
    expect(world.host('h1').status().delays).toMatchObject({ changes: 0, waiting: 1 });
    world.hosts.delete('h3');
    await world.beats(1);
    expect(world.host('h1').status().delays).toMatchObject({ changes: 1, waiting: 0 });
  });
});

describe('who is behind', () => {
  test('is a host that serves what we served before, and what it does not get counts as the longest delay', async () => {
    const world = await three();
    await world.change('a', { h1: 0, h2: 0, h3: Infinity });
    await world.beats(3);
    expect(stateOf(world, 'h1', 'h3')).toEqual(['changing', 3_000]);
    await world.beats(7);
    expect([stateOf(world, 'h1', 'h3'), stateOf(world, 'h1', 'h2')]).toEqual([
      ['behind', 10_000],
      ['level', 0],
    ]);
    expect(world.host('h3').status().self).toMatchObject({ state: 'behind', isBehind: true, behindMs: 10_000 });
    await world.beats(330);
    expect(world.host('h1').status().delays).toMatchObject({ changes: 1, waiting: 0 });
    expect(Math.round(world.host('h1').status().delays.lastMs ?? 0)).toBe(300_000);
  });

  test('is nobody else to a host that is behind itself: an old view may be the newest', async () => {
    const world = await three();
    await world.change('a', { h1: 0, h2: 0, h3: 0 });
    await world.beats(3);
    world.host('h3').note(record({ id: 'a', status: Status.Draining, updated: world.wall.nowNs() }), 2);
    for (const name of ['h1', 'h2']) world.host(name).serve(['web'], 2);
    await world.beats(10);
    expect(['h1', 'h2', 'h3'].map((name) => stateOf(world, 'h3', name))).toEqual([
      ['unknown', undefined],
      ['unknown', undefined],
      ['behind', 10_000],
    ]);
    world.host('h3').serve(['web'], 2);
    await world.beats(1);
    expect(stateOf(world, 'h3', 'h1')).toEqual(['level', 0]);
  });

  test('is not who is ahead of us; one that stays with what we never had is different', async () => {
    const world = await three();
    world.host('h3').serve(['other'], 1);
    await world.beats(3);
    expect(stateOf(world, 'h1', 'h3')).toEqual(['changing', 0]);
    await world.beats(8);
    expect(stateOf(world, 'h1', 'h3')).toEqual(['different', 0]);
    expect(
      world
        .host('h1')
        .status()
        .hosts.some(({ isBehind }) => isBehind),
    ).toBe(false);
    world.host('h3').serve(['web'], 2);
    await world.beats(3);
    expect(stateOf(world, 'h1', 'h3')).toEqual(['level', 0]);
  });
});

test('ports that hosts give to different services are listed', async () => {
  const world = await three();
  world.host('h2').serve(['shop'], 1, { 8080: 'shop' });
  for (const name of ['h1', 'h3']) world.host(name).serve(['web'], 1, { 8080: 'web' });
  await world.beats(3);
  expect(world.host('h1').status(['web', 'shop']).contested).toEqual([
    {
      servicePort: 8080,
      holders: [
        { service: 'web', hosts: ['h1', 'h3'] },
        { service: 'shop', hosts: ['h2'] },
      ],
    },
  ]);
});

describe('announcements', () => {
  test('are made when there is something new, and else not', async () => {
    const world = await three();
    expect(world.host('h1').announcements).toBe(1);
    await world.beats(60);
    expect(world.host('h1').announcements).toBe(1);
    await world.change('a', { h1: 20 });
    await world.beats(60);
    expect([world.host('h1').announcements, world.host('h1').counters.announcements]).toEqual([2, 2]);
  });

  test.each([
    [10, 0],
    [100, 8],
  ])(
    'of a change that is news on each of %i members wait up to %i beats more, as chance has it',
    async (members, waits) => {
      const world = new World();
      world.originals = Array.from({ length: members - 1 }, (_, i) => `old${i}`);
      const host = world.add('h1');
      host.serve([], 0);
      await world.beats(30);
      world.chance = Infinity;
      const before = host.announcements;
      host.serve(['a'], 1);
      await world.beats(waits);
      expect(host.announcements).toBe(before);
      await world.beats(1);
      expect(host.announcements).toBe(before + 1);
    },
  );

  test.each([
    [3, 60],
    [50, 12],
    [100, 6],
  ])('of a host that always has news among %i members are %i a minute', async (members, expected) => {
    const world = new World();
    world.originals = Array.from({ length: members - 1 }, (_, i) => `old${i}`);
    const host = world.add('h1');
    host.serve([], 0);
    await world.beats(30);
    const before = host.announcements;
    for (let i = 0; i < 60; i += 1) {
      await world.change(`i${i}`, { h1: 20 });
      await world.beats(1);
    }
    expect(host.announcements - before).toBeLessThanOrEqual(expected + 1);
    expect(host.announcements - before).toBeGreaterThanOrEqual(expected - 1);
  });
});
