import { expect, test } from '@jest/globals';
import { OldProcesses } from '../../src/haproxy/old-processes.js';
import { silentLogger } from './support/silent-logger.js';

/** Processes that started at these times. */
function processes(started: Record<number, number>) {
  const signals: string[] = [];
  const old = new OldProcesses(
    { maxOldProcesses: 2 },
    {
      processes: {
        describe: (pid) => {
          const startedMs = started[pid];
          return startedMs === undefined
            ? undefined
            : { executable: undefined, name: 'haproxy', args: [], startedMs, parent: 1 };
        },
        signal: (pid, signal) => void signals.push(`${signal} ${pid}`),
      },
      log: silentLogger,
    },
  );
  return { old, signals };
}

test('as many as are allowed live on, oldest first', () => {
  const { old, signals } = processes({ 10: 300, 11: 100 });
  old.look([10, 11]);
  expect(old.list.map(({ pid }) => pid)).toEqual([11, 10]);
  expect([signals, old.ended]).toEqual([[], 0]);
});

test('of more the oldest are ended, each told and counted once while it takes its time', () => {
  const { old, signals } = processes({ 10: 300, 11: 100, 12: 200, 13: 400 });
  old.look([10, 11, 12, 13]);
  old.look([10, 11, 12, 13]);
  expect([signals, old.ended]).toEqual([['SIGTERM 11', 'SIGTERM 12'], 2]);
  old.look([10, 13]);
  expect([old.list.length, old.ended]).toEqual([2, 2]);
});

test('another process that gets the number of one that was ended is ended in its turn', () => {
  const { old, signals } = processes({ 10: 1, 11: 2, 12: 3 });
  old.look([10, 11, 12]);
  old.look([11, 12]);
  old.look([10, 11, 12]);
  expect(signals).toEqual(['SIGTERM 10', 'SIGTERM 10']);
});

test('one that has ended between two looks is none', () => {
  const { old } = processes({ 10: 1 });
  old.look([10, 99]);
  expect(old.list).toEqual([{ pid: 10, startedMs: 1 }]);
});
