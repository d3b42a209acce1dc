import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { systemProcesses } from '../../src/platform/processes.js';

test('a process is described by its program, arguments and start', () => {
  const self = systemProcesses.describe(process.pid);
  expect(self?.executable).toBe(process.execPath);
  expect(self?.args.length).toBeGreaterThan(0);
  expect(Math.abs((self?.startedMs ?? 0) - (Date.now() - process.uptime() * 1000))).toBeLessThan(5_000);
});

test('a process that has ended is none, and signalling it does no harm', async () => {
  const child = spawn('sleep', ['300']);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  expect(systemProcesses.describe(pid)?.name).toBe('sleep');
  systemProcesses.signal(pid, 'SIGKILL');
  await once(child, 'exit');
  expect(systemProcesses.describe(pid)).toBeUndefined();
  systemProcesses.signal(pid, 'SIGKILL');
});

test('programs are found in PATH, then where an ordinary user does not look', () => {
  expect(systemProcesses.findProgram('sh', [])).toMatch(/\/sh$/);
  expect(systemProcesses.findProgram('no-such-program', ['/usr/sbin'])).toBeUndefined();
});

test('processes are found by their short name, this one among them', () => {
  const self = systemProcesses.describe(process.pid);
  expect(systemProcesses.named(self?.name ?? '')).toContain(process.pid);
  expect(systemProcesses.named('no-such-name')).toEqual([]);
});
