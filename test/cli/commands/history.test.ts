import { describe, expect, test } from '@jest/globals';
import { answer, sidecar, terminal } from '../agent-double.js';

const EVENTS = [
  { id: 1, time: '2026-11-22T10:00:00.000000001Z', kind: 'agent', what: 'started', host: 'h1', text: 'it starts' },
  { id: 2, time: '2026-11-23T11:00:00.5Z', kind: 'check', what: 'failed', text: 'web failed:\nECONNREFUSED\u001b' },
];
const historyOf = (events: readonly object[], more: object = {}): object => ({
  events,
  oldest: '2026-11-22T10:00:00Z',
  isTruncated: false,
  ...more,
});
const WORLD = { '/api/history': answer(200, historyOf(EVENTS)) };
const on = (columns: number): object => ({ terminal: terminal(columns) });

describe('sidecar history', () => {
  test('has one line for each event, with its exact time, for who reads them with a program', async () => {
    const { exitCode, out } = await sidecar('history', WORLD);
    expect(exitCode).toBe(0);
    expect(out.split('\n')).toEqual([
      '2026-11-22T10:00:00.000000001Z  agent      it starts',
      '2026-11-23T11:00:00.5Z  check      web failed: ECONNREFUSED\\u001b',
      '',
    ]);
  });

  test('has the time of the clock on the wall on a terminal, and wraps what is long', async () => {
    const { out } = await sidecar('history', WORLD, {}, {}, on(42));
    const [first, second, third, fourth] = out.split('\n');
    expect(first).toMatch(/^2026-11-2\d \d\d:00:00 {2}agent$/); // too narrow for both
    expect(second).toBe('  it starts');
    expect(third).toMatch(/^\d\d:00:00 {2}check {6}web failed:$/);
    expect(fourth).toBe(`${' '.repeat(21)}ECONNREFUSED\\u001b`);
  });

  test('asks for what was asked', async () => {
    const line = 'history --service web --host h1 --kind check,proxy --since 1h --until 2026-11-23T11:30:00Z --limit 5';
    const { asked } = await sidecar(line, WORLD);
    const { searchParams } = new URL(asked[0]!.split(' ')[1]!);
    expect(Object.fromEntries(searchParams)).toEqual({
      service: 'web',
      host: 'h1',
      kind: 'check,proxy',
      since: '2026-11-23T11:00:00.000Z',
      until: '2026-11-23T11:30:00Z',
      limit: '5',
    });
  });

  test('that is empty says what was asked, how far the journal reaches, and what to do', async () => {
    const { exitCode, out } = await sidecar('history --service web --since 1h', {
      '/api/history': answer(200, historyOf([])),
    });
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /^the journal of 127\.0\.0\.1:7777 has no event of web in that time: it reaches back to 2026-11-22T10:00:00Z\. --since.*\n$/,
    );
  });

  test('that is cut says so on a terminal', async () => {
    const cut = { '/api/history': answer(200, historyOf(EVENTS, { isTruncated: true })) };
    expect((await sidecar('history', cut, {}, {}, on(80))).out).toMatch(/^the last 2; --limit gives more/);
    expect((await sidecar('history', cut)).out).toMatch(/^2026-11-22T10/);
  });

  test('is an object on each line with --json', async () => {
    const { out } = await sidecar('history --json', WORLD);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(EVENTS);
  });

  test('shows the words of an agent that refuses, and ends with 1', async () => {
    const { exitCode, out } = await sidecar('history', { '/api/history': answer(400, { message: 'since is odd' }) });
    expect([exitCode, out]).toEqual([1, 'since is odd\n']);
    const asJson = await sidecar('history --json', { '/api/history': answer(400, { message: 'since is odd' }) });
    expect([asJson.exitCode, JSON.parse(asJson.out)]).toEqual([1, { message: 'since is odd' }]);
  });

  test.each([
    ['--since soon', /--since: "soon" is no time: say 14:02/],
    ['--until 14', /--until: "14" may be an hour/],
    ['--kind chek', /--kind: no event is of kind "chek": did you mean check\?/],
    ['--kind everything', /say one or more of service,member/],
    ['--limit 0', /--limit: say a number from 1 to 10000/],
    ['--limit many', /--limit: say a number/],
  ])('%s is not asked, and one sentence says why', async (flags, sentence) => {
    const { exitCode, err, asked } = await sidecar(`history ${flags}`, WORLD);
    expect([exitCode, asked]).toEqual([2, []]);
    expect(err).toMatch(sentence);
    expect(err.trimEnd()).not.toContain('\n');
  });
});
