import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Catalog } from '../../src/catalog/catalog.js';
import type { Member } from '../../src/gossip/core/ports.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { LocalServices } from '../../src/replication/local-services.js';
import { Replicator } from '../../src/replication/replicator.js';
import { recordText } from '../../src/service/codec.js';
import { decodeService } from '../../src/service/decode-service.js';
import { Status, type Service } from '../../src/service/service.js';
import { decodeState } from '../../src/service/state-codec.js';
import { discovered, record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';
import { MemoryLog } from './memory-log.js';

const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const T0 = record().updated;
const ID = record().id;
const PASSED = { status: 'healthy', reason: 'check-passed', output: '' } as const;

/** What one host knows and would send; its wall clock stands at T0 plus what the fake clock shows. */
class Host {
  readonly clock = new FakeClock();
  readonly wall = fakeWall(this.clock, T0);
  readonly log = new MemoryLog();
  readonly problems = new ProblemBoard(this.wall);
  readonly catalog = new Catalog({ clusterName: 'default', hostname: 'h1' }, this.clock);
  readonly local = new LocalServices({ hostname: 'h1', sources: ['static'] }, this);
  readonly replicator: Replicator;
  members = ['h1', 'h2', 'h3'];
  nudges = 0;
  readonly asked: string[] = [];
  private round = 0;

  constructor() {
    const random = { below: (): number => 0 };
    const members = { alive: (): readonly string[] => this.members };
    this.replicator = new Replicator(
      { hostname: 'h1', maxFutureMs: 600_000, maxPayloadBytes: 1395 },
      {
        ...this.world(),
        members,
        random,
        nudge: () => (this.nudges += 1),
        exchangeWith: (name) => this.asked.push(name),

        onDeath: () => undefined,
      },
    );
  }

  private world(): Pick<this, 'clock' | 'wall' | 'log' | 'problems' | 'catalog' | 'local'> {
    const { clock, wall, log, problems, catalog, local } = this;
    return { clock, wall, log, problems, catalog, local };
  }

  /** All that waits to be sent, once, as `host/id status`. */
  sends(): string[] {
    const budget = { limitBytes: 1e9, overheadBytes: 3, round: (this.round += 1), transmitLimit: 1 };
    return this.replicator.takeBroadcasts(budget).map((payload) => {
      const decoded = decodeService(payload);
      return decoded.ok ? `${decoded.value.hostname}/${decoded.value.id} ${decoded.value.status}` : 'garbage';
    });
  }

  /** Sends everything until nothing waits. */
  drain(): void {
    while (this.replicator.waiting > 0) this.sends();
  }

  hears(service: Service): void {
    this.replicator.onUserMessage(Buffer.from(recordText(service)));
  }

  exchanges(services: readonly Service[]): void {
    const other = new Catalog({ clusterName: 'default', hostname: 'h2' }, this.clock);
    for (const service of services) other.merge(service, { reason: 'received' });
    const peer = new Replicator(
      { hostname: 'h2', maxFutureMs: 1, maxPayloadBytes: 1395 },
      { ...this.world(), ...PEER_DEPS, catalog: other },
    );
    this.replicator.onRemoteState(peer.localState(false));
  }

  runs(): void {
    this.local.listed('static', [discovered()]);
    this.local.checked(ID, PASSED);
  }

  async seconds(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      await this.clock.advance(1000);
      this.local.refresh();
      this.catalog.expire(this.wall.nowNs());
      this.replicator.beat();
    }
  }

  /** Ids in the state that a peer would get. */
  state(): string[] {
    const decoded = decodeState(this.replicator.localState(false));
    return decoded.ok ? decoded.value.services.map(({ hostname, id }) => `${hostname}/${id}`) : ['garbage'];
  }

  status(hostname = 'h2', id = ID): number | undefined {
    return this.catalog.get(hostname, id)?.status;
  }

  refused(): Record<string, number> {
    return Object.fromEntries(this.replicator.counters.refused);
  }
}

