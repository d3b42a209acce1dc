import { expect, test } from '@jest/globals';
import type { RefusedRecord } from '../../src/replication/refused-records.js';
import { Refusals } from '../../src/replication/refusals.js';
import { silent } from '../http/support.js';
import { record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';

function room() {
  const clock = new FakeClock();
  const told: RefusedRecord[] = [];
  const onRefused = (refused: RefusedRecord): void => void told.push(refused);
  const refusals = new Refusals({ onRefused, clock, wall: fakeWall(clock), log: silent });
  return { clock, told, refusals };
}

test('a refused record is told once an hour, for each reason', async () => {
  const { clock, told, refusals } = room();
  for (let n = 0; n < 3; n += 1) refusals.notAccepted('STALE', record());
  refusals.notAccepted('FROM_THE_FUTURE', record());
  refusals.notAccepted('STALE', record({ id: 'b' }));
  await clock.advance(3_600_000);
  refusals.notAccepted('STALE', record());
  expect(told.map(({ code, id }) => `${code} ${id}`)).toEqual([
    ...['STALE aaaaaaaaaaaa', 'FROM_THE_FUTURE aaaaaaaaaaaa', 'STALE b', 'STALE aaaaaaaaaaaa'],
  ]);
});

test('of what is no record of anybody nothing is told, of a bad record whose it is', () => {
  const { told, refusals } = room();
  const fault = { code: 'WRONG_TYPE', field: 'Ports', seen: '"no"', expected: 'a list' } as const;
  refusals.unreadable(fault);
  refusals.unreadable({ ...fault, of: { name: 'web', hostname: 'h2', id: 'a', updated: undefined } });
  expect(told).toEqual([
    expect.objectContaining({ hostname: 'h2', id: 'a', why: 'has a Ports that is "no", expected a list' }),
  ]);
});

test('a peer that invents records is told of 60 times a minute, and counted in full', async () => {
  const { clock, told, refusals } = room();
  for (let n = 0; n < 1_000; n += 1) refusals.notAccepted('STALE', record({ id: `${n}` }));
  expect(told).toHaveLength(60);
  expect(refusals.counts.get('STALE')).toBe(1_000);
  await clock.advance(60_000);
  refusals.notAccepted('STALE', record({ id: 'later' }));
  expect(told).toHaveLength(61);
});
