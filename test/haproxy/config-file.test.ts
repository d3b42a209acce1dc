import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, statSync } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ConfigFile } from '../../src/haproxy/config-file.js';
import { systemFiles } from '../../src/platform/files.js';
import { silentLogger } from './support/silent-logger.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sidecar-config-'));
});
afterEach(() => rm(directory, { recursive: true }));

const configFile = (files = systemFiles, log = silentLogger): ConfigFile =>
  new ConfigFile(join(directory, 'etc', 'haproxy.cfg'), { files, log });
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('the candidate becomes the file by a rename, readable for all as in the original', async () => {
  const file = configFile();
  expect(await file.stage('new')).toBeUndefined();
  expect(existsSync(file.path)).toBe(false);
  expect(await file.promote('new')).toBeUndefined();
  expect(await readFile(file.path, 'utf8')).toBe('new');
  expect(existsSync(file.candidate)).toBe(false);
  expect(mode(file.path)).toBe('644');
});

test('a file that the operator closed to others stays closed', async () => {
  const file = configFile();
  await file.restore('old');
  await chmod(file.path, 0o600);
  await file.restore('new');
  expect([await readFile(file.path, 'utf8'), mode(file.path)]).toEqual(['new', '600']);
});

test.each(['EBUSY', 'EXDEV'])(
  'where a rename cannot work (%s) the file is overwritten in place, with one warning',
  async (code) => {
    const warnings: string[] = [];
    const rename = (): Promise<void> => Promise.reject(Object.assign(new Error(code), { code }));
    const log = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    const file = configFile({ ...systemFiles, rename }, log);
    await file.restore('one');
    const { ino } = statSync(file.path);
    await file.restore('two');
    expect(await readFile(file.path, 'utf8')).toBe('two');
    expect(statSync(file.path).ino).toBe(ino);
    expect(warnings).toEqual(['config_file cannot be replaced by a rename, so it is overwritten in place']);
  },
);

test('a symbolic link stays one, and the file behind it is replaced, be it missing at first', async () => {
  const file = configFile();
  await mkdir(join(directory, 'real'));
  await mkdir(join(directory, 'etc'));
  await symlink('../real/real.cfg', file.path);
  for (const text of ['one', 'two']) {
    expect(await file.restore(text)).toBeUndefined();
    expect((await lstat(file.path)).isSymbolicLink()).toBe(true);
    expect(await readlink(file.path)).toBe('../real/real.cfg');
    expect(await readFile(join(directory, 'real', 'real.cfg'), 'utf8')).toBe(text);
  }
});

describe('a file that may be written in a directory that may not', () => {
  const refuse = (): Promise<never> =>
    Promise.reject(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }));
  const closed = { ...systemFiles, ensureWritableDirectory: refuse, rename: refuse };

  test('is overwritten in place, from a candidate in a directory of its own, with one warning', async () => {
    await mkdir(join(directory, 'etc'));
    await writeFile(join(directory, 'etc', 'haproxy.cfg'), 'old');
    const warnings: string[] = [];
    const file = configFile(closed, { ...silentLogger, warn: (message) => void warnings.push(message) });
    for (const text of ['one', 'two']) {
      expect(await file.stage(text)).toBeUndefined();
      const { candidate } = file;
      expect(candidate).not.toContain(directory);
      expect(await readFile(candidate, 'utf8')).toBe(text);
      expect(await readFile(file.path, 'utf8')).not.toBe(text);
      expect(await file.promote(text)).toBeUndefined();
      expect(await readFile(file.path, 'utf8')).toBe(text);
      expect(await file.discard()).toBeUndefined();
      expect(existsSync(dirname(candidate))).toBe(false);
    }
    expect(warnings).toHaveLength(1);
  });

  test('is a fault only when it is not there either', async () => {
    const file = configFile(closed);
    expect(await file.stage('x')).toMatchObject({ code: 'CONFIG_NOT_WRITABLE', path: file.candidate });
    expect(file.candidate).toBe(join(directory, 'etc', '.haproxy.cfg.candidate'));
  });
});

test('a directory that cannot be is a fault with its path', async () => {
  await writeFile(join(directory, 'etc'), 'a file');
  expect(await configFile().stage('x')).toMatchObject({
    code: 'CONFIG_NOT_WRITABLE',
    path: join(directory, 'etc', '.haproxy.cfg.candidate'),
  });
});
