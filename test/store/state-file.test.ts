import { describe, expect, test } from '@jest/globals';
import { seal } from '../../src/store/sealed.js';
import { MAX_STATE_BYTES, StateFile } from '../../src/store/state-file.js';
import type { Logger } from '../../src/lib/logger.js';
import { FakeDisk, systemError } from './support/fake-disk.js';

const KIND = { kind: 'catalog', version: 2 };
const PATH = '/state/catalog';

/** One process that uses the disk, with what it logs as a warning or worse. */
function processOn(disk: FakeDisk, writer = '0000abcd') {
  const warnings: string[] = [];
  const keep = (message: string): void => void warnings.push(message);
  const log: Logger = { debug: () => undefined, info: () => undefined, warn: keep, error: keep, child: () => log };
  const file = new StateFile({ directory: '/state', writer, kind: KIND }, { files: disk, log });
  return { file, warnings };
}

/** What the next process restores, and what it warns of. */
async function restoredFrom(disk: FakeDisk): Promise<{ text: string | undefined; warnings: readonly string[] }> {
  const { file, warnings } = processOn(disk);
  let text: string | undefined;
  await file.load((restored) => {
    text = restored;
    return undefined;
  });
  return { text, warnings };
}

test('the last state that was written is the one restored', async () => {
  const disk = new FakeDisk();
  expect(await restoredFrom(disk)).toEqual({ text: undefined, warnings: [] });
  const { file } = processOn(disk);
  for (const text of ['1', '2', '3']) await file.replace(text);
  expect(await restoredFrom(disk)).toEqual({ text: '3', warnings: [] });
  expect(disk.paths).toEqual([PATH, `${PATH}.previous`]);
});

test('a state that no start would read back is not written', async () => {
  const disk = new FakeDisk();
  await expect(processOn(disk).file.replace('x'.repeat(MAX_STATE_BYTES))).rejects.toThrow(
    'more than the 67108864 it may have',
  );
  expect(disk.paths).toEqual([]);
});

/** Writes 1, 2, 3 … until the disk refuses; what was begun and what was acknowledged. */
async function writeUntilRefused(disk: FakeDisk, states: number): Promise<{ begun: number; acknowledged: number }> {
  const { file } = processOn(disk, '0000dead');
  let [begun, acknowledged] = [0, 0];
  try {
    while (begun < states) {
      begun += 1;
      await file.replace(`${begun}`);
      acknowledged = begun;
    }
  } catch {
    // where it ended is what the test is about
  }
  return { begun, acknowledged };
}

const STATES = 4;
/** More steps than that many writes have. */
const STEPS = 60;

describe.each<{ end: string; survivors: (disk: FakeDisk) => readonly FakeDisk[] }>([
  { end: 'kill', survivors: (disk) => [disk.afterKill()] },
  { end: 'power cut', survivors: (disk) => disk.afterPowerCut() },
])('after a $end at any step', ({ survivors }) => {
  test('the next start has the last acknowledged state or a later one, warns of nothing, and writes on', async () => {
    const ends = new Set<number>();
    for (let step = 1; step <= STEPS; step += 1) {
      const disk = new FakeDisk();
      disk.killAt(step);
      const { begun, acknowledged } = await writeUntilRefused(disk, STATES);
      ends.add(acknowledged);
      for (const survivor of survivors(disk)) {
        const { text, warnings } = await restoredFrom(survivor);
        expect({ step, warnings, whole: Number(text ?? 0) >= acknowledged && Number(text ?? 0) <= begun }).toEqual({
          step,
          warnings: [],
          whole: true,
        });
        await processOn(survivor).file.replace('next');
        expect({ step, ...(await restoredFrom(survivor)) }).toEqual({ step, text: 'next', warnings: [] });
        expect(survivor.paths.filter((path) => path.endsWith('.new'))).toEqual([]);
      }
    }
    expect([...ends]).toEqual([0, 1, 2, 3, 4]); // every state was interrupted, and the last run was not
  });
});

test('after a failure at any step the acknowledged state is there, nothing is left behind, and the next write succeeds', async () => {
  let failures = 0;
  for (let step = 1; step <= STEPS; step += 1) {
    const disk = new FakeDisk();
    const { file } = processOn(disk);
    disk.before = (now) => {
      if (now === step) throw systemError('ENOSPC');
    };
    let acknowledged = 0;
    for (let state = 1; state <= STATES; state += 1) {
      try {
        await file.replace(`${state}`);
        acknowledged = state;
      } catch (error) {
        failures += 1;
        expect(error).toMatchObject({ code: 'ENOSPC' });
        const { text, warnings } = await restoredFrom(disk.afterKill());
        expect({ step, warnings, kept: Number(text ?? 0) >= acknowledged }).toEqual({ step, warnings: [], kept: true });
        expect({ step, left: disk.paths.filter((path) => path.endsWith('.new')) }).toEqual({ step, left: [] });
      }
    }
    disk.before = () => undefined;
    await file.replace('next');
    expect({ step, ...(await restoredFrom(disk)) }).toEqual({ step, text: 'next', warnings: [] });
  }
  expect(failures).toBeGreaterThan(STATES * 5);
});

