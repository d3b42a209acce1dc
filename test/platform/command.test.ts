import { describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand, runCommandAlone } from '../../src/platform/command.js';
import type { CommandLimits } from '../../src/lib/command.js';
import { until } from '../support/until.js';

const limits: CommandLimits = { timeoutMs: 10_000, maxOutputBytes: 4096 };
const bash = (script: string) => ({ file: '/bin/bash', args: ['-c', script] });

/** A zombie that init has yet to collect does not run. */
function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const pidsIn = (output: string): number[] => output.trim().split(/\s+/).map(Number);

describe('running a command', () => {
  test('tells exit status and both outputs', async () => {
    const result = await runCommand(bash('echo out; echo err >&2; exit 3'), limits);
    expect(result).toMatchObject({ outcome: 'ended', exitCode: 3 });
    expect(result.output.split('\n').sort()).toEqual(['', 'err', 'out']);
  });

  test('adds variables to the environment and reads nothing from stdin', async () => {
    const result = await runCommand(
      { ...bash('cat; echo $GREETING; echo ${PATH:+path}'), env: { GREETING: 'hi' } },
      limits,
    );
    expect(result.output).toBe('hi\npath\n');
  });

  test('a program that does not exist is a result, not an exception', async () => {
    const result = await runCommand({ file: '/no/such', args: [] }, limits);
    expect(result).toMatchObject({ outcome: 'not-started', exitCode: undefined });
    expect(result.output).toContain('ENOENT');
  });

  test('an argument that no system accepts is a result, too', async () => {
    const result = await runCommand({ file: 'echo', args: ['a\0b'] }, limits);
    expect(result.outcome).toBe('not-started');
    expect(result.output).not.toBe('');
  });

  test('a process ended by a signal has no exit status', async () => {
    expect(await runCommand(bash('kill -9 $$'), limits)).toMatchObject({ outcome: 'ended', exitCode: undefined });
  });

  test('output is cut at the bound, never inside a character', async () => {
    const result = await runCommand(bash('printf "aé"'), { ...limits, maxOutputBytes: 2 });
    expect(result.output).toBe('a');
  });

  test('a writer of 2 MiB comes to its end although only the bound is kept', async () => {
    const result = await runCommand(bash('head -c 2097152 /dev/zero | tr "\\0" x; exit 5'), limits);
    expect(result).toMatchObject({ outcome: 'ended', exitCode: 5 });
    expect(result.output).toHaveLength(4096);
  });

  test('at the timeout the whole group is killed, even if it ignores SIGTERM and floods its output', async () => {
    const script = 'trap "" TERM; sleep 600 & echo $$ $!; yes & yes';
    const result = await runCommand(bash(script), { ...limits, timeoutMs: 1_000 });
    expect(result).toMatchObject({ outcome: 'timed-out', exitCode: undefined });
    const pids = pidsIn(result.output.split('\n')[0]!);
    expect(pids).toHaveLength(2);
    await until('they are gone', () => !pids.some(runs));
  });

  test('an abort kills the whole group', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'command-'));
    const abort = new AbortController();
    const script = `sleep 600 & echo $$ $! > ${dir}/new; mv ${dir}/new ${dir}/pids; wait`;
    const running = runCommand(bash(script), { ...limits, signal: abort.signal });
    await until('its processes run', () => existsSync(join(dir, 'pids')));
    abort.abort();
    expect((await running).outcome).toBe('aborted');
    const pids = pidsIn(readFileSync(join(dir, 'pids'), 'utf8'));
    expect(pids).toHaveLength(2);
    await until('they are gone', () => !pids.some(runs));
    rmSync(dir, { recursive: true });
  });

  test('nothing is started after the abort', async () => {
    const result = await runCommand(bash('echo started'), { ...limits, signal: AbortSignal.abort() });
    expect(result).toMatchObject({ outcome: 'aborted', output: '' });
  });

  test('it is over when the process exits, although a daemon keeps its pipes open', async () => {
    const result = await runCommand(bash('sleep 600 & echo $!'), limits);
    expect(result).toMatchObject({ outcome: 'ended', exitCode: 0 });
    const [daemon] = pidsIn(result.output);
    expect(runs(daemon!)).toBe(true);
    process.kill(daemon!, 'SIGKILL');
  });

  test('a command run alone leaves nothing in the background', async () => {
    const result = await runCommandAlone(bash('sleep 600 & echo $!'), limits);
    expect(result).toMatchObject({ outcome: 'ended', exitCode: 0 });
    const [left] = pidsIn(result.output);
    expect(left).toBeGreaterThan(0);
    await until('they are gone', () => !runs(left!));
  });
});
