import { expect, test } from '@jest/globals';
import { keptDrains } from '../../src/compose/kept-state.js';
import { Drains } from '../../src/replication/drains.js';
import { FakeClock, fakeWall } from '../support/time.js';

const WEB = { hostname: 'h1', id: 'a' };

function life() {
  const clock = new FakeClock();
  const drains = new Drains({ clock, wall: fakeWall(clock) });
  return { drains, kept: keptDrains(drains) };
}

test('drains are written when one begins or ends, and come back in the next life', () => {
  const { drains, kept } = life();
  expect(kept.encode()).toBeUndefined();
  drains.begin(WEB, { forMs: 60_000, cause: 'stop' });
  const text = kept.encode() ?? '';
  expect(kept.encode()).toBeUndefined();
  const next = life();
  expect(next.kept.restore(text, 1)).toBeUndefined();
  expect([next.drains.phaseOf(WEB), next.drains.kept()]).toEqual(['draining', drains.kept()]);
  drains.end(WEB);
  const last = life();
  expect(last.kept.restore(kept.encode() ?? '', 1)).toBeUndefined();
  expect([last.drains.phaseOf(WEB), last.drains.knows(WEB)]).toEqual([undefined, true]);
});

test('what is no list of drains is refused with what is wrong', () => {
  expect(life().kept.restore('{}', 1)).toBe('is no list of drains: it is not a list');
});