test('two agents in one directory by mistake: each sees a whole state of one of them, at every step', async () => {
  const disk = new FakeDisk();
  const seen: string[] = [];
  disk.before = async () => {
    const { text = '', warnings } = await restoredFrom(disk.afterKill());
    seen.push(text, ...warnings);
  };
  const [a, b] = [processOn(disk, '0000000a'), processOn(disk, '0000000b')];
  const writes = async (file: StateFile, name: string): Promise<void> => {
    for (let i = 0; i < 5; i += 1) await file.replace(`${name}${i}`);
  };
  const ended = await Promise.allSettled([writes(a.file, 'a'), writes(b.file, 'b')]);
  const texts = [...new Set(seen)];
  expect(texts.filter((text) => !/^([ab][0-4])?$/.test(text))).toEqual([]);
  expect(texts.length).toBeGreaterThan(5);
  // The first write of one may take the other's unfinished file for a leftover: that one is told, and writes again.
  for (const each of ended) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'ENOENT' });
});

describe('a file that is not in order', () => {
  const good = seal(KIND, 'old');
  const cut = good.subarray(0, good.length - 1);

  test('is set aside with a line that says what it is and what happens now; the one before it is used', async () => {
    const disk = new FakeDisk();
    disk.put(PATH, cut);
    disk.put(`${PATH}.previous`, good);
    expect(await restoredFrom(disk)).toEqual({
      text: 'old',
      warnings: [
        '/state/catalog is ignored: it is damaged, it has 2 bytes of text instead of 3; it is kept as ' +
          '/state/catalog.damaged, and the state before it is used, if there is one',
      ],
    });
    expect(disk.bytes(`${PATH}.damaged`)).toEqual(cut);
    expect((await restoredFrom(disk)).warnings).toEqual([]);
    await processOn(disk).file.replace('new');
    expect(disk.bytes(`${PATH}.previous`)).toEqual(good);
  });

  test('of a later program is set aside for it, and not overwritten by what is written then', async () => {
    const disk = new FakeDisk();
    const later = seal({ kind: 'catalog', version: 3 }, 'later');
    disk.put(PATH, later);
    disk.put(`${PATH}.previous`, later);
    const { text, warnings } = await restoredFrom(disk);
    expect(text).toBeUndefined();
    expect(warnings).toEqual([
      '/state/catalog is ignored: it was written by a later version of the program (text 3, known is 2); it is kept as ' +
        '/state/catalog.newer, and the state before it is used, if there is one',
      '/state/catalog.previous is ignored: it was written by a later version of the program (text 3, known is 2); it is ' +
        'kept as /state/catalog.previous.newer, and the agent starts without this state',
    ]);
    const { file } = processOn(disk);
    for (const state of ['1', '2', '3']) await file.replace(state);
    expect(disk.bytes(`${PATH}.newer`)).toEqual(later);
  });

  test('in its text is treated alike, whether its room refuses it or fails', async () => {
    for (const refuse of [
      () => 'is no JSON',
      () => {
        throw new Error('cannot');
      },
    ]) {
      const disk = new FakeDisk();
      disk.put(PATH, seal(KIND, 'new'));
      disk.put(`${PATH}.previous`, good);
      const { file, warnings } = processOn(disk);
      const taken: string[] = [];
      await file.load((text, version) => {
        if (text === 'new') return refuse();
        taken.push(`${text} ${version}`);
        return undefined;
      });
      expect(taken).toEqual(['old 2']);
      expect(warnings.at(-1)).toMatch(
        /^\/state\/catalog is ignored: it (is no JSON|could not be taken in: cannot); it is/,
      );
      expect(disk.paths).toContain(`${PATH}.damaged`);
    }
  });

  test('and cannot even be read or set aside does not end anything', async () => {
    const disk = new FakeDisk();
    disk.put(PATH, good);
    disk.before = () => {
      throw systemError('EIO');
    };
    const { text, warnings } = await restoredFrom(disk);
    expect(text).toBeUndefined();
    expect(warnings[0]).toBe(
      '/state/catalog is ignored: it cannot be read: EIO: as the test wants; it cannot be set aside ' +
        '(EIO: as the test wants), and the state before it is used, if there is one',
    );
  });

  test('at whatever byte it is cut or flipped, is noticed: the one before it is restored, and writing goes on', async () => {
    const last = seal(KIND, 'the last state');
    const broken = [
      ...Array.from(last, (byte, at) => last.with(at, byte ^ (1 << (at % 8)))),
      ...Array.from(last, (_, length) => last.subarray(0, length)),
    ];
    for (const bytes of broken) {
      const disk = new FakeDisk();
      disk.put(PATH, bytes);
      disk.put(`${PATH}.previous`, good);
      const { text, warnings } = await restoredFrom(disk);
      expect({ text, warnings: warnings.length }).toEqual({ text: 'old', warnings: 1 });
      await processOn(disk).file.replace('next');
      expect(await restoredFrom(disk)).toEqual({ text: 'next', warnings: [] });
    }
  });
});
