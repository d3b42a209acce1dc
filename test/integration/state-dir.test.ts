import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { StateWriter } from '../support/state-writer.js';
import { until } from '../support/until.js';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sidecar-state-dir-'));
  chmodSync(home, 0o755);
  for (const part of ['dist', 'package.json', 'test/support/keep-state.mjs']) {
    cpSync(part, join(home, part), { recursive: true });
  }
});
const writers: StateWriter[] = [];
afterEach(async () => {
  for (const writer of writers.splice(0)) await writer.end('SIGKILL');
  rmSync(home, { recursive: true, force: true });
});

/** A writer with an ordinary user's rights: root may do what users may not. */
function startAsUser(directory: string): StateWriter {
  const writer = StateWriter.start(directory, {
    program: join(home, 'test/support/keep-state.mjs'),
    dist: join(home, 'dist'),
    ...(isRoot ? { uid: NOBODY } : {}),
  });
  writers.push(writer);
  return writer;
}

test('a missing state_dir is made, for its user alone, and what is kept there comes back', async () => {
  const parent = join(home, 'var');
  mkdirSync(parent);
  if (isRoot) chownSync(parent, NOBODY, NOBODY);
  const first = startAsUser(join(parent, 'lib/state'));
  expect(await first.untilReady()).toBe(0);
  await until('it has written', () => first.said('kept').length > 0);
  await first.end('SIGTERM');
  expect(statSync(join(parent, 'lib/state')).mode & 0o7777).toBe(0o700);
  expect(readdirSync(join(parent, 'lib/state')).sort()).toEqual(['counter', 'counter.previous']);
  const second = startAsUser(join(parent, 'lib/state'));
  const restored = await second.untilReady();
  await second.end('SIGTERM');
  expect(restored).toBeGreaterThan(Number(first.said('kept').at(-1)));
  expect([...first.said('warning'), ...second.said('warning')]).toEqual([]);
});

test('a state_dir that may not be written is one warning, from the start to the end', async () => {
  const closed = join(home, 'closed');
  mkdirSync(closed, { mode: 0o555 });
  const writer = startAsUser(closed);
  expect(await writer.untilReady()).toBe(0);
  await writer.end('SIGTERM');
  expect(writer.said('kept')).toEqual([]);
  expect(writer.said('warning')).toEqual([expect.stringMatching(/^state is not kept in state_dir .*EACCES/)]);
  expect(readdirSync(closed)).toEqual([]);
});