const PEER_DEPS = {
  members: { alive: () => [] },
  random: { below: () => 0 },
  nudge: () => undefined,
  exchangeWith: () => undefined,

  onDeath: () => undefined,
};
const leaves = (name: string): Parameters<Replicator['onMember']>[0] => ({
  type: 'leave',
  member: { ...MEMBER, name },
});
const MEMBER: Member = {
  name: '',
  address: '127.0.0.2',
  port: 7946,
  meta: new Uint8Array(),
  versions: { pmin: 1, pmax: 5, pcur: 2, dmin: 0, dmax: 0, dcur: 0 },
  incarnation: 1,
  state: 'dead',
  stateSince: 0,
  lastHeard: undefined,
  roundTripMs: undefined,
};

let host: Host;
beforeEach(() => {
  host = new Host();
});

describe('records of this host', () => {
  test('are sent at once when they change, and gossip is nudged', () => {
    host.runs();
    expect([host.nudges, host.replicator.isSpreading]).toEqual([1, true]);
    expect(host.sends()).toEqual([`h1/${ID} 0`]);
    expect(host.replicator.isSpreading).toBe(false);
    host.local.checked(ID, { status: 'failed', reason: 'check-failed', output: '' });
    expect(host.sends()).toEqual([`h1/${ID} 2`]);
  });

  test('are announced after a restart that nobody noticed, though nothing about them has changed', async () => {
    host.replicator.restore([record({ updated: T0 - 70n * SECOND })]);
    host.local.listed('static', [discovered()]);
    expect(host.sends()).toEqual([]);
    await host.seconds(1);
    expect(host.sends()).toEqual([`h1/${ID} 0`]);
  });

  test('are refreshed for peers twice a minute, and in the state each second', async () => {
    host.runs();
    await host.seconds(10);
    host.drain();
    let refreshes = 0;
    for (let i = 0; i < 180; i += 1) {
      await host.seconds(1);
      refreshes += host.sends().length;
      host.drain();
    }
    expect(refreshes).toBe(6);
    expect(host.wall.nowNs() - (host.catalog.get('h1', ID)?.updated ?? 0n)).toBeLessThan(SECOND);
  });

  test('that a peer calls dead are announced again at once, later than the peer said', () => {
    host.runs();
    host.drain();
    const updated = T0 + 5n * MINUTE;
    host.hears(record({ status: Status.Tombstone, updated }));
    expect(host.sends()).toEqual([`h1/${ID} 0`]);
    expect(host.catalog.get('h1', ID)?.updated).toBe(updated + 1n);
  });

  test('that a peer calls dead are announced again, even when what we hold is later than the peer said', async () => {
    host.runs();
    await host.seconds(10);
    host.drain();
    host.hears(record({ status: Status.Tombstone, updated: T0 + 5n * SECOND }));
    expect(host.sends()).toEqual([`h1/${ID} 0`]);
    host.hears(record({ status: Status.Tombstone, updated: T0 + 5n * SECOND }));
    expect(host.sends()).toEqual([]);
  });

  test('come back as an echo of their rounds without any effect', async () => {
    host.runs();
    const announced = host.catalog.get('h1', ID) ?? record();
    host.drain();
    host.hears({ ...announced, updated: announced.updated + 50n });
    expect(host.sends()).toEqual([]);
    await host.seconds(1);
    expect(host.sends()).toEqual([`h1/${ID} 0`]);
  });

  test('are withdrawn as tombstones that are sent first, and stay dead', async () => {
    host.runs();
    host.drain();
    host.replicator.withdraw();
    expect(host.replicator.isSpreading).toBe(true);
    expect(host.sends()).toEqual([`h1/${ID} 1`]);
    host.hears(record({ updated: T0 + MINUTE }));
    await host.seconds(2);
    expect(host.status('h1')).toBe(Status.Tombstone);
  });
});

