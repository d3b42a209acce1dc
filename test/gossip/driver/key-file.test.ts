import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { KeyFile } from '../../../src/gossip/driver/key-file.js';
import { Keyring } from '../../../src/gossip/driver/keyring.js';
import { ProblemBoard } from '../../../src/lib/problems.js';
import type { FileWatcher } from '../../../src/lib/watched-file.js';
import { silent } from '../../support/log.js';
import { fakeWall, FakeClock, settle } from '../../support/time.js';
import { PLAIN } from './support/real.js';

const PATH = '/etc/gossip.keys';
const [A, B] = [new Uint8Array(16).fill(1), new Uint8Array(32).fill(2)] as const;

let keyring: Keyring;
let problems: ProblemBoard;
let watcher: FileWatcher;
let isReady: boolean;
let abort: AbortController;
let ended: Promise<void>;
let isClosed: boolean;

beforeEach(() => {
  keyring = new Keyring({ ...PLAIN, hasFile: true });
  problems = new ProblemBoard(fakeWall(new FakeClock()));
  abort = new AbortController();
  [isReady, isClosed] = [false, false];
  const file = new KeyFile(PATH, {
    keyring,
    watchFile: (_path, _maxBytes, told) => {
      watcher = told;
      return () => {
        isClosed = true;
        return Promise.resolve();
      };
    },
    problems,
    log: silent,
  });
  ended = file.run(abort.signal, () => (isReady = true));
});

afterEach(async () => {
  abort.abort();
  await ended;
  expect(isClosed).toBe(true);
});

const content = (...keys: Uint8Array[]): void =>
  watcher.onRead({ ok: true, value: keys.map((key) => Buffer.from(key).toString('base64')).join('\n') });
const standing = (): readonly string[] => problems.list().map(({ message }) => message);

test('is ready once the keys are there', async () => {
  await settle();
  expect(isReady).toBe(false);
  content(A);
  expect([isReady, keyring.sealing()]).toEqual([true, { ok: true, value: A }]);
});

test('takes in what changes', () => {
  content(A);
  content(B, A);
  expect(keyring.opening()).toEqual({ ok: true, value: { keys: [B, A], verifyIncoming: true } });
});

test('an unsound file keeps the last keys, and is a problem until it is sound', () => {
  content(A);
  watcher.onRead({ ok: true, value: 'no key' });
  expect(keyring.sealing()).toEqual({ ok: true, value: A });
  expect(standing()).toEqual([`${PATH} cannot be used: line 1 is not base64; the keys read before stay in force`]);
  content(B);
  expect(standing()).toEqual([]);
});

test('a missing file is ready, too: nothing goes out, and the problem says so', () => {
  watcher.onRead({ ok: false, fault: { code: 'FILE_MISSING', message: `${PATH} does not exist` } });
  expect([isReady, keyring.sealing().ok]).toEqual([true, false]);
  expect(problems.list()).toMatchObject([{ room: 'gossip', code: 'GOSSIP_KEYS_UNREADABLE', subject: PATH }]);
  expect(standing()[0]).toMatch(/^\/etc\/gossip.keys does not exist; until it can be read/);
});

test('a watch that fails is a problem as well', () => {
  watcher.onError(new Error('no watches left'));
  expect(isReady).toBe(true);
  expect(standing()[0]).toContain('cannot be watched: no watches left');
});
