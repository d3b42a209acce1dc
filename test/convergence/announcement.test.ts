import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeAnnouncement,
  encodeAnnouncement,
  MAX_PORTS,
  MAX_SAMPLES,
  tagOf,
  type Announcement,
} from '../../src/convergence/announcement.js';
import type { Sample } from '../../src/convergence/sample.js';

const VIEW = '0123456789abcdef';
const samples = (count: number): readonly Sample[] => Array.from({ length: count }, (_, key) => ({ key, delayMs: 20 }));
const holders = (count: number): ReadonlyMap<number, number> =>
  new Map(Array.from({ length: count }, (_, i) => [60_000 - i, i] as const));
const bytesOf = (told: Readonly<Record<string, string>>): number => JSON.stringify(told).length - 1;
const keysOf = (announcement: Announcement | undefined): readonly number[] | undefined =>
  announcement?.samples.map(({ key }) => key);

describe('an announcement', () => {
  test('is read as it was written', () => {
    const contested = new Map([[8080, tagOf('web')]]);
    const told = encodeAnnouncement({ view: VIEW, samples: samples(3), holders: contested }, 400);
    expect(Object.keys(told)).toEqual(['View', 'Ports', 'Delays']);
    const read = decodeAnnouncement(told);
    expect([read?.view, keysOf(read), read?.holders]).toEqual([VIEW, [0, 1, 2], contested]);
  });

  test('says nothing of what is empty', () => {
    expect(encodeAnnouncement({ view: VIEW, samples: [], holders: new Map() }, 400)).toEqual({ View: VIEW });
  });

  test('never takes more than its room, in which the view comes first, then the ports', () => {
    const whole = { view: VIEW, samples: samples(100), holders: holders(20) };
    const seen = new Set<string>();
    for (let room = 0; room <= 400; room += 1) {
      const told = encodeAnnouncement(whole, room);
      if (Object.keys(told).length > 0) expect(bytesOf(told)).toBeLessThanOrEqual(room);
      seen.add(Object.keys(told).join());
    }
    expect([...seen]).toEqual(['', 'View', 'View,Delays', 'View,Ports', 'View,Ports,Delays']);
  });

  test('carries the first samples that fit, at most 40, and the first ports, at most 8', () => {
    const roomy = decodeAnnouncement(
      encodeAnnouncement({ view: VIEW, samples: samples(99), holders: holders(99) }, 999),
    );
    expect([keysOf(roomy), [...(roomy?.holders.keys() ?? [])]]).toEqual([
      samples(MAX_SAMPLES).map(({ key }) => key),
      Array.from({ length: MAX_PORTS }, (_, i) => 60_000 - 98 + i),
    ]);
    const tight = decodeAnnouncement(encodeAnnouncement({ view: VIEW, samples: samples(99), holders: new Map() }, 100));
    const count = keysOf(tight)?.length ?? 0;
    expect(keysOf(tight)).toEqual(samples(count).map(({ key }) => key));
    expect(count).toBe(11); // 26 bytes are the view's, 12 stand around the delays, and 60 digits are 45 bytes
  });
});

describe('metadata from anybody', () => {
  test.each([
    ['an original', {}],
    ['a view that is no text', { View: 7 }],
    ['a view of another length', { View: '01234567' }],
    ['a view with other letters', { View: '0123456789ABCDEF' }],
  ])('tell of no view: %s', (_, told) => {
    expect(decodeAnnouncement(told)).toBeUndefined();
  });

  test('lose only the part that cannot be read', () => {
    const read = decodeAnnouncement({ View: VIEW, Delays: ['x'], Ports: 'AAA' });
    expect(read).toEqual({ view: VIEW, samples: [], holders: new Map() });
  });

  test('never break the reader', () => {
    const value = fc.oneof(fc.jsonValue(), fc.string({ maxLength: 500 }), fc.base64String({ maxLength: 500 }));
    fc.assert(
      fc.property(fc.record({ View: fc.constant(VIEW), Delays: value, Ports: value }), (told) => {
        expect(decodeAnnouncement(told)?.view).toBe(VIEW);
      }),
    );
  });
});
