import { describe, expect, test } from '@jest/globals';
import type { ChangeEvent } from '../../src/catalog/reader.js';
import { serviceHappening } from '../../src/journal/service-happening.js';
import { recordText } from '../../src/service/codec.js';
import { encodeState } from '../../src/service/state-codec.js';
import { record } from '../support/records.js';
import { ALWAYS, EVERYTHING, journaled } from './support.js';

const HOUR_MS = 3_600_000;

describe('an event', () => {
  test('tells which record changed, from which status, why, and all of the record', () => {
    const { journal, put } = journaled();
    put();
    put({ status: 2, ext: { weight: 5 } });
    const [, event] = journal.history(ALWAYS).entries.map(({ text }) => JSON.parse(text) as Record<string, unknown>);
    expect(event).toMatchObject({
      ...{ id: 2, kind: 'service', what: 'status', service: 'web', host: 'h1', instance: 'aaaaaaaaaaaa' },
      ...{ status: 'Unhealthy', previous: 'Alive', reason: 'received' },
      text: 'web on h1 (aaaaaaaaaaaa) was Alive and is Unhealthy: a peer told us',
      record: { Status: 2, Ext: { Weight: 5 }, Ports: [{ Port: 10234 }] },
    });
    expect(event?.['time']).toMatch(/^2023-11-14T22:13:20(\.\d+)?Z$/);
  });

  test('of a check keeps what it showed, within a bound', () => {
    const { catalog, journal } = journaled();
    catalog.merge(record({ updated: record().updated + 1n }), { reason: 'check-failed', detail: 'x'.repeat(5_000) });
    const [event] = journal.history(ALWAYS).entries.map(({ text }) => JSON.parse(text) as { readonly detail: string });
    expect(event?.detail).toBe(`${'x'.repeat(1_023)}…`);
  });
});

test('a record that a peer told of says which one, and how late', () => {
  const event: ChangeEvent = {
    ...{ kind: 'added', service: record(), previousStatus: 3, reason: 'received', detail: undefined },
    ...{ time: 1n, contentVersion: 1 },
  };
  expect(serviceHappening(event, true, { from: 'h3', lateMs: 12 })).toMatchObject({
    host: 'h1',
    from: 'h3',
    lateMs: 12,
  });
});

describe('the journal', () => {
  test('keeps at most as many events as it may, and lets the oldest go a segment at a time', () => {
    const { journal, put, ids } = journaled({ size: 10 });
    for (let n = 1; n <= 100; n += 1) {
      put({ status: n % 2 });
      expect(ids().length).toBeLessThanOrEqual(10);
      expect(ids().at(-1)).toBe(n);
      expect(ids().length).toBeGreaterThanOrEqual(Math.min(n, 5));
    }
    expect(journal.segments.map(({ entries }) => entries.length)).toEqual([5, 5]);
  });

  test.each([1, 2, 3])('with room for %i keeps the last', (size) => {
    const { journal, put, ids } = journaled({ size });
    for (let n = 1; n <= 10; n += 1) put({ status: n % 2 });
    expect(ids().at(-1)).toBe(10);
    expect(ids().length).toBeLessThanOrEqual(size);
    expect(journal.at(10n ** 20n).ok).toBe(true);
  });

  test('without room keeps nothing, but live readers do not notice', () => {
    const { journal, put } = journaled({ size: 0 });
    for (let n = 1; n <= 5_000; n += 1) put({ status: n % 2 });
    expect(journal.history(ALWAYS)).toEqual({ entries: [], oldest: undefined, isTruncated: false });
    expect(journal.at(10n ** 20n)).toEqual({ ok: false, fault: { code: 'nothing-kept' } });
    const behind = journal.read(2_000, EVERYTHING, 10_000_000).entries;
    expect([behind.length, behind[0]?.id, behind.at(-1)?.id]).toEqual([3_000, 2_001, 5_000]);
    expect(journal.numbers().events).toBeLessThanOrEqual(4_000);
  });

  test('takes no more memory than it may, however large its events are', () => {
    const { journal, put } = journaled();
    for (let n = 1; n <= 2_000; n += 1) put({ image: `${n}`.padEnd(100_000, 'x') });
    expect(journal.numbers().bytes).toBeLessThan(80 * 1024 * 1024);
    expect(journal.numbers().events).toBeGreaterThan(300);
  });

  test('counts what happens before it is open, and tells it then', () => {
    const { journal, put, ids } = journaled({ open: false });
    put();
    put({ status: 2 });
    expect(ids()).toEqual([]);
    journal.open([], 41);
    expect(ids()).toEqual([41, 42]);
    expect(journal.numbers().byKind.service).toBe(2);
  });

  test('of a flood before it is open keeps the newest, and counts the others', () => {
    const { journal, put, ids } = journaled({ open: false });
    for (let n = 1; n <= 10_005; n += 1) put({ status: n % 2 });
    journal.open([], 1);
    expect(journal.numbers().lost).toBe(5);
    expect(ids().at(-1)).toBe(10_000);
  });
});

