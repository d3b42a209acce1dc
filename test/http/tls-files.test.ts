import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { TlsFiles } from '../../src/http/tls-files.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import type { WallClock } from '../../src/lib/ports.js';
import type { TlsPair } from '../../src/lib/tls-pair.js';
import type { FileWatcher } from '../../src/lib/watched-file.js';
import { fakeWall, FakeClock } from '../support/time.js';
import { listening } from './support.js';

const read = (name: string): string => readFileSync(new URL(`../fixtures/http-tls/${name}`, import.meta.url), 'utf8');
const FIRST: TlsPair = { cert: read('cert.pem'), key: read('key.pem') };
const RENEWED: TlsPair = { cert: read('renewed-cert.pem'), key: read('renewed-key.pem') };
/** It has the first key, and ends with January 2020. */
const JANUARY: TlsPair = { ...FIRST, cert: read('january-cert.pem') };
const [CERT, KEY] = ['/etc/tls/cert.pem', '/etc/tls/key.pem'] as const;

let clock: FakeClock;
let problems: ProblemBoard;
let watchers: Map<string, FileWatcher>;
let used: TlsPair[];
let lines: string[];
let abort: AbortController;
let ended: Promise<void>;

beforeEach(() => {
  clock = new FakeClock();
  problems = new ProblemBoard(fakeWall(clock));
  watchers = new Map();
  [used, lines, abort] = [[], [], new AbortController()];
  start(FIRST);
});

function start(inForce: TlsPair, wall: WallClock = fakeWall(clock)): void {
  const files = new TlsFiles({ cert: CERT, key: KEY }, inForce, {
    watchFile: (path, _maxBytes, told) => {
      watchers.set(path, told);
      return () => Promise.resolve(void watchers.delete(path));
    },
    use: (pair) => used.push(pair),
    ...{ clock, wall, problems, log: listening(lines) },
  });
  ended = files.run(abort.signal, () => undefined);
  write(CERT, inForce.cert);
  write(KEY, inForce.key);
}

async function stop(): Promise<void> {
  abort.abort();
  await ended;
}

afterEach(async () => {
  await stop();
  expect([watchers.size, clock.armed]).toEqual([0, 0]);
});

const write = (path: string, value: string): void => watchers.get(path)?.onRead({ ok: true, value });
const remove = (path: string): void =>
  watchers.get(path)?.onRead({ ok: false, fault: { code: 'FILE_MISSING', message: `${path} does not exist` } });
const standing = (): readonly string[] => problems.list().map(({ code, message }) => `${code} ${message}`);

test('the files of the start change nothing', async () => {
  await clock.advance(1_000);
  expect([used, lines, standing()]).toEqual([[], [], []]);
});

test('a renewed pair is used, once both files are written, and between them nothing is wrong', async () => {
  await clock.advance(1_000);
  write(CERT, RENEWED.cert);
  await clock.advance(999);
  write(KEY, RENEWED.key);
  await clock.advance(999);
  expect(used).toEqual([]);
  await clock.advance(1);
  expect([used, standing()]).toEqual([[RENEWED], []]);
  expect(lines).toEqual([`info the TLS certificate is another one from now on {"path":"${CERT}"}`]);
});

test('a pair that does not fit is a problem until it does, and the one of before stays in force', async () => {
  write(CERT, RENEWED.cert);
  await clock.advance(1_000);
  expect([used, standing()]).toEqual([
    [],
    [
      `TLS_UNUSABLE ${CERT} and ${KEY} cannot be used: the key is not that of the certificate; ` +
        'the certificate and the key of before stay in force',
    ],
  ]);
  write(CERT, FIRST.cert);
  await clock.advance(1_000);
  expect([used, standing(), lines.filter((line) => line.startsWith('warn')).length]).toEqual([[], [], 1]);
});

test.each([CERT, KEY])('without %s, too', async (path) => {
  remove(path);
  await clock.advance(1_000);
  expect(standing()).toEqual([
    `TLS_UNUSABLE ${path} does not exist; the certificate and the key of before stay in force`,
  ]);
  expect(used).toEqual([]);
});

test('a watch that does not work is a problem', () => {
  watchers.get(KEY)?.onError(new Error('EMFILE'));
  expect(standing()).toEqual([
    `TLS_UNUSABLE ${KEY} cannot be watched: EMFILE; the certificate and the key of before stay in force`,
  ]);
});

describe('a certificate that ends', () => {
  const HOUR = 3_600_000;
  const DAY = 24 * HOUR;

  /** Begins anew with the one of January, so long before its end. */
  async function startBeforeEnd(leftMs: number): Promise<void> {
    await stop();
    abort = new AbortController();
    start(JANUARY, fakeWall(clock, BigInt(Date.UTC(2020, 0, 31) - clock.now() - leftMs) * 1_000_000n));
  }

  const told = (words: string): string =>
    `TLS_EXPIRES the certificate in ${CERT} ${words} at 2020-01-31T00:00:00.000Z: ` +
    'put another one there, with its key; no restart is needed';

  test('is a problem from a tenth of its time before, and stays in force', async () => {
    await startBeforeEnd(3 * DAY + HOUR / 2);
    await clock.advance(HOUR - 1);
    expect(standing()).toEqual([]);
    await clock.advance(1);
    expect(standing()).toEqual([told('expires')]);
    await clock.advance(3 * DAY);
    expect([standing(), used]).toEqual([[told('expired')], []]);
    expect(lines.filter((line) => line.startsWith('warn')).length).toBe(2);
  });

  test('is no problem any more once there is another one', async () => {
    await startBeforeEnd(-1);
    expect(standing()).toEqual([told('expired')]);
    write(CERT, FIRST.cert);
    await clock.advance(1_000);
    expect([standing(), used]).toEqual([[], [FIRST]]);
  });

  test('is taken in when it is renewed with it, and the problem is told', async () => {
    await stop();
    abort = new AbortController();
    start(FIRST, fakeWall(clock, BigInt(Date.UTC(2020, 1, 1)) * 1_000_000n));
    write(CERT, JANUARY.cert);
    await clock.advance(1_000);
    expect([standing(), used]).toEqual([[told('expired')], [JANUARY]]);
  });

  test('after a hundred years is a problem for its last two weeks only', async () => {
    await stop();
    abort = new AbortController();
    start(FIRST, fakeWall(clock, BigInt(Date.UTC(2126, 9, 16, 8, 29, 13)) * 1_000_000n));
    expect(standing()).toEqual([]);
    await clock.advance(HOUR);
    expect(standing()).toEqual([expect.stringContaining('expires at 2126-10-30T08:29:14.000Z')]);
  });
});
