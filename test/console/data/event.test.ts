import { describe, expect, test } from '@jest/globals';
import { hasAllSince, withMore, withNewer, type AgentEvent } from '../../../src/console/data/event.js';
import { eventOf } from '../support.js';

const events = (from: number, to: number): readonly AgentEvent[] =>
  Array.from({ length: to - from + 1 }, (_, i) => eventOf({ id: from + i }));
const ids = (list: readonly AgentEvent[]): readonly number[] => list.map(({ id }) => id);

describe('the newest events', () => {
  test('have all that came since, until more come at once than are kept', () => {
    const known = events(1, 10);
    expect(hasAllSince(known, withNewer(known, events(11, 500)))).toBe(true);
    expect(hasAllSince(known, withNewer(known, events(11, 1_009)))).toBe(true);
    expect(hasAllSince(known, withNewer(known, events(11, 1_010)))).toBe(false);
    expect(hasAllSince([], withNewer([], events(1, 999)))).toBe(true);
    expect(hasAllSince([], withNewer([], events(1, 1_001)))).toBe(false);
  });

  test('are put together with others of before, each once and within a bound', () => {
    const known = events(5, 8);
    expect(ids(withMore(known, events(7, 10), 5))).toEqual([6, 7, 8, 9, 10]);
    expect(withMore(known, known.slice(1), 5)).toBe(known);
    expect(withMore(known, events(1, 4), 4)).toBe(known);
  });
});