describe('history', () => {
  test('passes by service, host and kind', () => {
    const { journal, put, serve } = journaled();
    put();
    put({ name: 'db', id: 'bbbbbbbbbbbb' });
    put({ hostname: 'h2' });
    serve('one');
    const idsOf = (query: object): readonly number[] =>
      journal.history({ ...ALWAYS, ...query }).entries.map(({ id }) => id);
    expect(idsOf({ service: 'web' })).toEqual([1, 3]);
    expect(idsOf({ service: 'web', host: 'h2' })).toEqual([3]);
    expect(idsOf({ host: 'h1' })).toEqual([1, 2, 4]);
    expect(idsOf({ kinds: new Set(['proxy']) })).toEqual([4]);
    expect(idsOf({ kinds: new Set(['check']) })).toEqual([]);
  });

  test('passes from one time to another, and of too many tells the newest', async () => {
    const { journal, clock, wall, put } = journaled();
    const times: bigint[] = [];
    for (let n = 1; n <= 6; n += 1) {
      times.push(wall.nowNs());
      put({ status: n % 2 });
      await clock.advance(HOUR_MS);
    }
    const { entries } = journal.history({ ...ALWAYS, since: times[1], until: times[4] });
    expect(entries.map(({ id }) => id)).toEqual([2, 3, 4]);
    const newest = journal.history({ ...ALWAYS, limit: 2 });
    expect([newest.entries.map(({ id }) => id), newest.isTruncated]).toEqual([[5, 6], true]);
    expect(journal.history({ ...ALWAYS, limit: 6 }).isTruncated).toBe(false);
  });
});

describe('the catalog at a time', () => {
  test('is that of then: with what was there, as it was, and without what came later', async () => {
    const { journal, catalog, clock, wall, put } = journaled();
    put();
    await clock.advance(1_000);
    const before = { at: wall.nowNs(), text: encodeState(catalog.snapshot(), recordText) };
    await clock.advance(1_000);
    put({ status: 1 });
    put({ hostname: 'h2' });
    catalog.loseMember('h2', 0n);
    await clock.advance(1_000);
    const after = { at: wall.nowNs(), text: encodeState(catalog.snapshot(), recordText) };
    for (const { at, text } of [before, after]) {
      const past = journal.at(at);
      expect(past.ok && encodeState(past.value.catalog, recordText)).toBe(text);
    }
    expect(before.text).not.toBe(after.text);
  });

  test('is not known before the oldest event', () => {
    const { journal, wall, put } = journaled();
    const early = wall.nowNs();
    expect(journal.at(early)).toEqual({ ok: false, fault: { code: 'nothing-kept' } });
    put();
    const [first] = journal.history(ALWAYS).entries;
    expect(journal.at(early)).toEqual({ ok: false, fault: { code: 'before-oldest', oldest: first?.time } });
  });

  test('comes with the template that the configuration was made of, and the settings', async () => {
    const { journal, clock, wall, put, serve, retemplate } = journaled();
    put();
    serve('one');
    await clock.advance(1_000);
    const before = wall.nowNs();
    await clock.advance(1_000);
    retemplate('another');
    serve('two');
    const [past, now] = [before, 10n ** 20n].map((time) => journal.at(time));
    expect(past?.ok && [past.value.template, past.value.config?.text]).toEqual(['a template', 'one']);
    expect(now?.ok && [now.value.template, now.value.config?.text]).toEqual(['another', 'two']);
    expect(past?.ok && past.value.settings).toBe('cluster_name = "test"');
  });
});
