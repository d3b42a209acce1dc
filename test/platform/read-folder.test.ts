import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readFolder } from '../../src/platform/read-folder.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('has every file by its path', () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), 'page');
  writeFileSync(join(folder, 'assets', 'a.js'), 'code');
  const files = [...(readFolder(folder, 100) ?? [])].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]);
  expect(files.sort()).toEqual([
    ['assets/a.js', 'code'],
    ['index.html', 'page'],
  ]);
});

test('a folder that is not there is no fault, a file that is too large is one', () => {
  expect(readFolder(join(folder, 'no-such'), 100)).toBeUndefined();
  writeFileSync(join(folder, 'large'), 'x'.repeat(101));
  expect(() => readFolder(folder, 100)).toThrow();
});
