import { expect, test } from '@jest/globals';
import type { HaproxyFault } from '../../src/haproxy/fault.js';
import { Supervisor } from '../../src/haproxy/supervisor.js';
import { FakeClock } from '../support/time.js';
import { silentLogger } from './support/silent-logger.js';

const never = new AbortController().signal;

/** An HAProxy that lives as long as a test wants it to. */
class Haproxy {
  running: readonly number[] = [];
  fault: HaproxyFault | undefined;
  readonly startedAt: number[] = [];
  constructor(private readonly clock: FakeClock) {}
  /** Runs without our pid file. */
  hidden: readonly number[] = [];
  answersUnseen = false;
  pids = (): Promise<readonly number[]> => Promise.resolve(this.running);
  discover = (): Promise<readonly number[]> => {
    this.running = this.running.length > 0 ? this.running : this.hidden;
    return this.pids();
  };
  stillServing = (): boolean => this.running.length > 0;
  start = (): Promise<HaproxyFault | undefined> => {
    this.startedAt.push(this.clock.now());
    if (!this.fault) this.running = [this.startedAt.length];
    return Promise.resolve(this.fault);
  };
}

function set(supervise = true) {
  const clock = new FakeClock();
  const haproxy = new Haproxy(clock);
  const supervisor = new Supervisor(supervise, { process: haproxy, start: haproxy.start, clock, log: silentLogger });
  const lookEvery500Ms = async (forMs: number): Promise<void> => {
    for (let passed = 0; passed < forMs; passed += 500) {
      await supervisor.look(true, never);
      await clock.advance(500);
    }
  };
  return { clock, haproxy, supervisor, lookEvery500Ms };
}

test('an HAProxy that has ended is started at the next look', async () => {
  const { haproxy, supervisor } = set();
  haproxy.running = [7];
  expect(await supervisor.look(true, never)).toEqual({ state: 'alive' });
  haproxy.running = [];
  expect(await supervisor.look(true, never)).toEqual({ state: 'started' });
  expect(supervisor.pids).toEqual([1]);
});

test('one that somebody replaced, without our pid file, is found and not started beside it', async () => {
  const { haproxy, supervisor } = set();
  haproxy.running = [7];
  await supervisor.look(true, never);
  [haproxy.running, haproxy.hidden] = [[], [8]];
  expect(await supervisor.look(true, never)).toEqual({ state: 'alive' });
  expect([supervisor.pids, haproxy.startedAt]).toEqual([[8], []]);
});

test('one that answers from where we cannot see it is not started beside it', async () => {
  const { haproxy, supervisor } = set();
  haproxy.answersUnseen = true;
  expect(await supervisor.look(true, never)).toEqual({ state: 'alive' });
  expect([supervisor.isServing(), haproxy.startedAt]).toEqual([true, []]);
});

test('one that cannot start is tried at 0 s, 1 s, 3 s, 7 s, 15 s, then every 30 s', async () => {
  const { haproxy, lookEvery500Ms } = set();
  haproxy.fault = { code: 'START_FAILED', command: 'haproxy', words: 'no' };
  await lookEvery500Ms(95_000);
  expect(haproxy.startedAt).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000, 61_000, 91_000]);
});

test('one that has lived for 10 s is again started at once when it ends', async () => {
  const { haproxy, lookEvery500Ms } = set();
  haproxy.fault = { code: 'START_FAILED', command: 'haproxy', words: 'no' };
  await lookEvery500Ms(20_000);
  haproxy.fault = undefined;
  await lookEvery500Ms(30_000);
  const starts = haproxy.startedAt.length;
  haproxy.running = [];
  await lookEvery500Ms(500);
  expect(haproxy.startedAt).toHaveLength(starts + 1);
});

test.each([
  ['supervise is off', false, true],
  ['there is nothing to start it on', true, false],
])('nothing is started when %s', async (_, supervise, startable) => {
  const { haproxy, supervisor } = set(supervise);
  expect(await supervisor.look(startable, never)).toEqual({ state: 'down' });
  expect(haproxy.startedAt).toEqual([]);
});
