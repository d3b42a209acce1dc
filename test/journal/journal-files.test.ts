import { describe, expect, test } from '@jest/globals';
import type { Journal } from '../../src/journal/journal.js';
import { JournalFiles, type Before } from '../../src/journal/journal-files.js';
import { silent } from '../http/support.js';
import { FakeDisk, systemError } from '../store/support/fake-disk.js';
import { ALWAYS, deflate, journaled, turn } from './support.js';

const DIRECTORY = '/state/journal';
const STOPPED = { kind: 'agent', what: 'stopped', host: 'h1', text: 'the agent ends' } as const;

function filesOn(disk: FakeDisk, { cluster = 'test', maxEvents = 10_000 } = {}) {
  const bounds = { maxEvents, maxBytes: 64 * 1024 * 1024 };
  return new JournalFiles({ directory: DIRECTORY, cluster, ...bounds }, { files: disk, deflate, turn, log: silent });
}

const idsOf = ({ segments }: Pick<Before, 'segments'>): readonly number[] =>
  segments.flatMap(({ entries }) => entries.map(({ id }) => id));

/** A disk with a journal of seven events in three segments. */
async function written(end = true) {
  const disk = new FakeDisk();
  const { journal, put, serve } = journaled({ size: 6 });
  const files = filesOn(disk);
  await files.read();
  serve('a\nb\n');
  put();
  serve('a\nc\n');
  put({ status: 1 });
  if (end) journal.record(STOPPED);
  await files.write(journal.segments);
  return { disk, journal };
}

const restoredOn = async (disk: FakeDisk): Promise<{ before: Before; journal: Journal }> => {
  const before = await filesOn(disk).read();
  const { journal } = journaled({ size: 6, open: false });
  journal.open(before.segments, before.nextId ?? 1);
  return { before, journal };
};

describe('the files of the journal', () => {
  test('bring everything back, and ids go on', async () => {
    const { disk, journal } = await written();
    const { before, journal: next } = await restoredOn(disk);
    expect(before.nextId).toBe(6);
    expect(next.history(ALWAYS).entries).toEqual(journal.history(ALWAYS).entries);
    expect(next.at(10n ** 20n)).toEqual(journal.at(10n ** 20n));
  });

  test('of a process that was killed leave room for the ids of what it did not write', async () => {
    const { disk } = await written(false);
    expect((await filesOn(disk).read()).nextId).toBe(100_005);
  });

  test('have nothing where nobody was before', async () => {
    expect(await filesOn(new FakeDisk()).read()).toEqual({ segments: [], nextId: undefined });
  });

  test('get what is new at their end, and go with their segment', async () => {
    const disk = new FakeDisk();
    const { journal, put, ids } = journaled({ size: 6 });
    const files = filesOn(disk);
    for (let n = 1; n <= 40; n += 1) {
      put({ status: n % 2 });
      await files.write(journal.segments);
      expect(idsOf(await filesOn(disk).read())).toEqual(ids());
    }
    expect(disk.paths.length).toBe(2);
  });

  test('that could not be written are when they can be, and what the disk had is there all the time', async () => {
    for (let step = 1; step <= 20; step += 1) {
      const disk = new FakeDisk();
      const { journal, put, ids } = journaled({ size: 6 });
      const files = filesOn(disk);
      let [failures, kept] = [0, -1];
      disk.before = (now) => {
        if (now >= step && now < step + 3) throw systemError('ENOSPC');
      };
      for (let n = 1; n <= 10; n += 1) {
        put({ status: n % 2 });
        const isWritten = await files.write(journal.segments).then(
          () => true,
          () => false,
        );
        if (isWritten) kept = journal.newest;
        else failures += 1;
        const { segments } = await filesOn(disk.afterKill()).read();
        expect(segments.at(-1)?.last ?? -1).toBeGreaterThanOrEqual(kept);
      }
      disk.before = () => undefined;
      await files.write(journal.segments);
      expect([step, failures > 0]).toEqual([step, true]);
      expect(idsOf(await filesOn(disk).read())).toEqual(ids());
    }
  });

  test('that somebody took away, or cut, come back as a whole with the next event', async () => {
    for (const harm of ['removed', 'cut']) {
      const disk = new FakeDisk();
      const { journal, put, ids } = journaled();
      const files = filesOn(disk);
      put();
      await files.write(journal.segments);
      const [path = ''] = disk.paths;
      if (harm === 'removed') await disk.remove(path);
      else disk.put(path, disk.bytes(path)?.subarray(0, 20) ?? new Uint8Array());
      put({ status: 1 });
      await files.write(journal.segments);
      const { before, journal: next } = await restoredOn(disk);
      expect(idsOf(before)).toEqual(ids());
      expect(next.at(10n ** 20n)).toEqual(journal.at(10n ** 20n));
    }
  });

  test('of another cluster are not read, and make room', async () => {
    const { disk } = await written();
    const files = filesOn(disk, { cluster: 'other' });
    expect(await files.read()).toEqual({ segments: [], nextId: 6 });
    await files.write([]);
    expect(disk.paths).toEqual([]);
  });

  test('beyond what is to be kept are not read, and make room', async () => {
    const { disk } = await written();
    const files = filesOn(disk, { maxEvents: 0 });
    expect((await files.read()).segments).toEqual([]);
    await files.write([]);
    expect(disk.paths).toEqual([]);
  });
});

