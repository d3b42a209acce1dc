import { beforeEach, expect, test } from '@jest/globals';
import { PeerProblems } from '../../../src/gossip/driver/peer-problems.js';
import { ProblemBoard } from '../../../src/lib/problems.js';
import { FakeClock, fakeWall } from '../../support/time.js';
import { recordingLog } from './support/recording-log.js';

let clock: FakeClock;
let board: ProblemBoard;
let lines: string[];
let peerProblems: PeerProblems;

beforeEach(() => {
  clock = new FakeClock();
  board = new ProblemBoard(fakeWall(clock));
  const recording = recordingLog();
  lines = recording.lines;
  peerProblems = new PeerProblems({ problems: board, clock, log: recording.log });
});

const from = (last: number): void => peerProblems.unreadableFrom({ address: `10.0.0.${last}`, port: 7946 });
const standing = (): readonly string[] => board.list().map(({ code, message }) => `${code} ${message}`);
const mismatch = (last: number, count: number): string =>
  `GOSSIP_KEY_MISMATCH what comes from 10.0.0.${last}:7946 cannot be read: make gossip_keys and gossip_keys_file of both ` +
  `hosts agree (${count} packets and streams so far)`;

const conflict = (last: number, port: number): void =>
  peerProblems.conflict({ address: `10.0.0.${last}`, port }, 'no version in common');

test('being alone stands until a full exchange goes well', () => {
  peerProblems.alone('nobody is there');
  peerProblems.alone('nobody is there');
  expect(standing()).toEqual(['SEEDS_UNREACHABLE nobody is there']);
  peerProblems.merged();
  peerProblems.merged();
  expect(standing()).toEqual([]);
  expect(lines).toEqual(['nobody is there', 'another member answers']);
});

test('a misfit that keeps coming, from ever another port, is told once, however well others are merged', async () => {
  for (let minute = 0; minute < 10; minute += 1) {
    conflict(2, 40_000 + minute);
    peerProblems.merged();
    await clock.advance(30_000);
    conflict(2, 50_000 + minute);
    await clock.advance(30_000);
  }
  expect(standing()).toEqual([
    'GOSSIP_VERSION_CONFLICT the state of 10.0.0.2 is not merged: no version in common; ' +
      'give all members the same delegate_versions',
  ]);
  expect(lines).toHaveLength(1);
  await clock.advance(60_000);
  expect(standing()).toEqual([]);
  expect(lines.at(-1)).toBe('no state is refused for its version numbers any more');
});

test('what cannot be read is a problem at once, restated once a minute, and over after a quiet minute', async () => {
  for (const last of [2, 2, 3]) from(last);
  expect(standing()).toEqual([mismatch(2, 1)]);
  await clock.advance(60_000);
  expect(standing()).toEqual([mismatch(3, 3)]);
  await clock.advance(59_999);
  expect(standing()).toHaveLength(1);
  await clock.advance(1);
  expect(standing()).toEqual([]);
  expect(clock.armed).toBe(0);
  from(4);
  expect(standing()).toEqual([mismatch(4, 1)]);
});

test('the stop leaves no timer behind', () => {
  from(2);
  conflict(2, 7946);
  peerProblems.stop();
  expect(clock.armed).toBe(0);
});
