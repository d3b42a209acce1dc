import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileRead } from '../../src/lib/watched-file.js';
import { watchFile } from '../../src/platform/watch-file.js';
import { until } from '../support/until.js';

let dir: string;
let reads: FileRead[];
let close: () => Promise<void>;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'watch-'));
  reads = [];
});
afterEach(async () => {
  await close();
  rmSync(dir, { recursive: true, force: true });
});

const here = (name: string): string => join(dir, name);
const last = (): string | undefined => {
  const read = reads.at(-1);
  return read?.ok ? read.value : read?.fault.code;
};
const toRead = (expected: string) => until(`${expected} is read`, () => last() === expected, 5_000);

/** Watches, and waits for the first read. */
async function watching(name: string, expected: string, maxBytes = 100): Promise<void> {
  close = watchFile(here(name), maxBytes, (read) => reads.push(read));
  await toRead(expected);
}

describe('watching a file', () => {
  test('it is read at once, and again after each change, however that is made', async () => {
    writeFileSync(here('f'), 'first');
    await watching('f', 'first');
    writeFileSync(here('f'), 'written in place');
    await toRead('written in place');
    writeFileSync(here('new'), 'replaced');
    renameSync(here('new'), here('f'));
    await toRead('replaced');
    rmSync(here('f'));
    await toRead('FILE_MISSING');
    writeFileSync(here('f'), 'made again');
    await toRead('made again');
    expect(reads.map((read) => read.ok)).toEqual([true, true, true, false, true]);
  });

  test('changes of the same length in quick succession all end in the last one', async () => {
    writeFileSync(here('f'), 'a0');
    await watching('f', 'a0');
    for (let i = 1; i < 10; i += 1) {
      writeFileSync(here('f'), `a${i}`);
      await toRead(`a${i}`);
    }
  });

  test('a file that is missing, with its directory, is read when it comes', async () => {
    await watching('sub/deeper/f', 'FILE_MISSING');
    mkdirSync(here('sub/deeper'), { recursive: true });
    writeFileSync(here('sub/deeper/f'), 'here');
    await toRead('here');
  });

  test('a directory that is moved away and replaced is followed', async () => {
    mkdirSync(here('conf'));
    writeFileSync(here('conf/f'), 'old');
    await watching('conf/f', 'old');
    renameSync(here('conf'), here('conf.old'));
    mkdirSync(here('conf'));
    writeFileSync(here('conf/f'), 'new');
    await toRead('new');
    writeFileSync(here('conf/f'), 'newer');
    await toRead('newer');
  });

  test('a mounted config map, whose data directory is swapped by a link, is followed', async () => {
    mkdirSync(here('..1'));
    writeFileSync(here('..1/f'), 'one');
    symlinkSync('..1', here('..data'));
    symlinkSync('..data/f', here('f'));
    await watching('f', 'one');
    for (const [number, text] of [
      ['2', 'two'],
      ['3', 'three'],
    ] as const) {
      mkdirSync(here(`..${number}`));
      writeFileSync(here(`..${number}/f`), text);
      symlinkSync(`..${number}`, here('..tmp'));
      renameSync(here('..tmp'), here('..data'));
      await toRead(text);
    }
  });

  test('a link to a file elsewhere is followed when that file changes', async () => {
    mkdirSync(here('elsewhere'));
    writeFileSync(here('elsewhere/f'), 'one');
    symlinkSync(here('elsewhere/f'), here('f'));
    await watching('f', 'one');
    writeFileSync(here('elsewhere/f'), 'two');
    await toRead('two');
  });

  test('a link that leads to itself is a fault, and its end heals it', async () => {
    symlinkSync('f', here('f'));
    await watching('f', 'FILE_UNREADABLE');
    rmSync(here('f'));
    await toRead('FILE_MISSING');
  });

  test('what is no text of the allowed length is refused, each in its way', async () => {
    writeFileSync(here('f'), 'x'.repeat(100));
    await watching('f', 'x'.repeat(100));
    writeFileSync(here('f'), 'x'.repeat(101));
    await toRead('FILE_TOO_LARGE');
    writeFileSync(here('f'), Buffer.from([0x61, 0xff]));
    await toRead('FILE_NOT_UTF8');
    rmSync(here('f'));
    mkdirSync(here('f'));
    await toRead('FILE_NOT_REGULAR');
  });

  test('a pipe is refused without waiting for a writer', async () => {
    execFileSync('mkfifo', [here('f')]);
    await watching('f', 'FILE_NOT_REGULAR');
  });

  test('nothing is told when the content stays the same, and nothing after close', async () => {
    writeFileSync(here('f'), 'same');
    await watching('f', 'same');
    writeFileSync(here('f'), 'same');
    writeFileSync(here('beside'), 'x');
    rmSync(here('f'));
    await toRead('FILE_MISSING');
    writeFileSync(here('f'), 'same');
    await toRead('same');
    expect(reads).toHaveLength(3);
    await close();
    writeFileSync(here('f'), 'after');
    await new Promise((resolve) => setImmediate(resolve));
    expect(reads).toHaveLength(3);
  });
});
