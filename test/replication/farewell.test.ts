import { beforeEach, describe, expect, test } from '@jest/globals';
import { Farewell } from '../../src/replication/farewell.js';
import { silent } from '../support/log.js';
import { FakeClock, settle } from '../support/time.js';

let clock: FakeClock;
let story: string[];
/** Until when there is something to spread. */
let spreadsUntil: number;
let stop: AbortController;

beforeEach(() => {
  clock = new FakeClock();
  story = [];
  spreadsUntil = 0;
  stop = new AbortController();
});

function farewell(leaveOnTerminate: boolean): Farewell {
  const tell =
    (what: string): (() => void) =>
    () =>
      void story.push(`${what} at ${clock.now()}`);
  return new Farewell(
    { leaveOnTerminate },
    {
      withdraw: tell('withdraw'),
      isSpreading: () => clock.now() < spreadsUntil,
      leave: () => {
        tell('leave')();
        return Promise.resolve();
      },
      end: () => stop.abort(),
      clock,
      log: silent,
    },
  );
}

describe('farewell', () => {
  test('says nothing when nobody asked: a restart disturbs no one', async () => {
    const running = farewell(false).run(stop.signal, () => undefined);
    stop.abort();
    await running;
    expect(story).toEqual([]);
  });

  test('withdraws, waits until the cluster has heard of it, and leaves', async () => {
    spreadsUntil = 400;
    const running = farewell(true).run(stop.signal, () => undefined);
    stop.abort();
    await settle();
    await clock.advance(1_000);
    await running;
    expect(story).toEqual(['withdraw at 0', 'leave at 400']);
  });

  test('leaves after three seconds even if the cluster has not heard', async () => {
    spreadsUntil = Infinity;
    const running = farewell(true).run(stop.signal, () => undefined);
    stop.abort();
    await settle();
    await clock.advance(2_999);
    expect(story).toEqual(['withdraw at 0']);
    await clock.advance(51);
    await running;
    expect(story).toEqual(['withdraw at 0', 'leave at 3000']);
  });

  test('being asked ends the agent, and asking twice is the same as asking once', async () => {
    const asked = farewell(false);
    const running = asked.run(stop.signal, () => undefined);
    asked.leaveAndEnd();
    asked.leaveAndEnd();
    await running;
    expect(stop.signal.aborted).toBe(true);
    expect(story).toEqual(['withdraw at 0', 'leave at 0']);
  });
});
