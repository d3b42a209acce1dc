import { describe, expect, test } from '@jest/globals';
import { InitialFetch } from '../../src/follower/initial-fetch.js';
import type { HttpGet, HttpResponse } from '../../src/lib/http-get.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { recordText } from '../../src/service/codec.js';
import { encodeState } from '../../src/service/state-codec.js';
import { silentLogger } from '../haproxy/support/silent-logger.js';
import { record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';
import { stateWith } from './states.js';

const URL = 'http://me:secret@h1:7777/state.json';
const EMPTY = '{"Servers":{},"LastChanged":"2026-11-22T11:00:00Z","ClusterName":"c","Hostname":"h1"}';
const STATE = encodeState(stateWith([record()], { hostname: 'h1' }), recordText);

function answerOf(status: number, ...parts: readonly string[]): HttpResponse {
  const chunks = parts.map((part) => Buffer.from(part));
  return { status, read: () => Promise.resolve(chunks.shift()) };
}

/** Runs the fetch against what `http` answers, one call after the other; the last answer is repeated. */
function setUp(...answers: readonly (() => ReturnType<HttpGet>)[]) {
  const clock = new FakeClock();
  const problems = new ProblemBoard(fakeWall(clock));
  const mirror = { isTold: false };
  const fetched: unknown[] = [];
  let asked = 0;
  const http: HttpGet = (_, signal) => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
      answer?.().then(resolve, reject);
    });
  };
  const receiver = {
    fetched: ({ state }: { state: { hostname: string } }): void => {
      fetched.push(state.hostname);
      mirror.isTold = true;
    },
  };
  const random = { below: () => 0 };
  const fetch = new InitialFetch({ url: URL }, { mirror, receiver, http, clock, random, problems, log: silentLogger });
  const stop = new AbortController();
  const ended = fetch.run(stop.signal, () => undefined);
  return { clock, problems, mirror, fetched, asked: () => asked, stop, ended };
}

const good = (): Promise<HttpResponse> => Promise.resolve(answerOf(200, STATE.slice(0, 9), STATE.slice(9)));
const never = (): Promise<HttpResponse> => new Promise(() => undefined);

describe('the first state', () => {
  test('is fetched once', async () => {
    const { clock, fetched, asked, problems, stop, ended } = setUp(good);
    await clock.advance(60_000);
    expect([fetched, asked(), problems.list()]).toEqual([['h1'], 1, []]);
    stop.abort();
    await ended;
  });

  test.each<readonly [string, () => Promise<HttpResponse>, string]>([
    ['a refused connection', () => Promise.reject(new Error('connect ECONNREFUSED')), 'connect ECONNREFUSED'],
    ['another status', () => Promise.resolve(answerOf(500, STATE)), 'the answer has status 500'],
    ['a page', () => Promise.resolve(answerOf(200, '<html>')), 'the answer is no state: the body is "<html>"'],
    ['an empty object', () => Promise.resolve(answerOf(200, '{}')), 'the answer is no state: Servers is missing'],
    ['silence', never, 'does not answer within 5 s'],
    [
      'a flood',
      () => Promise.resolve({ status: 200, read: () => Promise.resolve(Buffer.alloc(30_000_000)) }),
      'longer than',
    ],
  ])('is asked for again after %s, and that stands on the board', async (_, answer, words) => {
    const { clock, fetched, problems, stop, ended } = setUp(answer, good);
    await clock.advance(answer === never ? 5_000 : 0);
    expect(problems.list().map(({ code, message }) => [code, message])).toEqual([
      ['STATE_NOT_FETCHED', expect.stringContaining(words)],
    ]);
    await clock.advance(1_000);
    expect([fetched, problems.list()]).toEqual([['h1'], []]);
    stop.abort();
    await ended;
  });

  test('says what is wrong, as the original does, without the password', async () => {
    const { clock, problems, stop, ended } = setUp(() => Promise.resolve(answerOf(404)));
    await clock.advance(0);
    expect(problems.list().map(({ message }) => message)).toEqual([
      "Failed to fetch state from 'http://me:***@h1:7777/state.json'... continuing in hopes someone will post it: " +
        'the answer has status 404',
    ]);
    stop.abort();
    await ended;
  });

  test('is no empty one for 30 s: an agent that has just started knows nothing yet, and HAProxy may serve', async () => {
    const { clock, fetched, problems, stop, ended } = setUp(() => Promise.resolve(answerOf(200, EMPTY)));
    await clock.advance(29_000);
    expect(fetched).toEqual([]);
    expect(problems.list().map(({ message }) => message)).toEqual([expect.stringContaining('no service to route')]);
    await clock.advance(30_000);
    expect([fetched, problems.list()]).toEqual([['h1'], []]);
    stop.abort();
    await ended;
  });

  test('is asked for ever more seldom, and no more once somebody has posted one', async () => {
    const { clock, asked, mirror, problems, stop, ended } = setUp(() => Promise.resolve(answerOf(404)));
    const seen: number[] = [];
    for (const ms of [0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      await clock.advance(ms);
      seen.push(asked());
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    mirror.isTold = true;
    await clock.advance(60_000);
    expect([asked(), problems.list()]).toEqual([8, []]);
    stop.abort();
    await ended;
  });

  test('is waited for no longer than the end', async () => {
    const { clock, stop, ended, problems } = setUp(never);
    await clock.advance(10);
    stop.abort();
    await ended;
    expect([clock.armed, problems.list()]).toEqual([0, []]);
  });
});
