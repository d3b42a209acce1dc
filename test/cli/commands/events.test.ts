import { describe, expect, test } from '@jest/globals';
import { FakeClock } from '../../support/time.js';
import { answer, sidecar, terminal, type Outcome, type World } from '../agent-double.js';

const data = (id: number, text: string): string =>
  JSON.stringify({ id, time: '2026-11-23T11:00:00.5Z', kind: 'service', what: 'status', service: 'web', text });
const frame = (id: number, text: string): string => `id: ${id}\nevent: service\ndata: ${data(id, text)}\n\n`;
const newest = (...ids: readonly number[]): object => ({
  events: ids.map((id) => JSON.parse(data(id, 'before')) as object),
  oldest: null,
  isTruncated: false,
});
const WORLD = { '/api/history': answer(200, newest(6)) };

/** Follows until so many lines were printed, with time passing all the while; on a path without an answer nobody is there. */
async function followed(flags: string, lines: number, world: World, answers: object = WORLD): Promise<Outcome> {
  const clock = new FakeClock();
  const stop = new AbortController();
  let printed = '';
  const onOut = (text: string): void => {
    printed += text;
    if (printed.split('\n').length > lines) stop.abort();
  };
  const outcome = sidecar(
    `events ${flags}`,
    answers as typeof WORLD,
    {},
    {},
    { ...world, clock, stop: stop.signal, onOut },
  );
  for (let i = 0; i < 100 && !stop.signal.aborted; i += 1) await clock.advance(1000);
  stop.abort();
  expect(clock.armed).toBe(0);
  return outcome;
}

const pathsOf = ({ asked }: Outcome): readonly string[] =>
  asked.map((line) => line.replace('GET http://127.0.0.1:7777', ''));

describe('sidecar events', () => {
  test('has a line for each event, however its bytes come, until it is ended with 0', async () => {
    const bytes = `retry: 2000\n\n: still here\n\n${frame(7, 'web is alive')}${frame(8, 'web is gone')}`;
    const pieces = [bytes.slice(0, 60), bytes.slice(60, 130), bytes.slice(130)];
    const { exitCode, out } = await followed('', 2, { streams: [{ pieces, isOpen: true }] });
    expect([exitCode, out.split('\n')]).toEqual([
      0,
      ['2026-11-23T11:00:00.5Z  service    web is alive', '2026-11-23T11:00:00.5Z  service    web is gone', ''],
    ]);
  });

  test('asks with its filters, from what is the newest event when it begins', async () => {
    const flags = '--service web --kind service,check --host h1';
    const outcome = await followed(flags, 1, { streams: [{ pieces: [frame(7, 'a')], isOpen: true }] });
    expect(pathsOf(outcome)).toEqual([
      '/api/history?limit=1',
      '/api/events?service=web&host=h1&kind=service%2Ccheck 6',
    ]);
  });

  test('says once that the agent is away, and goes on from the last event when it is back', async () => {
    const streams = [
      { pieces: [frame(7, 'a')] },
      'connect ECONNREFUSED',
      'ECONNREFUSED',
      { pieces: [frame(8, 'b')], isOpen: true },
    ];
    const outcome = await followed('', 4, { streams });
    expect(outcome.out.split('\n').map((line) => line.slice(line.indexOf('Z') + 3))).toEqual([
      'service    a',
      'away       127.0.0.1:7777 is away (it closed the connection), it is tried again',
      'connected  127.0.0.1:7777 is back',
      'service    b',
      '',
    ]);
    expect(pathsOf(outcome).slice(1)).toEqual(['/api/events 6', '/api/events 7', '/api/events 7', '/api/events 7']);
  });

  test('leaves a connection on which nothing comes any more', async () => {
    const { out } = await followed('', 2, {
      streams: [
        { pieces: [], isOpen: true },
        { pieces: [], isOpen: true },
      ],
    });
    expect(out).toContain('is away (it was silent for 50 s)');
  });

  test.each([
    [{ lost: 12, oldest: 20 }, '12 events are missing here'],
    [{ lost: null, oldest: 20 }, 'nobody knows how many events are missing here'],
  ])('says of a gap %j that events are missing', async (gap, sentence) => {
    const pieces = [`event: gap\ndata: ${JSON.stringify(gap)}\n\n`];
    const { out } = await followed('', 1, { streams: [{ pieces, isOpen: true }] });
    expect(out).toContain(`  gap        ${sentence}`);
  });

  test('does not take what is no event, and asks again', async () => {
    const streams = [{ pieces: ['data: {"id":"x"}\n\n'] }, { pieces: [frame(7, 'a')], isOpen: true }];
    const { out } = await followed('', 3, { streams });
    expect(out).toMatch(/it sent what is no event: .*\n.* is back\n.* {2}a\n$/);
  });

  test('is an object on each line with --json, the event as it came', async () => {
    const streams = [{ pieces: [frame(7, 'a')], isOpen: true }];
    const { out } = await followed('--json', 2, { streams });
    const [connected = '', event = ''] = out.split('\n');
    expect(JSON.parse(connected)).toMatchObject({ kind: 'connected' });
    expect(event).toBe(data(7, 'a'));
  });

  test('says on a terminal that it waits, and for what', async () => {
    const streams = [{ pieces: [frame(7, 'a')], isOpen: true }];
    const { out } = await followed('--service web', 2, { streams, terminal: terminal(80) });
    expect(out).toMatch(
      /^events of web as 127\.0\.0\.1:7777 sees them from now on; Ctrl-C ends this\n\d\d:00:00 {2}service {4}a\n$/,
    );
  });

  test('ends with 2 when there is nobody to follow', async () => {
    const { exitCode, err } = await followed('', 1, {}, {});
    expect([exitCode, err]).toEqual([2, expect.stringContaining('no agent answers at 127.0.0.1:7777')]);
  });
});
