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
let faults: unknown[];
let take: (read: FileRead) => void;
let close: () => Promise<void>;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'watch-'));
  [reads, faults] = [[], []];
  take = (read) => void reads.push(read);
});
afterEach(async () => {
  await close();
  expect(faults).toEqual([]);
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
  close = watchFile(here(name), maxBytes, { onRead: take, onError: (error) => faults.push(error) });
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

  test('a directory further up that is swapped by rename is followed', async () => {
    for (const [parent, text] of Object.entries({ p: 'old', p2: 'new', p3: 'newer' })) {
      mkdirSync(here(`${parent}/q/c`), { recursive: true });
      writeFileSync(here(`${parent}/q/c/f`), text);
    }
    await watching('p/q/c/f', 'old');
    renameSync(here('p'), here('p.old'));
    renameSync(here('p2'), here('p'));
    await toRead('new');
    renameSync(here('p/q'), here('p/q.old'));
    renameSync(here('p3/q'), here('p/q'));
    await toRead('newer');
  });

  test('so is one above a link, and one above the file that the link leads to', async () => {
    for (const [parent, text] of Object.entries({ p: 'one', p2: 'two' })) {
      mkdirSync(here(`${parent}/c`), { recursive: true });
      writeFileSync(here(`${parent}/c/f`), text);
    }
    for (const links of ['l/c', 'l2/c']) mkdirSync(here(links), { recursive: true });
    symlinkSync(here('p/c/f'), here('l/c/f'));
    symlinkSync('elsewhere', here('l2/c/f'));
    await watching('l/c/f', 'one');
    renameSync(here('p'), here('p.old'));
    renameSync(here('p2'), here('p'));
    await toRead('two');
    renameSync(here('l'), here('l.old'));
    renameSync(here('l2'), here('l'));
    await toRead('FILE_MISSING');
  });

  test('a path of many levels is followed near its end', async () => {
    const deep = Array.from({ length: 30 }, (_, i) => i).join('/');
    mkdirSync(here(`${deep}/c`), { recursive: true });
    mkdirSync(here(`${deep}.new/c`), { recursive: true });
    writeFileSync(here(`${deep}/c/f`), 'old');
    writeFileSync(here(`${deep}.new/c/f`), 'new');
    await watching(`${deep}/c/f`, 'old');
    renameSync(here(deep), here(`${deep}.old`));
    renameSync(here(`${deep}.new`), here(deep));
    await toRead('new');
  });

  test('what the reader throws is told, and the watch goes on', async () => {
    const thrown = new RangeError('too much');
    let throws = true;
    take = (read) => {
      if (throws) throw thrown;
      reads.push(read);
    };
    writeFileSync(here('f'), 'first');
    close = watchFile(here('f'), 100, { onRead: (read) => take(read), onError: (error) => faults.push(error) });
    await until('it is told', () => faults.includes(thrown));
    throws = false;
    writeFileSync(here('f'), 'first'); // the same again, since nobody has taken it in
    await toRead('first');
    faults = [];
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
