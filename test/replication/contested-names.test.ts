import { beforeEach, describe, expect, test } from '@jest/globals';
import { ProblemBoard } from '../../src/lib/problems.js';
import { ContestedNames } from '../../src/replication/contested-names.js';
import { silent } from '../support/log.js';
import { FakeClock, fakeWall } from '../support/time.js';

const H1 = { name: 'h1', address: '10.0.0.1', port: 7946 };

let clock: FakeClock;
let problems: ProblemBoard;
let names: ContestedNames;

beforeEach(() => {
  clock = new FakeClock();
  problems = new ProblemBoard(fakeWall(clock));
  names = new ContestedNames({ clock, problems, log: silent });
});

describe('a name that two hosts claim', () => {
  test('is a problem that says where the name lives', () => {
    names.note(H1);
    expect(names.has('h1')).toBe(true);
    expect(problems.list()).toMatchObject([{ code: 'NAME_CONFLICT', subject: 'h1' }]);
    expect(problems.list()[0]?.message).toContain('10.0.0.1 port 7946');
  });

  test('is one again three minutes after the last claim', async () => {
    names.note(H1);
    await clock.advance(120_000);
    names.note(H1);
    await clock.advance(179_999);
    names.tick();
    expect(names.has('h1')).toBe(true);
    await clock.advance(1);
    names.tick();
    expect(names.has('h1')).toBe(false);
    expect(problems.list()).toEqual([]);
  });

  test('beyond a hundred at once is not told', () => {
    for (let i = 0; i < 150; i += 1) names.note({ ...H1, name: `h${i}` });
    expect(problems.list()).toHaveLength(100);
  });
});
