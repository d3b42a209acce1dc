import { describe, expect, test } from '@jest/globals';
import { HIDE_SHELL, SHOW_SHELL } from '../../src/cli/screen.js';
import { NO_TERMINAL, type Terminal } from '../../src/cli/terminal.js';
import { Display } from '../../src/dev/display.js';
import type { Overview } from '../../src/dev/page.js';
import { FakeClock } from '../support/time.js';

const said = (text: string, isSettled = true): Overview => ({
  found: [{ what: 'Docker', text }],
  rows: [],
  problems: [],
  isSettled,
});

function world(terminal: Terminal) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const written: string[] = [];
  const shown = { overview: said('one'), terminal };
  const display = new Display({
    look: () => shown.overview,
    terminal: () => shown.terminal,
    write: (text) => void written.push(text),
    clock,
  });
  const ended = display.run(stop.signal, () => undefined);
  return {
    clock,
    shown,
    /** What was written since the last call. */
    written: () => written.splice(0),
    end: async () => {
      stop.abort();
      await ended;
    },
  };
}

describe('the display', () => {
  test('draws on a screen of its own, when something differs or the window does, and gives the shell back', async () => {
    const { clock, shown, written, end } = world({ columns: 80, rows: 24, hasColor: false });
    await clock.advance(5_000);
    expect(written()).toEqual([HIDE_SHELL, expect.stringContaining('one')]);
    shown.overview = said('two');
    await clock.advance(1_000);
    expect(written()).toEqual([expect.stringContaining('two')]);
    shown.terminal = { columns: 40, rows: 5, hasColor: false };
    await clock.advance(1_000);
    expect(written()).toEqual([expect.stringContaining('lines more')]);
    await end();
    expect(written()).toEqual([SHOW_SHELL]);
    expect(clock.armed).toBe(0);
  });

  test('writes a line for each change into a pipe, and nothing else', async () => {
    const { clock, shown, written, end } = world(NO_TERMINAL);
    await clock.advance(5_000);
    expect(written()).toEqual([expect.stringMatching(/^Docker: one\n.*nginx\n$/s)]);
    shown.overview = said('two');
    await clock.advance(5_000);
    await end();
    expect(written()).toEqual(['Docker: two\n']);
  });

  test('tells of a moment between two states only when it lasts', async () => {
    const { clock, shown, written, end } = world(NO_TERMINAL);
    await clock.advance(1_000);
    written();
    shown.overview = said('moment', false);
    await clock.advance(1_500);
    expect(written()).toEqual([]);
    await clock.advance(1_500);
    expect(written()).toEqual(['Docker: moment\n']);
    await end();
  });
});
