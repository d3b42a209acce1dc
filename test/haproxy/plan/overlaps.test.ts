import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bindsOf } from '../../../src/haproxy/binds.js';
import { isOverlap, overlapsOf } from '../../../src/haproxy/plan/overlaps.js';
import type { Place } from '../../../src/haproxy/ports.js';

const place = (address: string, port = 80, v6only = false): Place => ({ address, port, v6only });

describe('two places', () => {
  test.each<[string, Place, Place, boolean]>([
    ['the same', place('10.0.0.1'), place('10.0.0.1'), true],
    ['another port', place('10.0.0.1'), place('10.0.0.1', 81), false],
    ['another address', place('10.0.0.1'), place('10.0.0.2'), false],
    ['an address and all of its family', place('10.0.0.1'), place('0.0.0.0'), true],
    ['an IPv6 address and all of its family', place('fd00::1'), place('::'), true],
    ['an IPv6 address and all IPv4 addresses', place('fd00::1'), place('0.0.0.0'), false],
    ['an IPv4 address and all addresses', place('10.0.0.1'), place('::'), true],
    ['all IPv4 addresses and all addresses', place('0.0.0.0'), place('::'), true],
    ['an IPv4 address and all IPv6 addresses only', place('10.0.0.1'), place('::', 80, true), false],
    ['an IPv6 address and all IPv6 addresses only', place('fd00::1'), place('::', 80, true), true],
    ['all IPv6 addresses, twice', place('::', 80, true), place('::'), true],
    ['two spellings of an address', place('fd00:0::1'), place('FD00::1'), true],
    ['an IPv4 address and its IPv6 spelling', place('10.0.0.1'), place('::ffff:10.0.0.1'), true],
  ])('%s: %j %j %p', (_what, a, b, expected) => {
    expect([isOverlap(a, b), isOverlap(b, a)]).toEqual([expected, expected]);
  });
});

describe('rivals in a configuration', () => {
  const rivals = (...frontends: readonly string[]): readonly (readonly string[])[] =>
    overlapsOf(bindsOf(frontends.map((bind, i) => `frontend f${i}\n bind ${bind}\n`).join(''))).map((group) =>
      group.map(({ proxy, spec }) => `${proxy} ${spec}`),
    );

  test('who listens alone has none', () => {
    expect(rivals('10.0.0.1:80', '10.0.0.2:80', '10.0.0.1:81', '[::]:82 v6only', ':82')).toEqual([]);
  });

  test('they come in groups, all in the order of the file', () => {
    expect(rivals('10.0.0.1:90', '10.0.0.2:80', '10.0.0.1:90', '10.0.0.2:80', '10.0.0.1:90')).toEqual([
      ['f0 10.0.0.1:90', 'f2 10.0.0.1:90', 'f4 10.0.0.1:90'],
      ['f1 10.0.0.2:80', 'f3 10.0.0.2:80'],
    ]);
  });

  test('a wildcard brings together who overlaps it', () => {
    expect(rivals('10.0.0.1:80', '10.0.0.2:80', '[fd00::1]:80', ':80')).toEqual([
      ['f0 10.0.0.1:80', 'f1 10.0.0.2:80', 'f3 :80'],
    ]);
  });

  test('one section that listens twice is a group, too', () => {
    expect(rivals(':80,:80')).toEqual([['f0 :80', 'f0 :80']]);
  });

  test('a range overlaps within', () => expect(rivals(':80-82', ':82-84')).toEqual([['f0 :80-82', 'f1 :82-84']]));

  test('they are the places that hold together by overlaps, whatever the places', () => {
    const any = fc.record({
      address: fc.constantFrom('0.0.0.0', '::', '10.0.0.1', '10.0.0.2', '::1', 'fd00::1'),
      port: fc.constantFrom(80, 81),
      v6only: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 10 }), (places) => {
        expect(overlapsOf(places)).toEqual(heldTogether(places));
      }),
    );
  });

  /** The slow way: from each place to all that it reaches. */
  function heldTogether(places: readonly Place[]): readonly (readonly Place[])[] {
    const seen = new Set<Place>();
    const groups: Place[][] = [];
    for (const first of places) {
      if (seen.has(first)) continue;
      const group = new Set([first]);
      for (const one of group) for (const other of places) if (isOverlap(one, other)) group.add(other);
      for (const one of group) seen.add(one);
      if (group.size > 1) groups.push(places.filter((each) => group.has(each)));
    }
    return groups;
  }
});
