import { describe, expect, test } from '@jest/globals';
import { ok, refused } from '../../../src/lib/result.js';
import type { AskSocket } from '../../../src/haproxy/ports.js';
import { RuntimeSession } from '../../../src/haproxy/runtime-api/session.js';

/** Answers every command with itself, as HAProxy's interactive mode lays it out. */
function echo(): { readonly ask: AskSocket; readonly connections: string[][] } {
  const connections: string[][] = [];
  const ask: AskSocket = (_path, text) => {
    const lines = text.split('\n');
    connections.push(lines);
    return Promise.resolve(
      ok(
        `\n> ${lines
          .slice(1, -1)
          .map((line) => `${line}!\n\n> `)
          .join('')}`,
      ),
    );
  };
  return { ask, connections };
}

describe('a session on the stats socket', () => {
  test('gives one answer per command, in their order', async () => {
    const session = new RuntimeSession(echo().ask, '/s');
    expect(await session.ask(['show info', 'enable server a/b'])).toEqual(ok(['show info!', 'enable server a/b!']));
  });

  test('an answer of several lines, and an empty one, are one answer each', async () => {
    const session = new RuntimeSession(() => Promise.resolve(ok('\n> 1\n# a b\n3 web\n\n> \n> ')), '/s');
    expect(await session.ask(['show servers state', 'enable server a/b'])).toEqual(ok(['1\n# a b\n3 web', '']));
  });

  test('no connection carries more than 100 commands', async () => {
    const { ask, connections } = echo();
    const lines = Array.from({ length: 250 }, (_, i) => `c${i}`);
    expect(await new RuntimeSession(ask, '/s').ask(lines)).toEqual(ok(lines.map((line) => `${line}!`)));
    expect(connections.map((batch) => batch.length - 2)).toEqual([100, 100, 50]);
  });

  test('without commands nobody is asked', async () => {
    const { ask, connections } = echo();
    expect(await new RuntimeSession(ask, '/s').ask([])).toEqual(ok([]));
    expect(connections).toEqual([]);
  });

  test('the words of the system are passed on, and later batches are not sent', async () => {
    let asked = 0;
    const ask: AskSocket = () => {
      asked += 1;
      return Promise.resolve(refused('connect ENOENT /s'));
    };
    const lines = Array.from({ length: 150 }, () => 'c');
    expect(await new RuntimeSession(ask, '/s').ask(lines)).toEqual(
      refused({ code: 'SILENT', words: 'connect ENOENT /s' }),
    );
    expect(asked).toBe(1);
  });

  test.each([
    ['too few', '\n> a\n\n> ', '1 answers to 2 commands'],
    ['too many', '\n> a\n\n> b\n\n> c\n\n> ', '3 answers to 2 commands'],
    ['none', '', '0 answers to 2 commands'],
  ])('%s answers are a fault', async (_, text, words) => {
    const session = new RuntimeSession(() => Promise.resolve(ok(text)), '/s');
    expect(await session.ask(['a', 'b'])).toEqual(refused({ code: 'SILENT', words }));
  });

  test.each(['a\nb', 'a\rb', 'a\0b', 'del server a/b; x', 'add server a/b <<', '', 'x'.repeat(9_000)])(
    'nothing is sent when one command cannot be said: %j',
    async (line) => {
      const { ask, connections } = echo();
      expect(await new RuntimeSession(ask, '/s').ask(['show info', line])).toEqual(
        refused({ code: 'UNSPEAKABLE', command: line }),
      );
      expect(connections).toEqual([]);
    },
  );
});
