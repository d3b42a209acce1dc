import { expect, test } from '@jest/globals';
import { AwaitedMirror } from '../../src/follower/awaited-mirror.js';
import type { State } from '../../src/service/state-codec.js';
import { FakeClock, fakeWall } from '../support/time.js';

const STATE: State = { servers: new Map(), lastChanged: 1n, clusterName: '', hostname: '' };

function setUp() {
  const clock = new FakeClock();
  const mirror = new AwaitedMirror({ graceMs: 5000 }, { wall: fakeWall(clock), clock });
  const seen: string[] = [];
  void mirror.settled.then(() => seen.push('settled'));
  void mirror.informed.then(() => seen.push('informed'));
  return { clock, mirror, seen };
}

test('a state that is told settles and informs, be it empty', async () => {
  const { clock, mirror, seen } = setUp();
  mirror.replace(STATE, 'x');
  await clock.advance(0);
  expect([seen, mirror.isTold]).toEqual([['settled', 'informed'], true]);
});

test('what was kept settles; it informs when nobody has told anything better within the grace', async () => {
  const { clock, mirror, seen } = setUp();
  const stop = new AbortController();
  const ended = mirror.run(stop.signal, () => seen.push('ready'));
  mirror.restore({ from: 'x', at: 0n, state: STATE });
  await clock.advance(4999);
  expect(seen).toEqual(['ready', 'settled']);
  await clock.advance(1);
  expect([seen, mirror.isTold]).toEqual([['ready', 'settled', 'informed'], false]);
  stop.abort();
  await ended;
});

test('an end within the grace informs nobody and leaves no timer', async () => {
  const { clock, mirror, seen } = setUp();
  const stop = new AbortController();
  const ended = mirror.run(stop.signal, () => undefined);
  stop.abort();
  await ended;
  await clock.advance(10_000);
  expect([seen, clock.armed]).toEqual([[], 0]);
});
