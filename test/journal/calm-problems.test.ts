import { expect, test } from '@jest/globals';
import { CalmProblems } from '../../src/journal/calm-problems.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { FakeClock, fakeWall } from '../support/time.js';

function board() {
  const clock = new FakeClock();
  const problems = new ProblemBoard(fakeWall(clock));
  const told: string[] = [];
  const calm = new CalmProblems(clock, ({ what, problem: { subject } }) => void told.push(`${what} ${subject}`));
  problems.onChange((change) => calm.changed(change));
  return {
    ...{ clock, problems, told },
    raise: (subject: string, message = 'no'): void =>
      void problems.raise({ room: 'haproxy', code: 'X', subject, message }),
    clear: (subject: string): void => void problems.clear('haproxy', 'X', subject),
  };
}

test('a problem is told when it begins and when it is over, not when its words change', () => {
  const { told, raise, clear } = board();
  raise('a');
  raise('a', 'still no');
  raise('b');
  clear('a');
  expect(told).toEqual(['raised a', 'raised b', 'cleared a']);
});

test('the end of all but some is told, too', () => {
  const { told, raise, problems } = board();
  raise('a');
  raise('b');
  problems.clearExcept('haproxy', 'X', new Set(['b']));
  expect(told).toEqual(['raised a', 'raised b', 'cleared a']);
});

test('one that flaps is told once a minute, and in the end as it stands', async () => {
  const { clock, told, raise, clear } = board();
  for (let second = 0; second < 59; second += 1) {
    raise('a');
    clear('a');
    await clock.advance(1_000);
  }
  raise('a');
  expect(told).toEqual(['raised a', 'cleared a']);
  await clock.advance(60_000);
  expect(told).toEqual(['raised a', 'cleared a', 'raised a']);
  clear('a');
  expect(told.at(-1)).toBe('cleared a');
  await clock.advance(120_000);
  expect(clock.armed).toBe(0);
});

test('many of them are told in full', () => {
  const { told, raise, clear } = board();
  for (let n = 0; n < 3_000; n += 1) {
    raise(`${n}`);
    clear(`${n}`);
  }
  expect(told).toHaveLength(6_000);
});