describe('a damaged journal', () => {
  /** What is read of a disk on which one file has other bytes. */
  async function readWith(
    disk: FakeDisk,
    path: string,
    bytes: Uint8Array,
  ): Promise<{ before: Before; journal: Journal }> {
    const damaged = disk.afterKill();
    damaged.put(path, bytes);
    return restoredOn(damaged);
  }

  test('cut at any byte starts, with all before the cut, and never gives an id twice', async () => {
    const { disk, journal } = await written();
    const whole = journal.history(ALWAYS).entries;
    for (const path of disk.paths) {
      const bytes = disk.bytes(path) ?? new Uint8Array();
      for (let length = 0; length < bytes.length; length += 1) {
        const { before, journal: next } = await readWith(disk, path, bytes.subarray(0, length));
        expect(whole).toEqual(expect.arrayContaining([...next.history(ALWAYS).entries]));
        expect(before.nextId).toBeGreaterThan(whole.at(-1)?.id ?? 0);
      }
    }
  });

  test('with a byte flipped anywhere starts, loses at most two events, and believes nothing wrong', async () => {
    const { disk, journal } = await written();
    const whole = journal.history(ALWAYS).entries;
    for (const path of disk.paths) {
      const bytes = disk.bytes(path) ?? new Uint8Array();
      for (let at = 0; at < bytes.length; at += 1) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ 0x21;
        const { before, journal: next } = await readWith(disk, path, flipped);
        const { entries } = next.history(ALWAYS);
        expect(whole).toEqual(expect.arrayContaining([...entries]));
        expect(entries.length).toBeGreaterThanOrEqual(whole.length - 2);
        expect(before.nextId).toBeGreaterThan(whole.at(-1)?.id ?? 0);
        for (const { time } of whole) {
          const [past, truth] = [next.at(time), journal.at(time)];
          if (past.ok) expect(past).toEqual(truth);
        }
      }
    }
  });

  test('that ends too early, or lacks a file, does not take what it has for what was believed later', async () => {
    const { disk, journal } = await written();
    const { entries } = journal.history(ALWAYS);
    for (const [i, { first, last }] of journal.segments.slice(0, -1).entries()) {
      const path = disk.paths[i] ?? '';
      const lines = (
        Buffer.from(disk.bytes(path) ?? '')
          .toString()
          .match(/.*\n/g) ?? []
      ).slice(0, -1);
      const { journal: cut } = await readWith(disk, path, Buffer.from(lines.join('')));
      const lacking = disk.afterKill();
      await lacking.remove(path);
      const { journal: next } = await restoredOn(lacking);
      for (const { id, time } of entries) {
        expect([id, cut.at(time).ok]).toEqual([id, id !== last]);
        expect([id, next.at(time).ok]).toEqual([id, id < first || id > last]);
      }
    }
  });

  test('whose file cannot be read is passed over', async () => {
    const { disk } = await written();
    disk.before = (_, name) => {
      if (name === 'read') throw systemError('EIO');
    };
    expect((await filesOn(disk).read()).segments).toEqual([]);
  });
});
