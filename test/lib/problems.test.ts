import { describe, expect, test } from '@jest/globals';
import { MAX_PROBLEMS, ProblemBoard } from '../../src/lib/problems.js';

const board = (): ProblemBoard => {
  let now = 0n;
  return new ProblemBoard({ nowNs: () => ++now });
};
const problem = { room: 'haproxy', code: 'CONFIG_REJECTED', subject: '', message: 'line 3 is wrong' };

describe('the board of problems', () => {
  test('a lasting problem is new once, keeps its start, and is over once', () => {
    const problems = board();
    expect(problems.raise(problem)).toBe(true);
    expect(problems.raise(problem)).toBe(false);
    expect(problems.raise({ ...problem, message: 'line 4 is wrong' })).toBe(true);
    expect(problems.list()).toEqual([{ ...problem, message: 'line 4 is wrong', sinceNs: 1n }]);
    expect(problems.clear('haproxy', 'CONFIG_REJECTED')).toBe(true);
    expect(problems.clear('haproxy', 'CONFIG_REJECTED')).toBe(false);
    expect(problems.list()).toEqual([]);
  });

  test('a room can end all but those that still stand', () => {
    const problems = board();
    for (const subject of ['a', 'b', 'c']) problems.raise({ ...problem, subject });
    problems.raise({ ...problem, room: 'health', subject: 'a' });
    problems.clearExcept('haproxy', 'CONFIG_REJECTED', new Set(['b']));
    expect(problems.list().map(({ room, subject }) => `${room} ${subject}`)).toEqual(['haproxy b', 'health a']);
  });

  test('it is bounded, and says how many it could not keep', () => {
    const problems = board();
    for (let i = 0; i < MAX_PROBLEMS + 5; i += 1) problems.raise({ ...problem, subject: String(i) });
    expect(problems.list()).toHaveLength(MAX_PROBLEMS);
    expect(problems.dropped).toBe(5);
  });
});
