import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { FakeClock } from '../../support/time.js';
import { answer, sidecar, terminal, type Outcome, type World } from '../agent-double.js';
import { instance, stateOf } from '../state-double.js';

const EVENT = {
  ...{ id: 7, time: '2026-11-23T11:00:00Z', kind: 'service', what: 'status', service: 'web', host: 'h1' },
  ...{ instance: 'aa', text: 'web is alive' },
};
const HISTORY = { events: [EVENT], oldest: null, isTruncated: false };
const STREAM = { pieces: [`id: 7\ndata: ${JSON.stringify(EVENT)}\n\n`], isOpen: true };
const many = Array.from({ length: 40 }, (_, i) => instance({ Name: `s${i}`, ID: `i${i}` }));
const [ENTER, LEAVE] = ['\u001b[?1049h\u001b[?25l\u001b[?7l', '\u001b[?7h\u001b[?25h\u001b[?1049l'];

/** Watches for so long. */
async function watched(
  line: string,
  world: World,
  forMs = 2000,
  state: object = stateOf(instance()),
): Promise<Outcome> {
  const clock = new FakeClock();
  const stop = new AbortController();
  const answers = { '/api/history': answer(200, HISTORY), '/state.json': answer(200, state) };
  const outcome = sidecar(line, answers, {}, {}, { ...world, clock, stop: stop.signal });
  await clock.advance(forMs);
  expect(getEventListeners(stop.signal, 'abort').length).toBeLessThan(5); // however long it has watched
  stop.abort();
  const ended = await outcome;
  expect(clock.armed).toBe(0);
  return ended;
}

/** What was drawn, one frame after the other. */
const framesOf = ({ out }: Outcome): readonly string[] =>
  out
    .slice(ENTER.length, -LEAVE.length)
    .split('\u001b[H')
    .slice(1)
    .map((text) => text.replaceAll('\u001b[K', '').replaceAll('\u001b[J', ''));

describe('sidecar watch', () => {
  test('on a terminal draws the table in place, and gives the screen and the cursor back', async () => {
    const outcome = await watched('watch web', { streams: [STREAM], terminal: terminal(80) });
    expect(outcome.exitCode).toBe(0);
    expect(outcome.out.startsWith(ENTER)).toBe(true);
    expect(outcome.out.endsWith(LEAVE)).toBe(true);
    const lines = framesOf(outcome).at(-1)!.split('\n');
    expect(lines[0]).toMatch(/^127\.0\.0\.1:7777 at \d\d:\d\d:\d\d, Ctrl-C ends this$/);
    expect(lines.slice(2)).toEqual([
      'web: 1 alive, on 1 host',
      '',
      'HOST  ID  STATUS  SINCE   UPDATED  PORTS        IMAGE',
      'h1    aa  alive   1h ago  11s ago  8080->32768  web:1.0',
    ]);
  });

  test('asks for the state once for what comes together, and now and then without a change', async () => {
    const { asked } = await watched('watch', { streams: [STREAM], terminal: terminal(80) }, 45_000);
    expect(asked.filter((line) => line.endsWith('/state.json'))).toHaveLength(10);
  });

  test('shows no more lines than the window has', async () => {
    const outcome = await watched('watch', { streams: [STREAM], terminal: terminal(80) }, 2000, stateOf(...many));
    const lines = framesOf(outcome).at(-1)!.split('\n');
    expect([lines.length, lines.at(-1)]).toEqual([24, '… and 22 lines more, in a larger window']);
  });

  test('says that the agent is away, and keeps what it said last', async () => {
    const outcome = await watched('watch', { streams: [{ ...STREAM, isOpen: false }], terminal: terminal(80) });
    const frame = framesOf(outcome).at(-1)!;
    expect(frame).toMatch(/^127\.0\.0\.1:7777 is away \(.*\), it is tried again\n/);
    expect(frame).toContain('web      8080   1 alive');
  });

  test('says what to do about a service that nobody knows', async () => {
    const outcome = await watched('watch wbe', { streams: [STREAM], terminal: terminal(80) });
    expect(framesOf(outcome).at(-1)).toContain('did you mean web?');
  });

  test('to a file or program has one line for each change', async () => {
    const { exitCode, out, asked } = await watched('watch web', { streams: [STREAM] });
    expect([exitCode, out]).toEqual([0, '2026-11-23T11:00:00Z  service    web is alive\n']);
    expect(asked.at(-1)).toContain('/api/events?service=web&kind=service');
  });

  test('has one line for each change, too, on a terminal that takes no control sequences', async () => {
    const dumb = { ...terminal(80), rows: undefined };
    const { out } = await watched('watch web', { streams: [STREAM], terminal: dumb });
    expect(out).toMatch(/^(\S+ )?\d\d:00:00 {2}service {4}web is alive\n$/);
  });

  test('is an object on each line with --json, on a terminal, too', async () => {
    const { out } = await watched('watch --json', { streams: [STREAM], terminal: terminal(80) });
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { kind: string }).kind),
    ).toEqual(['connected', 'service']);
  });

  test('draws nothing when there is nobody to follow', async () => {
    const { exitCode, out } = await sidecar('watch', {}, {}, {}, { terminal: terminal(80) });
    expect([exitCode, out]).toEqual([2, '']);
  });
});
