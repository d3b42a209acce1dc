import { describe, expect, test } from '@jest/globals';
import type { ChangeEvent } from '../../src/catalog/reader.js';
import { instanceKey, OwnDelays, type ServedView } from '../../src/convergence/own-delays.js';
import { changeKey, type Sample } from '../../src/convergence/sample.js';
import { Status, type Service } from '../../src/service/service.js';
import { record } from '../support/records.js';

const T0 = 1_700_000_000_000_000_000n;
const at = (ms: number): bigint => T0 + BigInt(ms) * 1_000_000n;

/** What is served, as `host id` with any text. */
function view(contentVersion: number, served: Readonly<Record<string, string>>): ServedView {
  return {
    hash: JSON.stringify(served),
    contentVersion,
    servedAs: (instances) => new Map(Object.entries(served).filter(([key]) => instances.has(key))),
  };
}

const change = (contentVersion: number, service: Service, more: Partial<ChangeEvent> = {}): ChangeEvent => ({
  ...{ kind: 'status', service, previousStatus: Status.Alive, reason: 'received', detail: undefined },
  ...{ time: service.updated, contentVersion },
  ...more,
});

const web = (id: string, updatedMs: number, more: Partial<Service> = {}): Service =>
  record({ id, updated: at(updatedMs), ...more });
const key = (id: string): string => instanceKey('h1', id);

/** HAProxy comes to serve `next`. @returns what is measured by that */
function serve(own: OwnDelays, next: ServedView, ms: number): readonly Sample[] {
  own.serve(next, ms, at(ms));
  return own.lately(0, 5_000, ms);
}

/** Serves nothing yet, from content version 0 on, and knows no skew. */
function measuring(skewMs: (host: string) => number | undefined = () => undefined): OwnDelays {
  const own = new OwnDelays(skewMs);
  serve(own, view(0, {}), 0);
  return own;
}

describe('a change is measured', () => {
  test('from the time of its record until HAProxy serves it', () => {
    const own = measuring();
    const added = web('a', 100);
    own.note(change(1, added), 105);
    expect(own.pendingMs(135)).toBe(30);
    expect(serve(own, view(1, { [key('a')]: 'new' }), 130)).toEqual([{ key: changeKey(added), delayMs: 30, at: 130 }]);
    expect(own.pendingMs(135)).toBeUndefined();
  });

  test('each with its own delay when several come to HAProxy together, and those that came later wait', () => {
    const own = measuring();
    for (const [i, id] of ['a', 'b', 'c'].entries()) own.note(change(i + 1, web(id, 10 * i)), 10 * i);
    const both = { [key('a')]: '', [key('b')]: '' };
    expect(serve(own, view(2, both), 50).map(({ delayMs }) => delayMs)).toEqual([50, 40]);
    const all = { ...both, [key('c')]: '' };
    expect(serve(own, view(3, all), 90).map(({ delayMs }) => delayMs)).toEqual([70]);
  });

  test('by the clock of its origin, as far as that is known to be ahead', () => {
    const own = measuring((host) => (host === 'h1' ? 5_000 : undefined));
    own.note(change(1, web('a', 5_100)), 110);
    expect(serve(own, view(1, { [key('a')]: '' }), 140)[0]?.delayMs).toBe(40);
  });
});

describe('no change of the proxy is', () => {
  test('what comes before HAProxy serves anything', () => {
    const own = new OwnDelays(() => undefined);
    own.note(change(1, web('a', 0)), 0);
    expect(serve(own, view(1, { [key('a')]: '' }), 10)).toEqual([]);
    expect(serve(own, view(1, {}), 20)).toEqual([]);
  });

  test('what its servers do not differ by, and nobody waits for it', () => {
    const own = measuring();
    own.note(change(1, web('udp', 0)), 0);
    expect([serve(own, view(1, {}), 10), own.pendingMs(10)]).toEqual([[], undefined]);
    own.note(change(2, web('udp', 20)), 20);
    own.note(change(3, web('a', 20)), 20);
    expect(serve(own, view(3, { [key('a')]: '' }), 50)).toHaveLength(1);
  });

  test.each([
    ['a new instance that is not checked yet', Status.Unknown, Status.Unknown],
    ['the end of an instance that was not well', Status.Unhealthy, Status.Tombstone],
  ])('%s', (_, previousStatus, status) => {
    const own = measuring();
    own.note(change(1, web('a', 0, { status }), { previousStatus }), 0);
    expect(own.pendingMs(10)).toBeUndefined();
  });

  test.each(['expired', 'member-lost', 'restored', 'vanished', 'forgotten'] as const)(
    'what every host concludes by itself or remembers: %s',
    (reason) => {
      const own = measuring();
      own.note(change(1, web('a', 0), { reason }), 0);
      expect(serve(own, view(1, { [key('a')]: '' }), 10)).toEqual([]);
    },
  );
});

describe('what is told of', () => {
  /** Many changes, all at once or in two halves a second apart. */
  function afterMany(halves: boolean): OwnDelays {
    const own = measuring();
    const ids = Array.from({ length: 200 }, (_, i) => `i${i}`);
    for (const [i, id] of ids.entries()) own.note(change(i + 1, web(id, 0)), 0);
    const served = (count: number): Record<string, string> =>
      Object.fromEntries(ids.slice(0, count).map((id) => [key(id), '']));
    if (halves) own.serve(view(100, served(100)), 1_000, at(1_000));
    own.serve(view(200, served(200)), 2_000, at(2_000));
    return own;
  }

  test('are the changes with the smallest keys, the same on every host, however they came to HAProxy', () => {
    const [together, apart] = [afterMany(false), afterMany(true)].map((own) =>
      own.lately(10_000, 40, 3_000).map((sample) => sample.key),
    );
    expect(together).toHaveLength(40);
    expect(apart).toEqual(together);
    expect([...(together ?? [])].sort((a, b) => a - b)).toEqual(together);
  });

  test('is over after its window', () => {
    const own = afterMany(true);
    expect(own.lately(10_000, 999, 11_000)).toHaveLength(200);
    expect(own.lately(10_000, 999, 11_001)).toHaveLength(100);
    expect(own.lately(10_000, 999, 12_001)).toEqual([]);
  });
});

test('while HAProxy does not follow, 5,000 changes wait, and the oldest are not measured', () => {
  const own = measuring();
  for (let i = 1; i <= 5_010; i += 1) own.note(change(i, web(`i${i}`, i)), i);
  expect([own.dropped, own.pendingMs(6_000)]).toEqual([10, 6_000 - 11]);
});
