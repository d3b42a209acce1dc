import { describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { UnsentBodies } from '../../src/http/unsent-bodies.js';
import { CatalogViews } from '../../src/http/views.js';
import { Watchers, type WatchForm } from '../../src/http/watchers.js';
import type { Service } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { FakeClock, settle } from '../support/time.js';
import { FakeSink } from './fake-sink.js';

/** The pace of a burst, and how long an object may stay unsent. */
const PACE_MS = 50;
const LIMIT_MS = 30_000;

class Sink extends FakeSink {
  /** Which state each object shows: how many flips there had been. */
  get versions(): readonly number[] {
    return this.pieces.map((object) => Number(/"Image":"web:(\d+)"/.exec(object.toString())?.[1]));
  }
}

function room(fileLimit?: number) {
  const clock = new FakeClock();
  const catalog = new Catalog({ clusterName: 'test', hostname: 'h1' }, clock);
  const views = new CatalogViews({ catalog, members: { alive: () => [] } });
  const unsent = new UnsentBodies();
  const watchers = new Watchers({ fileLimit }, { catalog, views, unsent, clock });
  const put = (facts: Partial<Service>): void => void catalog.merge(record(facts), { reason: 'received' });
  let flips = 0;
  put({ image: 'web:0' });
  return {
    clock,
    catalog,
    watchers,
    unsent,
    put,
    /** Changes the status: one event. */
    flip: (): void => {
      flips += 1;
      put({ image: `web:${flips}`, status: (flips % 2) * 2, updated: record().updated + BigInt(flips) });
    },
    watch: (form: WatchForm = 'by-service', isSlow = false): Sink & { gone: () => void } => {
      const sink = new Sink(isSlow);
      const gone = watchers.add(form, sink);
      if (!gone) throw new Error('the watcher was refused');
      return Object.assign(sink, { gone });
    },
  };
}

describe('a watcher', () => {
  test('gets the current state at once, and one object after each change', async () => {
    const { clock, flip, watch } = room();
    const sink = watch();
    expect(sink.versions).toEqual([0]);
    await clock.advance(10_000);
    for (let i = 0; i < 3; i += 1) {
      flip();
      await clock.advance(PACE_MS);
    }
    expect(sink.versions).toEqual([0, 1, 2, 3]);
  });

  test('gets nothing for a record that is only refreshed', async () => {
    const { clock, put, watch } = room();
    const sinks = (['by-service', 'state', 'extended-state'] as const).map((form) => watch(form));
    put({ image: 'web:0', updated: record().updated + 1n });
    await clock.advance(PACE_MS);
    expect(sinks.map(({ pieces }) => pieces.length)).toEqual([1, 1, 1]);
    expect(clock.armed).toBe(1); // for the first objects alone
  });

  test('gets an object for another content only in the form of our own agents', async () => {
    const { clock, put, watch } = room();
    const sinks = (['by-service', 'state', 'extended-state'] as const).map((form) => watch(form));
    put({ image: 'web:1', updated: record().updated + 1n });
    await clock.advance(PACE_MS);
    expect(sinks.map(({ pieces }) => pieces.length)).toEqual([1, 1, 2]);
    put({ image: 'web:1', updated: record().updated + 2n, status: 1 });
    await clock.advance(PACE_MS);
    expect(sinks.map(({ pieces }) => pieces.length)).toEqual([2, 2, 3]);
  });

  test('gets one object for all changes of one moment, also when it came in their midst', async () => {
    const { clock, flip, watch } = room();
    const sink = watch();
    flip();
    flip();
    const late = watch();
    await clock.advance(PACE_MS);
    expect(sink.versions).toEqual([0, 2]);
    expect(late.versions).toEqual([2]);
  });

  test('gets the first state of a burst at once, the last one in the end, and others at a pace', async () => {
    const { clock, flip, watch } = room();
    const sink = watch();
    await clock.advance(1000);
    flip();
    await clock.advance(0);
    expect(sink.versions).toEqual([0, 1]);
    for (let i = 0; i < 100; i += 1) {
      flip();
      await clock.advance(1);
    }
    await clock.advance(PACE_MS);
    expect(sink.versions).toEqual([0, 1, 51, 101]);
  });

  test('that is gone gets nothing more, whatever was on its way', async () => {
    const { clock, flip, watch, watchers } = room();
    const sink = watch('state', true);
    flip();
    await clock.advance(PACE_MS);
    sink.gone();
    sink.read();
    flip();
    await clock.advance(PACE_MS);
    expect(sink.pieces).toHaveLength(1);
    expect(watchers.numbers()).toMatchObject({ watchers: 0, unsentBytes: 0 });
  });
});

describe('a slow watcher', () => {
  test('is skipped forward to the newest state; what it missed is counted, and nobody else waits for it', async () => {
    const { clock, flip, watch, watchers } = room();
    const slow = watch('by-service', true);
    const fast = watch();
    for (let i = 0; i < 5; i += 1) {
      flip();
      await clock.advance(PACE_MS);
    }
    expect(slow.versions).toEqual([0]);
    expect(fast.versions).toEqual([0, 1, 2, 3, 4, 5]);
    expect(watchers.numbers()).toMatchObject({ skipped: 4, sent: 7, unsentBytes: slow.pieces[0]?.length });
    slow.read();
    await clock.advance(0);
    expect(slow.versions).toEqual([0, 5]);
    slow.read();
    await clock.advance(0);
    expect(slow.versions).toEqual([0, 5]);
    flip();
    await clock.advance(PACE_MS);
    expect(slow.versions).toEqual([0, 5, 6]);
  });

  test('is given up when it has not taken an object after 30 s; one that took its own later is not', async () => {
    const { clock, flip, watch, watchers } = room();
    const stuck = watch('by-service', true);
    const slow = watch('by-service', true);
    await clock.advance(LIMIT_MS - 1000);
    slow.read();
    flip();
    await clock.advance(999);
    expect(stuck.state).toBe('open');
    await clock.advance(1);
    expect([stuck.state, slow.state]).toEqual(['destroyed', 'open']);
    expect(watchers.numbers()).toMatchObject({ watchers: 1, cut: 1 });
    slow.read();
    await clock.advance(LIMIT_MS);
    expect([slow.state, slow.versions]).toEqual(['open', [0, 1]]);
    expect(clock.armed).toBe(0);
  });

  test('holds its object in memory until it has taken it or is gone, and is cut off when others need that memory', async () => {
    const { clock, flip, unsent, watch, watchers } = room();
    const [taking, leaving, stuck] = [watch('state', true), watch('state', true), watch('state', true)];
    const { length } = stuck.pieces[0]!;
    expect(unsent.numbers().bytes).toBe(length);
    taking.read();
    leaving.gone();
    expect(unsent.numbers().bytes).toBe(length);
    unsent.hold({}, 64 * 1024 * 1024, () => undefined);
    expect([taking, leaving, stuck].map(({ state }) => state)).toEqual(['open', 'open', 'destroyed']);
    expect(watchers.numbers()).toMatchObject({ watchers: 1, cut: 1, unsentBytes: 0 });
    flip();
    await clock.advance(PACE_MS);
    expect(taking.versions).toEqual([0, 1]);
  });
});

test('a change that nobody watches needs no timer', () => {
  const { clock, flip, watch } = room();
  watch().gone();
  const before = clock.armed;
  flip();
  expect(clock.armed).toBe(before);
});

describe('all watchers', () => {
  test('share one encoding of each form', async () => {
    const { clock, flip, watch } = room();
    const forms = ['by-service', 'state', 'extended-state'] as const;
    const sinks = [...forms, ...forms].map((form) => watch(form));
    flip();
    await clock.advance(PACE_MS);
    const bodies = new Set(sinks.flatMap(({ pieces }) => pieces));
    expect([sinks.flatMap(({ pieces }) => pieces).length, bodies.size]).toEqual([12, 6]);
  });

  test('are served a part at a time, and each gets the newest state once its turn has come', async () => {
    const { clock, flip, watch } = room();
    const sinks = Array.from({ length: 200 }, () => watch());
    const served = (): number => sinks.filter(({ pieces }) => pieces.length > 1).length;
    flip();
    // Every turn is a timer that is due at once; a look after each of them needs one that is, too.
    const seen: number[] = [];
    const look = (): void => {
      seen.push(served());
      if (served() < sinks.length) clock.after(0, look);
    };
    clock.after(0, look);
    await clock.advance(0);
    expect(seen).toEqual([64, 128, 192, 200]);
    expect(new Set(sinks.map(({ versions }) => versions.join()))).toEqual(new Set(['0,1']));
  });

  test('at rest need no timer', async () => {
    const { clock, watch, watchers } = room();
    for (let i = 0; i < 100; i += 1) watch();
    await clock.advance(LIMIT_MS);
    expect([clock.armed, watchers.numbers().watchers]).toEqual([0, 100]);
  });

  test('are at most 10,000, and a quarter of the files that may be open; more are refused and counted', () => {
    for (const [fileLimit, most] of [
      [undefined, 10_000],
      [1024, 256],
    ] as const) {
      const { watch, watchers } = room(fileLimit);
      const sinks = Array.from({ length: most }, () => watch());
      expect(watchers.add('state', new Sink())).toBeUndefined();
      sinks[0]?.gone();
      expect(watchers.add('state', new Sink())).toBeDefined();
      expect(watchers.numbers()).toMatchObject({ watchers: most, refused: 1 });
    }
  });

  test('get the last state at the end, as far as they have taken the one before, and no other comes after it', async () => {
    const { clock, flip, watch, watchers } = room();
    const stop = new AbortController();
    let isReady = false;
    const ended = watchers.run(stop.signal, () => (isReady = true));
    expect(isReady).toBe(true);
    const [fast, slow] = [watch(), watch('by-service', true)];
    await clock.advance(1000);
    flip();
    stop.abort();
    await ended;
    expect([fast.state, fast.versions]).toEqual(['ended', [0, 1]]);
    expect([slow.state, slow.versions]).toEqual(['ended', [0]]);
    slow.read();
    flip();
    await clock.advance(LIMIT_MS);
    await settle();
    expect([fast.pieces.length, slow.pieces.length, clock.armed]).toEqual([2, 1, 0]);
    expect(watchers.add('state', new Sink())).toBeUndefined();
  });
});
