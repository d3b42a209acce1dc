import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ProxyMemory } from '../../src/haproxy/proxy-memory.js';

const remembering = (): ProxyMemory => new ProxyMemory(() => undefined);
const process = { pid: 7, startedMs: 1_000_000, text: 'frontend web' };

test('what HAProxy was started with, and who has which port, comes back in the next life', () => {
  fc.assert(
    fc.property(
      fc.record({ pid: fc.nat(), startedMs: fc.nat(), text: fc.string() }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 65_535 }), fc.string())),
      (loaded, holders) => {
        const before = remembering();
        before.loaded(loaded);
        before.hold(new Map(holders));
        const after = remembering();
        expect(after.restore(before.encode() ?? '')).toBeUndefined();
        expect([after.textOf(loaded), after.holders]).toEqual([loaded.text, new Map(holders)]);
        expect(after.encode()).toBeUndefined();
      },
    ),
  );
});

test('a process is only believed to be the one we know by its number and its start together', () => {
  const memory = remembering();
  memory.loaded(process);
  expect(memory.textOf({ pid: 7, startedMs: 1_004_000 })).toBe('frontend web');
  expect(memory.textOf({ pid: 7, startedMs: 1_006_000 })).toBeUndefined();
  expect(memory.textOf({ pid: 8, startedMs: 1_000_000 })).toBeUndefined();
  expect(remembering().textOf(process)).toBeUndefined();
});

test('it is written when something is new, at once when HAProxy was loaded', () => {
  let urgent = 0;
  const memory = new ProxyMemory(() => (urgent += 1));
  expect(memory.encode()).toBeUndefined();
  memory.hold(new Map([[80, 'web']]));
  expect([memory.encode() !== undefined, memory.encode(), urgent]).toEqual([true, undefined, 0]);
  memory.hold(new Map([[80, 'web']]));
  expect(memory.encode()).toBeUndefined();
  memory.hold(new Map([[81, 'web']]));
  expect([memory.encode() !== undefined, [...memory.holders]]).toEqual([
    true,
    [
      [80, 'web'],
      [81, 'web'],
    ],
  ]);
  memory.hold(new Map([[80, 'api']]));
  expect(memory.holders.get(80)).toBe('api');
  memory.loaded(process);
  expect([urgent, memory.encode() !== undefined]).toEqual([1, true]);
});

test('what is newer than the kept state is not overwritten by it', () => {
  const before = remembering();
  before.loaded(process);
  before.hold(new Map([[80, 'old']]));
  const after = remembering();
  after.loaded({ ...process, text: 'newer' });
  after.hold(new Map([[80, 'new']]));
  after.restore(before.encode() ?? '');
  expect([after.textOf(process), after.holders.get(80)]).toEqual(['newer', 'new']);
});

describe('garbage is refused with what is wrong, and changes nothing', () => {
  test.each([
    ['', 'is no JSON object'],
    ['[]', 'is no JSON object'],
    ['null', 'is no JSON object'],
    ['{}', 'has no list of ServicePorts and services'],
    ['{"holders":[[80]]}', 'has no list of ServicePorts and services'],
    ['{"holders":[["80","web"]]}', 'has no list of ServicePorts and services'],
    [
      JSON.stringify({ holders: Array.from({ length: 65_537 }, (_, i) => [i, 'x']) }),
      'has no list of ServicePorts and services',
    ],
    ['{"holders":[],"loaded":{"pid":1,"startedMs":2}}', 'does not say what HAProxy was started with'],
    ['{"holders":[[80,"web"]],"loaded":null}', 'does not say what HAProxy was started with'],
  ])('%.60s', (text, words) => {
    const memory = remembering();
    expect(memory.restore(text)).toBe(words);
    expect([memory.holders.size, memory.textOf(process)]).toEqual([0, undefined]);
  });
});
