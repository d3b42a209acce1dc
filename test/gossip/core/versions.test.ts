import { describe, expect, test } from '@jest/globals';
import {
  ownVersions,
  parseVsn,
  plausible,
  sameVersions,
  versionMismatch,
  vsnOf,
} from '../../../src/gossip/core/versions.js';

const entry = (name: string, versions: readonly number[], alive = true) => ({
  name,
  alive,
  versions: parseVsn(Uint8Array.from(versions)) ?? ownVersions([0, 0, 0]),
});

describe('versions (PROTOCOL 4)', () => {
  test('of a Sidecar are 1 5 2 0 0 0', () => {
    expect([...vsnOf(ownVersions([0, 0, 0]))]).toEqual([1, 5, 2, 0, 0, 0]);
  });

  test('are exactly six bytes', () => {
    expect(parseVsn(Uint8Array.of(1, 5, 2, 2, 5, 4))).toEqual(ownVersions([2, 5, 4]));
    for (const length of [0, 1, 5, 7]) expect(parseVsn(new Uint8Array(length))).toBeUndefined();
  });

  test('are compared in all their numbers', () => {
    expect(sameVersions(ownVersions([2, 5, 4]), ownVersions([2, 5, 4]))).toBe(true);
    expect(sameVersions(ownVersions([2, 5, 4]), ownVersions([2, 5, 5]))).toBe(false);
  });

  test('make no sense with a pmin or pmax of 0, or in the wrong order', () => {
    const own = ownVersions([0, 0, 0]);
    expect([own, { ...own, pmin: 0 }, { ...own, pmax: 0 }, { ...own, pmin: 6 }].map(plausible)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('the version check (PROTOCOL 12)', () => {
  test('Go Sidecars, alertmanager and we go together, and so do numbers that overlap', () => {
    expect(versionMismatch([entry('a', [1, 5, 2, 0, 0, 0]), entry('b', [1, 5, 2, 0, 0, 0])])).toBeUndefined();
    expect(versionMismatch([entry('a', [1, 5, 2, 2, 5, 4]), entry('b', [1, 5, 2, 2, 5, 5])])).toBeUndefined();
  });

  test('the dead do not say what must be understood, but must be understood', () => {
    const living = entry('a', [1, 5, 2, 0, 0, 0]);
    expect(versionMismatch([living, entry('b', [1, 1, 2, 0, 0, 0], false)])).toBeUndefined();
    expect(versionMismatch([living, entry('b', [1, 5, 6, 0, 0, 0], false)])).toEqual({
      code: 'VERSIONS_INCOMPATIBLE',
      member: 'b',
      part: 'protocol',
      speaks: 6,
      understood: [1, 5],
    });
  });
});
