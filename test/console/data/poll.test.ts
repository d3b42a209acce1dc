import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../../src/console/data/api.js';
import { Poll, type Polled } from '../../../src/console/data/poll.js';
import { FakeClock } from '../../support/time.js';

const good = (value: number): Answer<number> => ({ ok: true, value, agentTime: undefined });
const bad = (why: 'refused' | 'absent'): Answer<number> => ({ ok: false, why, text: 'busy' });

describe('a poll of every 10 s, and each 2 s at most', () => {
  let clock: FakeClock;
  let askedAt: number[];
  let shown: Polled<number>[];
  let answer: () => Promise<Answer<number>>;
  let poll: Poll<number>;

  beforeEach(() => {
    clock = new FakeClock();
    askedAt = [];
    shown = [];
    answer = () => Promise.resolve(good(askedAt.length));
    const ask = (): Promise<Answer<number>> => {
      askedAt.push(clock.now());
      return answer();
    };
    const show = (polled: Polled<number>): void => void shown.push(polled);
    poll = new Poll(ask, { everyMs: 10_000, leastMs: 2_000 }, { clock, show });
  });

  test('asks at once, and then again and again while somebody looks', async () => {
    poll.start();
    await clock.advance(25_000);
    poll.stop();
    await clock.advance(60_000);
    expect(askedAt).toEqual([0, 10_000, 20_000]);
    expect(shown.map(({ value }) => value)).toEqual([1, 2, 3]);
    expect(clock.armed).toBe(0);
  });

  test('who hurries it often has one question, no sooner than it may', async () => {
    poll.start();
    await clock.advance(500);
    poll.hurry();
    poll.hurry();
    await clock.advance(5_000);
    expect(askedAt).toEqual([0, 2_000]);
  });

  test('who looks again after a moment asks no sooner either', async () => {
    poll.start();
    await clock.advance(500);
    poll.stop();
    poll.start();
    await clock.advance(5_000);
    expect(askedAt).toEqual([0, 2_000]);
  });

  test('a hurry while a question is on its way asks once more, since the answer may be from before', async () => {
    let arrive: (answer: Answer<number>) => void = () => undefined;
    answer = () => new Promise((resolve) => (arrive = resolve));
    poll.start();
    await clock.advance(3_000);
    poll.hurry();
    await clock.advance(3_000);
    expect(askedAt).toEqual([0]);
    arrive(good(7));
    await clock.advance(1);
    expect(askedAt).toEqual([0, 6_000]);
    arrive(good(8));
    await clock.advance(12_000);
    expect(askedAt).toEqual([0, 6_000, 16_001]);
  });

  test('failures are shown beside what was known, and make the pauses longer, up to a bound', async () => {
    poll.start();
    await clock.advance(1);
    answer = () => Promise.resolve(bad('refused'));
    await clock.advance(400_000);
    expect(shown.at(-1)).toMatchObject({ value: 1, fault: { text: 'busy' } });
    expect(askedAt).toEqual([0, 10_000, 30_000, 70_000, 150_000, 230_000, 310_000, 390_000]);
    answer = () => Promise.resolve(good(9));
    await clock.advance(90_000);
    expect(shown.at(-1)).toEqual({ value: 9, fault: undefined });
    expect(askedAt.slice(-2)).toEqual([480_000, 490_000]);
  });

  test('what an agent does not have is hardly asked for again', async () => {
    answer = () => Promise.resolve(bad('absent'));
    poll.start();
    await clock.advance(301_000);
    expect(askedAt).toEqual([0, 300_000]);
  });

  test('an answer that comes when nobody looks any more is not shown', async () => {
    answer = () => clockTick().then(() => good(1));
    const clockTick = (): Promise<void> => new Promise((resolve) => void clock.after(1_000, resolve));
    poll.start();
    await clock.advance(1);
    poll.stop();
    await clock.advance(5_000);
    expect(shown).toEqual([]);
  });
});
