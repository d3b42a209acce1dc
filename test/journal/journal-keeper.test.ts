import { getEventListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import { JournalFiles } from '../../src/journal/journal-files.js';
import { JournalKeeper } from '../../src/journal/journal-keeper.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { listening } from '../http/support.js';
import { FakeDisk, systemError } from '../store/support/fake-disk.js';
import { settle } from '../support/time.js';
import { ALWAYS, deflate, journaled, turn } from './support.js';

const DIRECTORY = '/state/journal';
/** Where ids begin when nothing tells which were given: in ms since 1970. */
const FIRST = 1_700_000_000_000;

/** An agent's journal on a disk, from its start on. */
function life(disk: FakeDisk) {
  const room = journaled({ open: false });
  const { clock, wall, journal } = room;
  const lines: string[] = [];
  const log = listening(lines);
  const problems = new ProblemBoard(wall);
  const bounds = { maxEvents: 10_000, maxBytes: 64 * 1024 * 1024 };
  const files = new JournalFiles(
    { directory: DIRECTORY, cluster: 'test', ...bounds },
    { files: disk, deflate, turn, log },
  );
  const keeper = new JournalKeeper(
    { hostname: 'h1', directory: DIRECTORY },
    { journal, files, clock, wall, problems, log },
  );
  const stopping = new AbortController();
  const seen = { isReady: false, hasEnded: false };
  void keeper.run(stopping.signal, () => (seen.isReady = true)).then(() => (seen.hasEnded = true));
  const drained = async (): Promise<void> => {
    for (let i = 0; i < 20; i += 1) await settle();
  };
  return {
    ...room,
    ...{ lines, problems, keeper, seen, drained, stopping },
    texts: (): readonly string[] =>
      journal
        .history(ALWAYS)
        .entries.map(({ id, text }) => `${id - FIRST + 1} ${(JSON.parse(text) as { text: string }).text}`),
    pass: async (ms: number): Promise<void> => {
      await clock.advance(ms);
      await drained();
    },
    stop: async (): Promise<void> => {
      stopping.abort();
      await drained();
    },
  };
}

test('a life is told from its start to its end, and the next one goes on', async () => {
  const disk = new FakeDisk();
  const first = life(disk);
  await first.drained();
  expect(first.seen.isReady).toBe(true);
  first.put();
  await first.pass(250);
  await first.stop();
  expect(first.seen.hasEnded).toBe(true);
  expect(first.clock.armed).toBe(0);
  const second = life(disk);
  await second.drained();
  expect(second.texts()).toEqual([
    '1 the agent starts',
    '2 web on h1 (aaaaaaaaaaaa) is new and Alive: a peer told us',
    '3 the agent ends',
    '4 the agent starts',
  ]);
});

test('what was told a moment before a kill is there afterwards', async () => {
  const disk = new FakeDisk();
  const first = life(disk);
  await first.drained();
  first.put();
  await first.pass(250);
  const second = life(disk.afterKill());
  await second.drained();
  expect(second.texts()[1]).toBe('2 web on h1 (aaaaaaaaaaaa) is new and Alive: a peer told us');
  expect(second.texts().at(-1)).toBe('100003 the agent starts');
});

test('a full disk is one problem, tried again each minute, and nothing is missing when there is room again', async () => {
  const disk = new FakeDisk();
  const room = life(disk);
  await room.pass(250);
  disk.before = (_, name) => {
    if (name === 'append' || name === 'write') throw systemError('ENOSPC');
  };
  for (let n = 1; n <= 5; n += 1) {
    room.put({ status: n % 2 });
    await room.pass(30_000);
  }
  expect(room.problems.list().map(({ code, subject }) => `${code} ${subject}`)).toEqual([
    `HISTORY_NOT_KEPT ${DIRECTORY}`,
  ]);
  expect(room.keeper.failures).toBeGreaterThanOrEqual(2);
  expect(room.lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
  expect(room.journal.history(ALWAYS).entries.length).toBe(6);
  disk.before = () => undefined;
  await room.pass(60_250);
  expect(room.problems.list()).toEqual([]);
  const next = life(disk.afterKill());
  await next.drained();
  expect(next.texts().slice(0, 6)).toEqual(room.texts());
});

test('a disk that does not answer keeps nobody waiting for long, and what happens meanwhile is not lost', async () => {
  const disk = new FakeDisk();
  let answer: (() => void) | undefined;
  disk.before = (_, name) => (name === 'list' ? new Promise((resolve) => (answer = resolve)) : undefined);
  const room = life(disk);
  room.put();
  await room.pass(1_000);
  expect(room.seen.isReady).toBe(false);
  await room.pass(1_500);
  expect(room.seen.isReady).toBe(true);
  answer?.();
  await room.drained();
  expect(room.texts().map((text) => text.slice(0, 7))).toEqual(['2501 th', '2502 we']);
});

test('a folder that cannot be read is told of, and ids begin where none was given before', async () => {
  const disk = new FakeDisk();
  disk.before = () => {
    throw systemError('EACCES');
  };
  const room = life(disk);
  await room.pass(250);
  expect(room.lines[0]).toMatch(/^warn the journal cannot be read, a new one begins/);
  expect(room.journal.newest).toBeGreaterThanOrEqual(FIRST);
  expect(room.problems.list().map(({ code }) => code)).toEqual(['HISTORY_NOT_KEPT']);
  await room.stop();
  expect(room.seen.hasEnded).toBe(true);
});

test('what it waits with does not grow with what is written', async () => {
  const room = life(new FakeDisk());
  for (let n = 1; n <= 20; n += 1) {
    room.put({ status: n % 2 });
    await room.pass(1_000);
  }
  expect(getEventListeners(room.stopping.signal, 'abort').length).toBeLessThan(5);
});
