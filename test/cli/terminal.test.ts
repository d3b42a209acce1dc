import { describe, expect, test } from '@jest/globals';
import { NO_TERMINAL, terminalOf } from '../../src/cli/terminal.js';

const TTY = { isTTY: true, columns: 120, rows: 30 };

describe('stdout', () => {
  test('that is no terminal has no width and no colour, whatever the environment says', () => {
    expect(terminalOf({}, { COLUMNS: '80', TERM: 'xterm' })).toEqual(NO_TERMINAL);
  });

  test.each([
    [{}, { columns: 120, rows: 30, hasColor: true }],
    [{ COLUMNS: '80' }, { columns: 80, rows: 30, hasColor: true }],
    [{ COLUMNS: 'wide' }, { columns: 120, rows: 30, hasColor: true }],
    [{ COLUMNS: '3' }, { columns: 20, rows: 30, hasColor: true }],
    [{ NO_COLOR: '1' }, { columns: 120, rows: 30, hasColor: false }],
    [{ NO_COLOR: '' }, { columns: 120, rows: 30, hasColor: true }],
    [{ TERM: 'dumb' }, { columns: 120, rows: undefined, hasColor: false }],
  ])('that is a terminal is written to with %j as %j', (env, terminal) => {
    expect(terminalOf(TTY, env)).toEqual(terminal);
  });

  test('that does not know its size is taken for the usual one', () => {
    expect(terminalOf({ isTTY: true, columns: 0, rows: 0 }, {})).toMatchObject({ columns: 80, rows: 24 });
  });
});
