import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRegularFile } from '../../src/platform/read-regular-file.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'read-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const here = (name: string): string => join(dir, name);
const text = (path: string, maxBytes: number): string => Buffer.from(readRegularFile(path, maxBytes)).toString();

test('a file is read to its end, also through a link, up to the bound', () => {
  const content = 'x'.repeat(200_000);
  writeFileSync(here('f'), content);
  symlinkSync('f', here('link'));
  expect(text(here('link'), 200_000)).toBe(content);
  writeFileSync(here('empty'), '');
  expect(text(here('empty'), 0)).toBe('');
  expect(text('/proc/self/comm', 100)).toBe(readFileSync('/proc/self/comm', 'utf8')); // its size is said to be 0
});

test('nothing else is read, and nothing is waited for', () => {
  execFileSync('mkfifo', [here('pipe')]);
  writeFileSync(here('long'), 'x'.repeat(101));
  for (const [path, code, message] of [
    [here('pipe'), 'ENOTREG', `${here('pipe')} is not a regular file`],
    ['/dev/zero', 'ENOTREG', '/dev/zero is not a regular file'],
    [dir, 'EISDIR', `${dir} is a directory`],
    [here('long'), 'EFBIG', `${here('long')} is larger than 100 bytes`],
    [here('none'), 'ENOENT', 'no such file'],
  ] as const) {
    expect(() => readRegularFile(path, 100)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  }
});
