import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Departures } from '../../src/catalog/departures.js';
import type { ChangeEvent } from '../../src/catalog/reader.js';
import { keptState } from '../../src/follower/kept-state.js';
import { Mirror } from '../../src/follower/mirror.js';
import { MAX_REMEMBERED } from '../../src/follower/succession.js';
import { sameContent, Status, type Service } from '../../src/service/service.js';
import { anyRecord } from '../service/arbitraries.js';
import { record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';
import { stateWith } from './states.js';

const UPSTREAM = 'http://h1:7777';
const HOUR_MS = 3_600_000;

function world() {
  const clock = new FakeClock();
  const wall = fakeWall(clock);
  const mirror = new Mirror({ wall });
  const events: ChangeEvent[] = [];
  mirror.onChange((event) => events.push(event));
  return {
    clock,
    wall,
    mirror,
    /** What was told since the last call. */
    told: () => events.splice(0).map(({ kind, reason, service: { id } }) => `${id} ${kind} ${reason}`),
    hold: (...services: Service[]) => mirror.replace(stateWith(services), UPSTREAM),
    get: (hostname: string, id: string) => mirror.snapshot().servers.get(hostname)?.services.get(id),
  };
}

const web = (overrides: Partial<Service> = {}): Service => record({ id: 'web1', ...overrides });
const db = (overrides: Partial<Service> = {}): Service => record({ id: 'db1', hostname: 'h2', ...overrides });

describe('a mirror', () => {
  test('shows nothing before the first state, and then what it says', () => {
    const { mirror, hold, clock } = world();
    expect(mirror.held).toBeUndefined();
    expect(mirror.ageMs()).toBeUndefined();
    expect(mirror.aliveHosts()).toEqual([]);
    expect(mirror.snapshot().servers.size).toBe(0);
    const before = mirror.snapshot().version;
    hold(web());
    expect(mirror.snapshot()).toMatchObject({ clusterName: 'default', hostname: 'h1', lastChanged: 1n });
    expect(mirror.snapshot().version).toBeGreaterThan(before);
    expect(mirror.held?.from).toBe(UPSTREAM);
    void clock.advance(5_000);
  });

  test('says how long ago its state was received, also when nothing differs', async () => {
    const { clock, mirror, hold } = world();
    hold(web());
    await clock.advance(5_000);
    expect(mirror.ageMs()).toBeCloseTo(5_000, 0);
    hold(web());
    expect(mirror.ageMs()).toBeCloseTo(0, 0);
  });

  test('tells what is new, what has another status and what has other contents', () => {
    const { hold, told } = world();
    hold(web(), db());
    expect(told()).toEqual(['web1 added received', 'db1 added received']);
    hold(web({ status: Status.Draining }), db({ image: 'other' }));
    expect(told()).toEqual(['web1 status received', 'db1 content received']);
  });

  test('tells with a change what was before', () => {
    const { mirror, hold } = world();
    hold(web());
    const events: ChangeEvent[] = [];
    mirror.onChange((event) => {
      expect(mirror.snapshot().contentVersion).toBe(event.contentVersion);
      events.push(event);
    });
    hold(web({ status: Status.Unhealthy }), db());
    expect(events.map(({ previousStatus }) => previousStatus)).toEqual([Status.Alive, Status.Unknown]);
  });

  test('is at the same version while nothing differs, and keeps its objects', () => {
    const { mirror, hold, get, told } = world();
    hold(web(), db());
    const [snapshot, object] = [mirror.snapshot(), get('h1', 'web1')];
    told();
    hold(web(), db());
    expect(mirror.snapshot()).toBe(snapshot);
    hold(web(), db({ updated: db().updated + 1n }));
    expect(mirror.snapshot().version).toBe(snapshot.version + 1);
    expect(mirror.snapshot().contentVersion).toBe(snapshot.contentVersion);
    expect(get('h1', 'web1')).toBe(object);
    expect(get('h2', 'db1')?.updated).toBe(db().updated + 1n);
    expect(told()).toEqual([]);
  });

  test('keeps the extras that an original leaves out', () => {
    const { hold, get, told } = world();
    hold(web({ ext: { weight: 5 } }));
    const object = get('h1', 'web1');
    told();
    hold(web());
    expect(get('h1', 'web1')).toBe(object);
    hold(web({ ext: { weight: 6 } }));
    expect(told()).toEqual(['web1 content received']);
  });

  test('tells the difference between two states and nothing else', () => {
    const records = fc.uniqueArray(anyRecord(), { maxLength: 8, selector: ({ hostname, id }) => `${hostname}/${id}` });
    const keyOf = ({ hostname, id }: Service): string => `${hostname}/${id}`;
    fc.assert(
      fc.property(records, records, fc.boolean(), (one, other, shared) => {
        const { mirror, hold } = world();
        hold(...one);
        // Random records are seldom the same ones: half of the time some of the first state are in the second.
        const next = shared
          ? [...other, ...one.filter((service) => !other.some((o) => keyOf(o) === keyOf(service)))]
          : other;
        const [before, after] = [new Map(one.map((s) => [keyOf(s), s])), new Map(next.map((s) => [keyOf(s), s]))];
        const events: ChangeEvent[] = [];
        mirror.onChange((event) => events.push(event));
        mirror.replace(stateWith(next), UPSTREAM);
        const expected = new Set<string>();
        for (const [key, service] of after) {
          const known = before.get(key);
          const heir = known?.ext && !service.ext ? { ...service, ext: known.ext } : service;
          if (!known || !sameContent(known, heir)) expected.add(key);
        }
        // Of a tombstone that has vanished nothing is told while it lasts.
        for (const [key, { status }] of before) if (!after.has(key) && status !== Status.Tombstone) expected.add(key);
        const told = events.filter(({ kind }) => kind !== 'removed').map(({ service }) => keyOf(service));
        expect(new Set(told)).toEqual(expected);
        expect(told).toHaveLength(expected.size);
      }),
    );
  });
});

describe('a record that the newest state does not have any more', () => {
  test('is a tombstone for three hours', async () => {
    const { clock, hold, get, told } = world();
    hold(web(), db());
    told();
    await clock.advance(1_000);
    hold(web());
    expect(told()).toEqual(['db1 status vanished']);
    expect(get('h2', 'db1')).toMatchObject({ status: Status.Tombstone });
    await clock.advance(3 * HOUR_MS - 1_000);
    hold(web());
    expect(get('h2', 'db1')).toBeDefined();
    await clock.advance(1_001);
    hold(web());
    expect(get('h2', 'db1')).toBeUndefined();
    expect(told()).toEqual(['db1 removed forgotten']);
  });

  test('lives as soon as it is there again, however old it says to be', () => {
    const { hold, get, told } = world();
    hold(web(), db());
    hold(web());
    told();
    hold(web(), db());
    expect(told()).toEqual(['db1 status received']);
    expect(get('h2', 'db1')).toEqual(db());
  });

  test('is forgotten at once when it was an old tombstone', () => {
    const { hold, told } = world();
    hold(web(), db({ status: Status.Tombstone, updated: 1n }));
    told();
    hold(web());
    expect(told()).toEqual(['db1 removed forgotten']);
  });

  test('is remembered only while there are not too many of them, the latest first', () => {
    const { mirror, wall, hold, told } = world();
    const now = wall.nowNs();
    const old = Array.from({ length: MAX_REMEMBERED }, (_, i) =>
      record({ id: `t${i}`, status: Status.Tombstone, updated: now - BigInt(i) }),
    );
    hold(web(), ...old);
    told();
    hold();
    expect(told()).toEqual(['web1 status vanished', `t${MAX_REMEMBERED - 1} removed forgotten`]);
    expect(mirror.snapshot().servers.get('h1')?.services.size).toBe(MAX_REMEMBERED);
  });
});

describe('what is known of a host', () => {
  /** As the rooms are composed. */
  function withDepartures() {
    const parts = world();
    const { mirror } = parts;
    const departures = new Departures({ catalog: mirror, members: { alive: () => mirror.aliveHosts() }, ...parts });
    mirror.onHostLost((host) => departures.memberDied(host));
    return {
      ...parts,
      isHeld: (hostname: string, id: string) => departures.outOfSightForMs(hostname, id) !== undefined,
    };
  }
  const [dead, old] = [Status.Tombstone, 1n];

  test('it is alive with one living record, and so is the one who tells', () => {
    const { mirror, hold } = world();
    hold(db(), web({ hostname: 'h3', status: dead }));
    expect([...mirror.aliveHosts()].sort()).toEqual(['h1', 'h2']);
  });

  test('an instance on a living host was seen to die', () => {
    const { hold, isHeld } = withDepartures();
    hold(db(), db({ id: 'db2' }));
    hold(db(), db({ id: 'db2', status: dead }));
    expect(isHeld('h2', 'db2')).toBe(false);
  });

  test('an instance on the host that tells was seen to die, were it the last', () => {
    const { hold, isHeld } = withDepartures();
    hold(web(), db());
    hold(web({ status: dead }), db());
    expect(isHeld('h1', 'web1')).toBe(false);
  });

  test('a host that is lost takes its instances out of sight', () => {
    const { hold, isHeld } = withDepartures();
    hold(web(), db(), db({ id: 'db2' }));
    hold(web(), db({ status: dead }), db({ id: 'db2', status: dead }));
    expect(isHeld('h2', 'db1') && isHeld('h2', 'db2')).toBe(true);
  });

  test('a host that is lost record by record does so, too', () => {
    const { hold, isHeld } = withDepartures();
    hold(web(), db(), db({ id: 'db2' }));
    hold(web(), db({ status: dead }), db({ id: 'db2' }));
    hold(web(), db({ status: dead }), db({ id: 'db2', status: dead }));
    expect(isHeld('h2', 'db1') && isHeld('h2', 'db2')).toBe(true);
  });

  test('what vanishes is out of sight, be its host there or not', () => {
    const { hold, isHeld } = withDepartures();
    hold(web(), db(), db({ id: 'db2' }), web({ hostname: 'h3', updated: old }));
    hold(web(), db({ id: 'db2' }));
    expect(isHeld('h2', 'db1') && isHeld('h3', 'web1')).toBe(true);
    hold(web(), db(), db({ id: 'db2' }));
    expect(isHeld('h2', 'db1')).toBe(false);
  });
});

describe('a state that is kept over a restart', () => {
  test('is held again, with its age and with what has vanished', async () => {
    const { clock, mirror, hold, wall } = world();
    hold(web({ ext: { weight: 3 } }), db());
    await clock.advance(1_000);
    hold(web());
    const text = keptState(mirror).encode() ?? '';
    await clock.advance(60_000);
    const restarted = new Mirror({ wall });
    const reasons: string[] = [];
    restarted.onChange(({ reason }) => reasons.push(reason));
    expect(keptState(restarted).restore(text)).toBeUndefined();
    expect(restarted.snapshot().servers).toEqual(mirror.snapshot().servers);
    expect(restarted.held).toMatchObject({ from: UPSTREAM, at: mirror.held?.at });
    expect(restarted.ageMs()).toBeCloseTo(60_000, 0);
    expect(reasons).toEqual(['restored', 'restored']);
  });

  test('does not take the place of what has come meanwhile', () => {
    const { mirror, hold, wall } = world();
    hold(web());
    const text = keptState(mirror).encode() ?? '';
    const restarted = new Mirror({ wall });
    restarted.replace(stateWith([db()]), 'http://h9');
    expect(keptState(restarted).restore(text)).toBeUndefined();
    expect(restarted.held?.from).toBe('http://h9');
  });

  test('is written when something differs, and otherwise once a minute while it is received', async () => {
    const { clock, mirror, hold } = world();
    const kept = keptState(mirror);
    expect(kept.encode()).toBeUndefined();
    hold(web());
    expect(kept.encode()).toBeDefined();
    await clock.advance(59_000);
    hold(web());
    expect(kept.encode()).toBeUndefined();
    hold(web(), db());
    expect(kept.encode()).toBeDefined();
    await clock.advance(61_000);
    expect(kept.encode()).toBeUndefined();
    hold(web(), db());
    expect(kept.encode()).toBeDefined();
  });

  test.each([
    ['', 'does not begin with a line that says whose state it is'],
    [
      '{"from":7,"at":"2026-11-22T11:10:15Z"}\n{"Servers":{}}',
      'does not begin with a line that says whose state it is',
    ],
    ['{"from":"a","at":"soon"}\n{"Servers":{}}', 'does not begin with a line that says whose state it is'],
    ['{"from":"a","at":"2026-11-22T11:10:15Z"}\n{}', 'holds no state: Servers is missing, expected an object'],
  ])('is not taken when it is none: %j', (text, why) => {
    const { mirror } = world();
    expect(keptState(mirror).restore(text)).toBe(why);
    expect(mirror.held).toBeUndefined();
  });
});
