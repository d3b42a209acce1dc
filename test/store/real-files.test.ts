import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { systemFiles } from '../../src/platform/files.js';
import { StateFile } from '../../src/store/state-file.js';
import { silent } from '../support/log.js';

let directory: string;
beforeEach(async () => {
  directory = join(mkdtempSync(join(tmpdir(), 'sidecar-store-')), 'state');
  await systemFiles.ensureWritableDirectory(directory, 0o700);
});
afterEach(() => rmSync(join(directory, '..'), { recursive: true }));

const path = (name: string): string => join(directory, name);
const kind = { kind: 'catalog', version: 1 };
const stateFile = (writer = '00000001'): StateFile =>
  new StateFile({ directory, writer, kind }, { files: systemFiles, log: silent });

async function restored(): Promise<string | undefined> {
  let text: string | undefined;
  await stateFile().load((read) => {
    text = read;
    return undefined;
  });
  return text;
}

test('a state survives on a real disk, where only our user may read it', async () => {
  expect(await restored()).toBeUndefined();
  for (const text of ['ä', 'ö', 'ü']) await stateFile().replace(text);
  expect(await restored()).toBe('ü');
  expect(readdirSync(directory).sort()).toEqual(['catalog', 'catalog.previous']);
  expect(statSync(directory).mode & 0o7777).toBe(0o700);
  for (const name of readdirSync(directory)) expect(statSync(path(name)).mode & 0o7777).toBe(0o600);
});

test('what killed writers left is removed by the next that writes, and nothing else is', async () => {
  const others = ['catalog.md', 'catalog.12345678.new.bak', 'catalogue.12345678.new', 'peers.12345678.new'];
  for (const name of ['catalog.12345678.new', 'catalog.00000001.new', ...others]) writeFileSync(path(name), 'half of');
  await stateFile('00000002').replace('x');
  expect(readdirSync(directory).sort()).toEqual(['catalog', ...others].sort());
});

test('a file cut or flipped at any byte: the state before it is restored, the broken one is set aside', async () => {
  await stateFile().replace('old');
  await stateFile().replace('new');
  const [old, last] = [readFileSync(path('catalog.previous')), readFileSync(path('catalog'))];
  const damages = Array.from(last, (byte, at) => [
    () => truncateSync(path('catalog'), at),
    () => writeFileSync(path('catalog'), last.with(at, byte ^ (1 << (at % 8)))),
  ]).flat();
  for (const damage of damages) {
    writeFileSync(path('catalog'), last);
    writeFileSync(path('catalog.previous'), old);
    damage();
    expect(await restored()).toBe('old');
    expect(readdirSync(directory).sort()).toEqual(['catalog.damaged', 'catalog.previous']);
  }
});

test('a directory or an endless file in its place is set aside, too', async () => {
  await stateFile().replace('old');
  await stateFile().replace('new');
  rmSync(path('catalog'));
  await systemFiles.ensureWritableDirectory(path('catalog'));
  expect(await restored()).toBe('old');
  writeFileSync(path('catalog'), '');
  truncateSync(path('catalog'), 2 ** 40);
  rmSync(path('catalog.damaged'), { recursive: true });
  expect(await restored()).toBe('old');
  await stateFile().replace('next');
  expect(await restored()).toBe('next');
});
