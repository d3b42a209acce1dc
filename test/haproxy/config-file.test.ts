import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, statSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

test('a directory that cannot be is a fault with its path', async () => {
  await writeFile(join(directory, 'etc'), 'a file');
  expect(await configFile().stage('x')).toMatchObject({
    code: 'CONFIG_NOT_WRITABLE',
    path: join(directory, 'etc', '.haproxy.cfg.candidate'),
  });
});
