import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemFiles } from '../../src/platform/files.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sidecar-files-'));
});
afterEach(() => rm(directory, { recursive: true }));
const path = (name: string): string => join(directory, name);

describe('reading', () => {
  test('gives the text, and nothing for a missing file', async () => {
    await writeFile(path('a'), 'ä');
    expect(await systemFiles.read(path('a'))).toBe('ä');
    expect(await systemFiles.read(path('b'))).toBeUndefined();
  });

  test('what is no regular file is refused at once, instead of waiting for ever', async () => {
    execFileSync('mkfifo', [path('fifo')]);
    for (const odd of [path('fifo'), '/dev/zero', directory]) {
      await expect(systemFiles.read(odd)).rejects.toThrow(`${odd} is not a regular file`);
    }
  });

  test('a file without an end is refused', async () => {
    await writeFile(path('huge'), '');
    await truncate(path('huge'), 16 * 1024 * 1024 + 1);
    await expect(systemFiles.read(path('huge'))).rejects.toThrow('larger than 16777216 bytes');
  });
});

test('writing into what is no regular file is refused at once', async () => {
  execFileSync('mkfifo', [path('fifo')]);
  await expect(systemFiles.write(path('fifo'), 'x', path('fifo'))).rejects.toThrow('ENXIO');
});

test('a private file is for our user alone, and never written through a symbolic link', async () => {
  await systemFiles.writePrivate(path('state'), Buffer.from('x'));
  await systemFiles.syncDirectory(directory);
  expect((await stat(path('state'))).mode & 0o7777).toBe(0o600);
  await symlink(path('state'), path('link'));
  await expect(systemFiles.writePrivate(path('link'), Buffer.from('y'))).rejects.toThrow('ELOOP');
  expect(await readFile(path('state'), 'utf8')).toBe('x');
});

test('what is added to a private file stands behind what is sure, and a missing or shorter one is left alone', async () => {
  const extend = (name: string, from: number, text: string): Promise<boolean> =>
    systemFiles.extendPrivate(path(name), from, Buffer.from(text));
  expect(await extend('log', 0, 'one\n')).toBe(false);
  await expect(stat(path('log'))).rejects.toThrow('ENOENT');
  await systemFiles.writePrivate(path('log'), Buffer.from('one\nha'));
  expect(await extend('log', 4, 'two\n')).toBe(true);
  expect(await extend('log', 8, 'three\n')).toBe(true);
  expect(await extend('log', 15, 'five\n')).toBe(false);
  expect(await readFile(path('log'), 'utf8')).toBe('one\ntwo\nthree\n');
  expect((await stat(path('log'))).mode & 0o7777).toBe(0o600);
  await symlink(path('log'), path('link'));
  await expect(extend('link', 0, 'four\n')).rejects.toThrow('ELOOP');
  await mkdir(path('folder'));
  await expect(extend('folder', 0, 'x')).rejects.toThrow('EISDIR');
});

test('symbolic links are followed to their end, be it missing', async () => {
  await symlink('two', path('one'));
  await symlink(path('three'), path('two'));
  expect(await systemFiles.follow(path('one'))).toBe(path('three'));
  await writeFile(path('three'), '');
  expect(await systemFiles.follow(path('one'))).toBe(path('three'));
  expect(await systemFiles.follow(path('three'))).toBe(path('three'));
  await symlink('loop', path('loop'));
  await expect(systemFiles.follow(path('loop'))).rejects.toThrow('ELOOP');
  expect(await readFile(path('one'), 'utf8')).toBe('');
});
