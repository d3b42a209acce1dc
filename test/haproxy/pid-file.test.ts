import { describe, expect, test } from '@jest/globals';
import { PidFile, pidFileRepair } from '../../src/haproxy/pid-file.js';
import type { ProcessInfo } from '../../src/haproxy/ports.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { FakeClock, fakeWall } from '../support/time.js';
import { FilesDouble } from './support/room.js';
import { silentLogger } from './support/silent-logger.js';

describe('a pid file (contract section 10.8)', () => {
  test.each([
    [undefined, [], { kind: 'right' }],
    ['7\n', [], { kind: 'remove' }],
    ['7\n', [7], { kind: 'right' }],
    ['8\n', [7], { kind: 'write', pid: 7 }],
    ['', [7], { kind: 'write', pid: 7 }],
    [undefined, [7], { kind: 'write', pid: 7 }],
    ['8\n', [7, 9], { kind: 'right' }],
    ['7\n', [7, 8, 9], { kind: 'too-many', count: 3 }],
  ])('%j while %j run: %j', (text, pids, repair) => {
    expect(pidFileRepair(text, pids)).toEqual(repair);
  });
});

function setUp(text: string | undefined, processes: Map<number, Partial<ProcessInfo>>) {
  const clock = new FakeClock();
  const problems = new ProblemBoard(fakeWall(clock));
  const files = new FilesDouble();
  if (text !== undefined) files.texts.set('/run/haproxy.pid', text);
  const describe = (pid: number): ProcessInfo | undefined => {
    const info = processes.get(pid);
    return info && { executable: undefined, name: 'haproxy', args: [], startedMs: 0, parent: 1, ...info };
  };
  const part = new PidFile(
    { pidFile: '/run/haproxy.pid', configFile: '/etc/haproxy.cfg' },
    { files, processes: { named: () => [...processes.keys()], describe }, clock, problems, log: silentLogger },
  );
  const stop = new AbortController();
  let isReady = false;
  const ended = part.run(stop.signal, () => void (isReady = true));
  const end = async (): Promise<void> => {
    stop.abort();
    await ended;
  };
  return { clock, problems, files, isReady: () => isReady, end };
}

const OURS = { args: ['haproxy', '-f', '/etc/haproxy.cfg'] };

describe('before a reload command reads it', () => {
  test('it names the HAProxy of ours that runs, not another one, nor haproxy-api', async () => {
    const others: [number, Partial<ProcessInfo>][] = [
      [5, { args: ['haproxy', '-f', '/etc/other.cfg'] }],
      [6, { name: 'haproxy-api' }],
    ];
    const { clock, files, isReady, end } = setUp('4', new Map([...others, [7, OURS]]));
    await clock.advance(0);
    expect([files.texts.get('/run/haproxy.pid'), isReady()]).toEqual(['7\n', true]);
    await end();
  });

  test('it names the master, whose workers do not count', async () => {
    const workers = [8, 9, 10].map((pid): [number, Partial<ProcessInfo>] => [pid, { ...OURS, parent: 7 }]);
    const { clock, files, problems, end } = setUp('8', new Map([...workers, [7, OURS]]));
    await clock.advance(0);
    expect([files.texts.get('/run/haproxy.pid'), problems.list()]).toEqual(['7\n', []]);
    await end();
  });

  test('it is removed when none runs', async () => {
    const { clock, files, end } = setUp('4', new Map());
    await clock.advance(0);
    expect(files.texts.size).toBe(0);
    await end();
  });

  test('too many are a problem that keeps nobody waiting, until there are few enough', async () => {
    const processes = new Map([7, 8, 9].map((pid) => [pid, OURS]));
    const { clock, files, problems, isReady, end } = setUp('4', processes);
    await clock.advance(0);
    expect([problems.list().map(({ code }) => code), isReady()]).toEqual([['TOO_MANY_HAPROXIES'], true]);
    expect(files.texts.get('/run/haproxy.pid')).toBe('4');
    processes.delete(8);
    processes.delete(9);
    await clock.advance(10_000);
    expect([problems.list(), files.texts.get('/run/haproxy.pid')]).toEqual([[], '7\n']);
    await end();
  });

  test('a disk that refuses stops nothing', async () => {
    const { clock, files, isReady, end } = setUp(undefined, new Map());
    files.refusal = 'no space';
    await clock.advance(0);
    expect(isReady()).toBe(true);
    await end();
  });
});
