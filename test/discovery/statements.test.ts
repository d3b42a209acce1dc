import { describe, expect, test } from '@jest/globals';
import { Statements, type Statement } from '../../src/discovery/statements.js';
import type { Logger } from '../../src/lib/logger.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { silent } from '../support/log.js';

const about = (subject: string, message = `${subject} is wrong`): Statement => ({ code: 'WRONG', subject, message });

function source() {
  const problems = new ProblemBoard({ nowNs: () => 1n });
  const logged: string[] = [];
  const log: Logger = { ...silent, warn: (message) => void logged.push(message) };
  const statements = new Statements('source', { problems, log });
  return { statements, logged, standing: () => problems.list().map(({ message }) => message) };
}

describe('what a source finds wrong', () => {
  test('is logged once for as long as it holds, and stands on the board until it is over', () => {
    const { statements, logged, standing } = source();
    statements.state([about('a'), about('b')]);
    statements.state([about('b'), about('a')]);
    expect(standing()).toEqual(['a is wrong', 'b is wrong']);
    statements.state([about('b')]);
    expect(standing()).toEqual(['b is wrong']);
    statements.state([about('a')]);
    expect(standing()).toEqual(['a is wrong']);
    expect(logged).toEqual(['a is wrong', 'b is wrong', 'a is wrong']);
  });

  test('is logged anew when something else is wrong with the same', () => {
    const { statements, logged } = source();
    statements.state([about('a')]);
    statements.state([about('a', 'a is very wrong')]);
    expect(logged).toEqual(['a is wrong', 'a is very wrong']);
  });

  test('is said once, be it found twice', () => {
    const { statements, logged, standing } = source();
    for (let round = 0; round < 3; round += 1) statements.state([about('a'), about('a', 'a, again')]);
    expect(logged).toEqual(['a is wrong']);
    expect(standing()).toEqual(['a is wrong']);
  });
});
