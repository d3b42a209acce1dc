import { beforeEach, expect, test } from '@jest/globals';
import { DriverCounters } from '../../../src/gossip/driver/counters.js';
import { Lane } from '../../../src/gossip/driver/lane.js';
import { settle } from '../../support/time.js';

let counters: DriverCounters;
/** Tasks that run, each with how to end it. */
let running: Map<string, () => void>;

beforeEach(() => {
  counters = new DriverCounters();
  running = new Map();
});

const task = (name: string) => (): Promise<string> =>
  new Promise((resolve) => {
    running.set(name, () => {
      running.delete(name);
      resolve(name);
    });
  });

test('so many run at once, the next when one has ended, in their order', async () => {
  const lane = new Lane(counters, 2, 10);
  const ended = ['a', 'b', 'c', 'd'].map((name) => lane.run(task(name)));
  expect([...running.keys()]).toEqual(['a', 'b']);
  running.get('b')?.();
  await settle();
  expect([...running.keys()]).toEqual(['a', 'c']);
  for (const name of ['a', 'c', 'd']) {
    running.get(name)?.();
    await settle();
  }
  expect(await Promise.all(ended)).toEqual(['a', 'b', 'c', 'd']);
  expect(counters.requestsDropped).toBe(0);
});

test('when too many wait, the oldest is given up and counted', async () => {
  const lane = new Lane(counters, 1, 1);
  void lane.run(task('a'));
  const second = lane.run(task('b'));
  void lane.run(task('c'));
  expect(await second).toBeUndefined();
  running.get('a')?.();
  await settle();
  expect([...running.keys()]).toEqual(['c']);
  expect(counters.requestsDropped).toBe(1);
});

test('where none may wait, what cannot run at once is given up', async () => {
  const lane = new Lane(counters, 1, 0);
  void lane.run(task('a'));
  expect(await lane.run(task('b'))).toBeUndefined();
  expect([...running.keys()]).toEqual(['a']);
});

test('a task that fails makes room, too', async () => {
  const lane = new Lane(counters, 1, 1);
  await expect(lane.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  void lane.run(task('b'));
  expect([...running.keys()]).toEqual(['b']);
});
