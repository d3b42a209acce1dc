import { describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { Departures } from '../../src/catalog/departures.js';
import { keptDepartures, keptProxy } from '../../src/compose/kept-state.js';
import { ProxyMemory } from '../../src/haproxy/proxy-memory.js';
import { record } from '../support/records.js';
import { Status } from '../../src/service/service.js';
import { FakeClock, fakeWall } from '../support/time.js';

const START_NS = 1_700_000_000_000_000_000n;

describe('what HAProxy runs', () => {
  const process = { pid: 7, startedMs: 1, text: 'global' };

  test('is written when it is another, and comes back in the next life', () => {
    const memory = new ProxyMemory(() => undefined);
    const kept = keptProxy(memory);
    expect(kept.encode()).toBeUndefined();
    memory.loaded(process);
    memory.hold(new Map([[80, 'web']]));
    const text = kept.encode() ?? '';
    expect(kept.encode()).toBeUndefined();
    const next = new ProxyMemory(() => undefined);
    expect(keptProxy(next).restore(text, 1)).toBeUndefined();
    expect([next.textOf(process), next.holders.get(80)]).toEqual(['global', 'web']);
  });

  test('is refused with what is wrong when it is something else', () => {
    expect(keptProxy(new ProxyMemory(() => undefined)).restore('?', 1)).toBe('is no JSON object');
  });
});

describe('who is out of sight', () => {
  /** One life of an agent, which begins some time after the first. */
  function life(afterMs: number) {
    const clock = new FakeClock();
    const wall = fakeWall(clock, START_NS + BigInt(afterMs) * 1_000_000n);
    const catalog = new Catalog({ clusterName: 'default', hostname: 'h1' }, clock);
    const departures = new Departures({ catalog, clock, wall, members: { alive: () => ['h1'] } });
    return { clock, catalog, departures, kept: keptDepartures(departures) };
  }
  const lost = record({ hostname: 'h2', updated: START_NS });
  const tombstone = { ...lost, status: Status.Tombstone, updated: START_NS + 1n };

  test('is so since the same moment in the next life, and is written when it changes', async () => {
    const before = life(0);
    before.catalog.merge(lost, { reason: 'received' });
    expect(before.kept.encode()).toBeUndefined();
    before.catalog.merge(tombstone, { reason: 'expired' });
    await before.clock.advance(1_000);
    const text = before.kept.encode() ?? '';
    expect(before.kept.encode()).toBeUndefined();
    const after = life(60_000);
    after.catalog.merge(tombstone, { reason: 'restored' });
    expect(after.kept.restore(text, 1)).toBeUndefined();
    expect(Math.round(after.departures.outOfSightForMs('h2', lost.id) ?? NaN)).toBe(60_000);
    expect(after.kept.encode()).toBe(text);
  });

  test('of a record that lives meanwhile nothing is taken back', () => {
    const after = life(60_000);
    after.catalog.merge(lost, { reason: 'received' });
    expect(after.kept.restore(JSON.stringify([['h2', lost.id, String(START_NS)]]), 1)).toBeUndefined();
    expect(after.departures.outOfSightForMs('h2', lost.id)).toBeUndefined();
  });

  test.each(['', '{}', '[[]]', '[["h2","a"]]', '[["h2","a","soon"]]'])('is refused when it reads %j', (text) => {
    expect(life(0).kept.restore(text, 1)).toBe('is no list of [hostname, id, nanoseconds]');
  });
});
