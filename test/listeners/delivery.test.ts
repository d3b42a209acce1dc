import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ListenerEvent } from '../../src/listeners/body.js';
import { Delivery, MAX_PENDING, type DeliveryFault } from '../../src/listeners/delivery.js';
import { Tally } from '../../src/listeners/tally.js';
import { record } from '../support/records.js';

const REFUSED: DeliveryFault = { words: 'answered 500', hasConnected: true, isRefusal: true };
const HANGS: DeliveryFault = { words: 'no answer', hasConnected: true, isRefusal: false };
const OUT_OF_REACH: DeliveryFault = { words: 'ECONNREFUSED', hasConnected: false, isRefusal: false };

const event = (name: string): ListenerEvent => ({ service: record({ name }), previousStatus: 3, time: 0n });

let tally: Tally;
let delivery: Delivery;
let jitter: (n: number) => number;
beforeEach(() => {
  tally = new Tally();
  jitter = () => 0;
  delivery = new Delivery(tally, { below: (n) => jitter(n) });
});

/** What is to be sent at `now`, or what else is to be done. */
function nextAt(now: number): string {
  const step = delivery.next(now);
  return step.kind === 'send' ? step.event.service.name : step.kind === 'probe' ? 'probe' : `wait ${step.forMs}`;
}

/** Lets attempts fail, each as soon as it is due. @returns the pauses between them, and the time of the last */
function failing(times: number, fault: DeliveryFault): { readonly pauses: readonly number[]; readonly now: number } {
  const attempts: number[] = [];
  for (let now = 0; attempts.length < times;) {
    const step = delivery.next(now);
    if (step.kind === 'wait') now += step.forMs;
    else if (step.kind === 'probe') delivery.probed(fault.hasConnected, now);
    else {
      attempts.push(now);
      delivery.failed(fault, now);
    }
  }
  return { pauses: attempts.slice(1).map((at, i) => at - (attempts[i] ?? 0)), now: attempts.at(-1) ?? 0 };
}

describe('what a listener is told, and when', () => {
  test('events go out one at a time, in their order', () => {
    for (const name of ['a', 'b']) delivery.offer(event(name));
    expect([nextAt(0), nextAt(0)]).toEqual(['a', 'a']);
    delivery.taken();
    expect([nextAt(0), delivery.pending]).toEqual(['b', 1]);
    delivery.taken();
    expect([nextAt(0), delivery.pending, tally.delivered]).toEqual(['wait 3600000', 0, 2]);
  });

  test('the first failures are followed by the pauses of the original, and further ones by a second each', () => {
    delivery.offer(event('a'));
    expect(failing(9, REFUSED).pauses).toEqual([0, 0, 100, 200, 300, 400, 1000, 1000]);
    expect(tally.failures).toBe(9);
  });

  test('after a minute of failures it is tried once a minute', () => {
    delivery.offer(event('a'));
    expect(failing(75, HANGS).pauses.slice(-8)).toEqual(Array<number>(8).fill(60_000));
  });

  test('pauses are up to a fifth shorter, so that many listeners are not tried at once', () => {
    jitter = (n) => n - 1;
    delivery.offer(event('a'));
    expect(failing(8, REFUSED).pauses.at(-1)).toBe(801);
  });

  test('it is retrying for as long as the original tried, then away, and well with the first success', () => {
    delivery.offer(event('a'));
    nextAt(0);
    const states = [delivery.state];
    for (let n = 0; n < 6; n += 1) {
      delivery.failed(HANGS, 0);
      states.push(delivery.state);
    }
    delivery.taken();
    expect([...states, delivery.state]).toEqual(['ok', ...Array<string>(5).fill('retrying'), 'away', 'ok']);
    delivery.offer(event('b'));
    expect(nextAt(0)).toBe('b');
  });

  test('one that is out of reach is knocked at twice a second, and sent what waits as soon as it opens', () => {
    delivery.offer(event('a'));
    const { now } = failing(7, OUT_OF_REACH);
    expect([nextAt(now), nextAt(now + 500)]).toEqual(['wait 500', 'probe']);
    delivery.probed(false, now + 500);
    expect([nextAt(now + 500), nextAt(now + 1000)]).toEqual(['wait 500', 'probe']);
    delivery.probed(true, now + 1000);
    expect(nextAt(now + 1000)).toBe('a');
  });

  test('one whose host is gone is knocked at as often: nobody refuses, so each knock lasts until the next', () => {
    delivery.offer(event('a'));
    const { now } = failing(7, OUT_OF_REACH);
    expect(nextAt(now + 500)).toBe('probe');
    delivery.probed(false, now + 1000);
    expect(nextAt(now + 1000)).toBe('probe');
  });

  test('one that is out of reach is asked once a minute, however often nobody opens', () => {
    delivery.offer(event('a'));
    const { now } = failing(7, OUT_OF_REACH);
    expect(nextAt(now + 59_999)).toBe('probe');
    delivery.probed(false, now + 59_999);
    expect([nextAt(now + 59_999), nextAt(now + 60_000)]).toEqual(['wait 1', 'a']);
  });

  test('one that can be reached but fails is knocked at only to notice that it was started again', () => {
    delivery.offer(event('a'));
    const { now } = failing(75, HANGS);
    expect([nextAt(now), nextAt(now + 500)]).toEqual(['wait 500', 'probe']);
    delivery.probed(true, now + 500);
    expect(nextAt(now + 500)).toBe('wait 500');
    expect(nextAt(now + 1000)).toBe('probe');
    delivery.probed(false, now + 1000);
    expect([nextAt(now + 1000), nextAt(now + 1500)]).toEqual(['wait 500', 'probe']);
    delivery.probed(true, now + 1500);
    expect(nextAt(now + 1500)).toBe('a');
  });

  test('one that opens before it is ready is asked each second again', () => {
    delivery.offer(event('a'));
    const { now } = failing(75, OUT_OF_REACH);
    delivery.probed(true, now + 500);
    delivery.failed(REFUSED, now + 500);
    expect(nextAt(now + 500)).toBe('wait 1000');
  });

  test('of more than it may keep the oldest are skipped and counted, but not the one that is under way', () => {
    delivery.offer(event('under way'));
    nextAt(0);
    for (let n = 1; n <= MAX_PENDING + 4; n += 1) delivery.offer(event(`e${n}`));
    expect([delivery.pending, tally.skipped, nextAt(0)]).toEqual([MAX_PENDING, 5, 'under way']);
    delivery.taken();
    expect(nextAt(0)).toBe('e6');
  });

  test('an event that is refused again and again gives way to the next one', () => {
    for (const name of ['poison', 'b']) delivery.offer(event(name));
    failing(5, REFUSED);
    expect(nextAt(10_000)).toBe('poison');
    delivery.failed(REFUSED, 10_000);
    expect([nextAt(20_000), tally.skipped]).toEqual(['b', 1]);
  });

  test('the last event is never given up, and gives way once another comes', () => {
    delivery.offer(event('last'));
    failing(20, REFUSED);
    expect([nextAt(1e6), tally.skipped]).toEqual(['last', 0]);
    delivery.offer(event('newer'));
    delivery.failed(REFUSED, 1e6);
    expect([nextAt(2e6), tally.skipped]).toEqual(['newer', 1]);
  });

  test('no event is given up because its listener is silent or out of reach', () => {
    for (const name of ['a', 'b']) delivery.offer(event(name));
    failing(10, HANGS);
    failing(10, OUT_OF_REACH);
    expect([nextAt(1e6), tally.skipped]).toEqual(['a', 0]);
  });
});