describe('records of peers', () => {
  const known = record({ hostname: 'h2' });
  const later = (overrides: Partial<Service> = {}): Service => ({ ...known, updated: T0 + 1n, ...overrides });

  test('in messages are merged and passed on if they are strictly later', () => {
    host.hears(known);
    host.hears(known);
    expect(host.sends()).toEqual([`h2/${ID} 0`]);
    host.hears(later());
    host.hears(later({ updated: T0 }));
    expect(host.sends()).toEqual([`h2/${ID} 0`]);
    expect(host.replicator.counters).toMatchObject({ received: 4, accepted: 2, relayed: 2 });
  });

  test('in states are passed on only if they change something', () => {
    host.hears(known);
    host.drain();
    host.exchanges([later()]);
    expect([host.catalog.get('h2', ID)?.updated, host.sends()]).toEqual([T0 + 1n, []]);
    host.exchanges([later({ updated: T0 + 2n, status: Status.Unhealthy }), record({ hostname: 'h3' })]);
    expect(host.sends().sort()).toEqual([`h2/${ID} 2`, `h3/${ID} 0`]);
  });

  test('in the first state of a newcomer are news to no one else', () => {
    host.runs();
    host.drain();
    host.exchanges([known, record({ hostname: 'h3' })]);
    expect([host.status('h2'), host.status('h3'), host.sends()]).toEqual([0, 0, []]);
  });

  test('that are dead here already are not passed on again', () => {
    host.hears(later({ status: Status.Tombstone }));
    expect(host.sends()).toEqual([`h2/${ID} 1`]);
    host.hears(later({ status: Status.Tombstone, updated: T0 + 9n }));
    expect(host.sends()).toEqual([]);
  });

  test('under our name that nobody runs here are not passed on, and buried', async () => {
    host.local.listed('static', []);
    host.hears(record());
    expect(host.sends()).toEqual([]);
    await host.seconds(1);
    expect([host.status('h1'), host.sends()]).toEqual([Status.Tombstone, [`h1/${ID} 1`]]);
  });

  test('are passed on as they came: what a copy has lost is known here, and told in states only', () => {
    host.hears(later({ ext: { weight: 9 } }));
    host.drain();
    host.hears(later({ updated: T0 + 2n }));
    const budget = { limitBytes: 1400, overheadBytes: 3, round: 99, transmitLimit: 1 };
    const [message] = host.replicator.takeBroadcasts(budget);
    expect(Buffer.from(message ?? []).toString()).toMatch(/"Status":0\}$/);
    expect(Buffer.from(host.replicator.localState(false)).toString()).toContain('"Ext":{"Weight":9}');
    expect(host.catalog.get('h2', ID)).toMatchObject({ updated: T0 + 2n, ext: { weight: 9 } });
  });

  test('too large for a packet are passed on by stream', () => {
    host.hears(later({ image: 'x'.repeat(1000), name: 'y'.repeat(255) }));
    expect(host.sends()).toEqual([]);
    expect(host.replicator.takeLarge({ round: 99, transmitLimit: 1 })).toHaveLength(1);
  });

  test('end in the same catalog in any order, in messages or states, once or twice', () => {
    const version = fc.record({
      id: fc.constantFrom('a', 'b'),
      hostname: fc.constantFrom('h2', 'h3'),
      step: fc.nat(5),
    });
    const toRecord = ({ id, hostname, step }: { id: string; hostname: string; step: number }): Service =>
      record({ id, hostname, updated: T0 + BigInt(step), status: step % 3, image: `web:${step}` });
    const final = (deliver: (target: Host) => void): string[] => {
      const target = new Host();
      deliver(target);
      return target.catalog.recordsOf('h2').concat(target.catalog.recordsOf('h3')).map(recordText).sort();
    };
    const runs = fc
      .array(version)
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(
      fc.property(runs, ([one, other]) => {
        const expected = final((target) => one.map(toRecord).forEach((each) => target.hears(each)));
        const twice = final((target) => [...other, ...one].map(toRecord).forEach((each) => target.hears(each)));
        const inState = final((target) => target.exchanges(other.map(toRecord)));
        expect([twice, inState]).toEqual([expected, expected]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('clocks', () => {
  test('a host that is ten minutes behind is believed for as long as it speaks, and its skew is shown', async () => {
    for (let i = 0; i < 5; i += 1) {
      const updated = host.wall.nowNs() - 10n * MINUTE;
      host.hears(record({ hostname: 'h2', updated }));
      await host.seconds(60);
      expect(host.status()).toBe(Status.Alive);
    }
    expect(host.replicator.skewMs('h2')).toBe(-600_000);
    expect(host.replicator.largestSkew()).toEqual({ host: 'h2', skewMs: -600_000 });
    await host.seconds(81);
    expect(host.status()).toBe(Status.Tombstone);
  });

  test('a record that came in a state may be old, and tells nothing of a clock but that it is ahead', () => {
    host.exchanges([record({ hostname: 'h2', updated: T0 - 900_000_000n })]);
    expect([host.status(), host.replicator.skewMs('h2')]).toEqual([Status.Alive, undefined]);
    host.exchanges([record({ hostname: 'h2', updated: T0 + 40_000_000n })]);
    expect(host.replicator.skewMs('h2')).toBeCloseTo(40, 1);
    host.hears(record({ hostname: 'h3', updated: T0 - 900_000_000n }));
    expect(host.replicator.skewMs('h3')).toBeCloseTo(-900, 1);
  });

  test('records an hour ahead are refused, counted, logged and on the board until the clock is mended', () => {
    const ahead = record({ hostname: 'h2', updated: T0 + 60n * MINUTE });
    host.hears(ahead);
    host.hears({ ...ahead, id: 'b' });
    expect([host.status(), host.sends(), host.refused()]).toEqual([undefined, [], { FROM_THE_FUTURE: 2 }]);
    expect(host.problems.list()).toMatchObject([{ room: 'replication', code: 'CLOCK_AHEAD', subject: 'h2' }]);
    expect(host.log.lines).toHaveLength(1);
    expect(host.log.lines[0]).toMatch(/^warn the clock of h2 is ahead of ours/);
    expect(host.log.facts[0]).toMatchObject({ host: 'h2', skewMs: 3_600_000 });
    expect(host.replicator.skewMs('h2')).toBe(3_600_000);
    host.hears(record({ hostname: 'h2' }));
    expect([host.status(), host.problems.list()]).toEqual([Status.Alive, []]);
  });

  test('a host ahead that falls silent is no problem any more', async () => {
    host.hears(record({ hostname: 'h2', updated: T0 + 60n * MINUTE }));
    await host.seconds(599);
    expect(host.problems.list()).toHaveLength(1);
    await host.seconds(2);
    expect(host.problems.list()).toEqual([]);
  });

  test('invented hosts from the future do not fill the board', () => {
    for (let i = 0; i < 500; i += 1) host.hears(record({ hostname: `x${i}`, updated: T0 + 60n * MINUTE }));
    expect(host.problems.list()).toHaveLength(100);
    expect(host.refused()).toEqual({ FROM_THE_FUTURE: 500 });
  });

  test('up to max_future ahead is accepted', () => {
    host.hears(record({ hostname: 'h2', updated: T0 + 10n * MINUTE }));
    expect(host.status()).toBe(Status.Alive);
  });
});

describe('old records of something unknown', () => {
  test.each<[string, Partial<Service>, string | undefined]>([
    ['a live one of a member is taken', { hostname: 'h2', updated: T0 - 5n * MINUTE }, undefined],
    ['a live one of a stranger is not', { hostname: 'gone', updated: T0 - 5n * MINUTE }, 'STALE'],
    ['a fresh one of a stranger is', { hostname: 'gone', updated: T0 - MINUTE }, undefined],
    ['a tombstone is taken', { hostname: 'gone', status: 1, updated: T0 - 179n * MINUTE }, undefined],
    ['one that others forget now is not', { hostname: 'h2', status: 1, updated: T0 - 181n * MINUTE }, 'OLD_TOMBSTONE'],
  ])('%s', (_name, overrides, code) => {
    host.hears(record(overrides));
    expect(host.refused()).toEqual(code === undefined ? {} : { [code]: 1 });
    expect(host.catalog.size).toBe(code === undefined ? 1 : 0);
  });

  test('no more are taken than a state may hold', () => {
    for (let i = 0; i < 100_000; i += 1)
      host.catalog.merge(record({ hostname: 'h2', id: `${i}` }), { reason: 'received' });
    host.hears(record({ hostname: 'h3' }));
    host.hears(record({ hostname: 'h2', id: '5', updated: T0 + 1n }));
    expect([host.refused(), host.catalog.get('h2', '5')?.updated]).toEqual([{ CATALOG_FULL: 1 }, T0 + 1n]);
  });
});

describe('garbage', () => {
  test('is refused by code, told once an hour, and harms nothing', async () => {
    const serf = Buffer.from('0182a54c54696d6501a44e6f6465a27332', 'hex');
    host.replicator.onUserMessage(serf);
    host.replicator.onUserMessage(serf);
    host.replicator.onUserMessage(new Uint8Array());
    host.replicator.onRemoteState(serf);
    host.replicator.onRemoteState(Buffer.from('{"Servers":{"x":null}}'));
    expect(host.refused()).toEqual({ NOT_JSON: 4, NOT_AN_OBJECT: 1 });
    const told = (): number => host.log.lines.filter((line) => line.startsWith('info')).length;
    expect(told()).toBe(2);
    await host.clock.advance(3_600_000);
    host.replicator.onUserMessage(serf);
    expect([told(), host.catalog.size]).toEqual([3, 0]);
  });

  test('in a state is refused alone', () => {
    const good = recordText(record({ hostname: 'h2' }));
    host.replicator.onRemoteState(Buffer.from(`{"Servers":{"h2":{"Services":{"x":{"ID":""},"y":${good}}}}}`));
    expect([host.status(), host.refused()]).toEqual([Status.Alive, { ID_INVALID: 1 }]);
  });
});

describe('members that are lost', () => {
  test('take their records with them, and peers are told', () => {
    host.hears(record({ hostname: 'h2' }));
    host.hears(record({ hostname: 'h2', id: 'b' }));
    host.drain();
    host.replicator.onMember(leaves('h2'));
    expect(host.sends().sort()).toEqual([`h2/${ID} 1`, 'h2/b 1']);
  });

  test('die by their own clock: one that is behind ours and comes back is believed at once', () => {
    const behind = T0 - 5n * MINUTE;
    host.hears(record({ hostname: 'h2', updated: behind }));
    host.replicator.onMember(leaves('h2'));
    expect(host.status('h2')).toBe(Status.Tombstone);
    host.hears(record({ hostname: 'h2', updated: behind + SECOND }));
    expect(host.status('h2')).toBe(Status.Alive);
  });

  test('are never ourselves, and nothing happens when one joins', () => {
    host.runs();
    host.hears(record({ hostname: 'h2' }));
    host.replicator.onMember(leaves('h1'));
    host.replicator.onMember({ ...leaves('h2'), type: 'join' });
    expect([host.status('h1'), host.status('h2')]).toEqual([Status.Alive, Status.Alive]);
  });

  test('silent for 80 s, their records expire: a second later than their last version, and peers are told', async () => {
    host.hears(record({ hostname: 'h2' }));
    host.drain();
    await host.seconds(81);
    expect(host.catalog.get('h2', ID)).toMatchObject({ status: Status.Tombstone, updated: T0 + SECOND });
    expect(host.sends()).toEqual([`h2/${ID} 1`]);
  });
});

describe('what is only remembered', () => {
  const remembered = record({ hostname: 'h2', updated: T0 - 60n * MINUTE });

  beforeEach(() => {
    host.replicator.restore([remembered]);
  });

  test('is served here and told to nobody', () => {
    expect([host.status(), host.state(), host.sends()]).toEqual([Status.Alive, [], []]);
  });

  test('expires here after its lifespan, and that is told to nobody either', async () => {
    await host.seconds(81);
    expect([host.status(), host.state(), host.sends()]).toEqual([Status.Tombstone, [], []]);
  });

  test('dies with its member, and that is told to nobody either', () => {
    host.replicator.onMember(leaves('h2'));
    expect([host.status(), host.state(), host.sends()]).toEqual([Status.Tombstone, [], []]);
  });

  test('is told again once a later version has come', () => {
    host.hears({ ...remembered, updated: T0 });
    expect([host.state(), host.sends()]).toEqual([[`h2/${ID}`], [`h2/${ID} 0`]]);
  });

  test('is told again once a peer is seen to have the same, which is no news', () => {
    host.hears(remembered);
    expect([host.state(), host.sends()]).toEqual([[`h2/${ID}`], []]);
  });

  test('is told to nobody yet when what a peer has is older', () => {
    host.hears({ ...remembered, updated: remembered.updated - 1n });
    expect(host.state()).toEqual([]);
  });

  test('and is dated far in the future is forgotten: no news could ever stand against it', () => {
    host.replicator.restore([record({ hostname: 'h3', updated: T0 + 60n * MINUTE })]);
    expect(host.status('h3')).toBeUndefined();
  });
});

describe('what is remembered of how records came', () => {
  test('is who handed over the version that is stored, when and how late', () => {
    const host = new Host();
    const told = record({ hostname: 'h2', updated: T0 - 5_000_000n });
    host.replicator.onUserMessage(Buffer.from(recordText(told)), 'h3');
    expect(host.replicator.receiptOf(told)).toMatchObject({ way: 'message', from: 'h3' });
    expect(host.replicator.receiptOf(told)?.lateMs).toBeCloseTo(5, 1);
    host.exchanges([{ ...told, updated: T0 }]);
    expect(host.replicator.receiptOf(told)).toMatchObject({ way: 'state', from: 'h2' });
  });

  test('is why a record was refused, until a version of it is taken', () => {
    const host = new Host();
    const early = record({ hostname: 'h2', name: 'early', updated: T0 + 60n * MINUTE });
    host.hears(early);
    host.replicator.onUserMessage(Buffer.from('{"Name":"bad","Hostname":"h2","ID":"b","Ports":[{"IP":"no address"}]}'));
    expect(host.replicator.refusedOf('early')).toMatchObject([{ hostname: 'h2', code: 'FROM_THE_FUTURE' }]);
    expect(host.replicator.refusedOf('bad')).toMatchObject([
      { hostname: 'h2', id: 'b', code: 'IP_INVALID', why: expect.stringContaining('no address') },
    ]);
    host.hears({ ...early, updated: T0 });
    expect(host.replicator.refusedOf('early')).toEqual([]);
  });

  test('is forgotten of records that do not come any more', async () => {
    const host = new Host();
    host.hears(record({ hostname: 'h2', updated: T0 + 60n * MINUTE }));
    await host.clock.advance(179_000);
    expect(host.replicator.refusedOf('web')).toHaveLength(1);
    await host.clock.advance(2_000);
    expect(host.replicator.refusedOf('web')).toEqual([]);
  });

  test('is who is of another cluster, for five minutes', async () => {
    const host = new Host();
    host.replicator.onStranger('h9', `staging${' '.repeat(1_000)}`);
    await host.clock.advance(299_000);
    expect(host.replicator.strangers()).toMatchObject([{ name: 'h9', clusterName: 'staging'.padEnd(255) }]);
    await host.clock.advance(2_000);
    expect(host.replicator.strangers()).toEqual([]);
  });
});

describe('the state for peers', () => {
  test('holds every record with its extras, tombstones included, hosts and ids in order', () => {
    host.hears(record({ hostname: 'h3', id: 'b', ext: { weight: 1 } }));
    host.hears(record({ hostname: 'h3', id: 'a', status: Status.Tombstone }));
    host.hears(record({ hostname: 'h2' }));
    expect(host.state()).toEqual([`h2/${ID}`, 'h3/a', 'h3/b']);
    expect(Buffer.from(host.replicator.localState(false)).toString()).toContain('"Ext":{"Weight":1}');
  });

  test('names no cluster while we join, as in the original', () => {
    const shown = (join: boolean): string => Buffer.from(host.replicator.localState(join)).toString();
    expect(shown(true)).toBe('{"Servers":{},"LastChanged":"1970-01-01T00:00:00Z","ClusterName":"","Hostname":"h1"}');
    expect(shown(false)).toContain('"ClusterName":"default"');
  });

  test('a member whose records were not renewed for long is asked for them before they expire, others are not', async () => {
    const host = new Host();
    host.hears(record({ hostname: 'h2', updated: T0 }));
    host.hears(record({ hostname: 'gone', updated: T0 }));
    await host.seconds(65);
    expect(host.asked).toEqual([]);
    await host.seconds(6);
    expect(new Set(host.asked)).toEqual(new Set(['h2']));
    host.hears(record({ hostname: 'h2', updated: T0 + 1n }));
    host.asked.length = 0;
    await host.seconds(60);
    expect(host.asked).toEqual([]);
    expect([host.status('h2'), host.status('gone')]).toEqual([Status.Alive, Status.Tombstone]);
  });
});
