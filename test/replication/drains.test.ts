import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { drainsText, parseDrains } from '../../src/replication/drain-list.js';
import { Drains, ENDING_MS } from '../../src/replication/drains.js';
import { FakeClock, fakeWall } from '../support/time.js';

const WEB = { hostname: 'h1', id: 'a' };
const DB = { hostname: 'h1', id: 'b' };

let clock: FakeClock;
let drains: Drains;
beforeEach(() => {
  clock = new FakeClock();
  drains = new Drains({ clock, wall: fakeWall(clock) });
});

describe('drains', () => {
  test('last until they are ended, and then end for peers, too', async () => {
    drains.begin(WEB);
    await clock.advance(86_400_000);
    drains.tick();
    expect([drains.phaseOf(WEB), drains.phaseOf(DB)]).toEqual(['draining', undefined]);
    expect([drains.end(WEB), drains.end(WEB), drains.end(DB)]).toEqual([true, false, false]);
    expect(drains.phaseOf(WEB)).toBe('ending');
    await clock.advance(ENDING_MS);
    expect(drains.phaseOf(WEB)).toBeUndefined();
  });

  test('end by themselves, at the time that was asked for last', async () => {
    drains.begin(WEB, { forMs: 1000 });
    drains.begin(WEB, { forMs: 5000 });
    await clock.advance(4999);
    drains.tick();
    expect(drains.phaseOf(WEB)).toBe('draining');
    await clock.advance(2); // the wall clock never shows the same time twice
    drains.tick();
    expect(drains.phaseOf(WEB)).toBe('ending');
  });

  test('begin anew while they end', () => {
    drains.begin(WEB);
    drains.end(WEB);
    drains.begin(WEB);
    expect(drains.phaseOf(WEB)).toBe('draining');
  });

  test('end at once with their instance, and are not taken for unknown when it reappears', () => {
    drains.begin(WEB);
    drains.begin(DB);
    drains.forget(WEB);
    drains.forgetUnless(({ id }) => id !== DB.id);
    for (const gone of [WEB, DB]) expect([drains.phaseOf(gone), drains.knows(gone)]).toEqual([undefined, true]);
  });

  test('are ended once more for peers that missed it, but not all the time', async () => {
    drains.begin(WEB);
    expect(drains.endAgain(WEB)).toBe(false);
    drains.end(WEB);
    await clock.advance(59_999);
    expect([drains.mayEndAgain(WEB), drains.endAgain(WEB)]).toEqual([false, false]);
    await clock.advance(1);
    expect([drains.mayEndAgain(WEB), drains.endAgain(WEB), drains.phaseOf(WEB)]).toEqual([true, true, 'ending']);
    expect([drains.endAgain(WEB), drains.endAgain(DB)]).toEqual([false, false]);
  });

  test('of a former life come back, but for what has begun or ended since', () => {
    drains.begin(WEB, { forMs: 1000 });
    drains.begin(DB);
    drains.end(DB);
    const before = drains.kept();
    const next = new Drains({ clock, wall: fakeWall(clock) });
    next.begin(DB);
    next.restore(before);
    expect([next.phaseOf(WEB), next.phaseOf(DB)]).toEqual(['draining', 'draining']);
    const last = new Drains({ clock, wall: fakeWall(clock) });
    last.restore(before);
    expect([last.phaseOf(WEB), last.phaseOf(DB), last.knows(DB)]).toEqual(['draining', undefined, true]);
  });

  test('that are over are forgotten beyond a thousand, the one over longest first', () => {
    for (let i = 0; i <= 1000; i += 1) {
      const record = { hostname: 'h1', id: `${i}` };
      drains.begin(record);
      drains.end(record);
    }
    expect([drains.kept().length, drains.knows({ hostname: 'h1', id: '0' })]).toEqual([1000, false]);
    expect(drains.knows({ hostname: 'h1', id: '1' })).toBe(true);
  });

  test('rise in version with every change', () => {
    const versions = [
      () => drains.begin(WEB),
      () => drains.begin(WEB, { forMs: 1000 }),
      () => drains.end(WEB),
      () => drains.begin(WEB),
      () => drains.forget(WEB),
    ].map((act) => (act(), drains.version));
    expect(versions).toEqual([1, 2, 3, 4, 5]);
  });
});

const SINCE = '"since":"2026-01-01T00:00:00Z",';

describe('the list of drains on disk', () => {
  test('is read as it was written', () => {
    const time = fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n });
    const drain = fc.record({
      hostname: fc.string(),
      id: fc.string(),
      sinceNs: time,
      untilNs: fc.option(time, { nil: undefined }),
      isOver: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(drain), (list) => {
        expect(parseDrains(drainsText(list))).toEqual({ ok: true, value: list });
      }),
    );
  });

  test.each([
    ['{', 'it is not JSON'],
    ['{}', 'it is not a list'],
    ['[null]', 'item 0 is no'],
    [`[{"hostname":"h1","id":"a",${SINCE}"until":null,"isOver":false},{"hostname":"h1"}]`, 'item 1 is no'],
    [`[{"hostname":"h1","id":"a",${SINCE}"until":"soon","isOver":false}]`, 'item 0 is no'],
    [`[{"hostname":"h1","id":"a",${SINCE}"until":5,"isOver":false}]`, 'item 0 is no'],
    [`[{"hostname":"h1","id":"a",${SINCE}"until":null}]`, 'item 0 is no'],
    ['[{"hostname":"h1","id":"a","until":null,"isOver":false}]', 'item 0 is no'],
    ['[{"hostname":"h1","id":"a","since":null,"until":null,"isOver":false}]', 'item 0 is no'],
  ])('%s is refused', (text, fault) => {
    expect(parseDrains(text)).toEqual({ ok: false, fault: expect.stringContaining(fault) });
  });
});
